import { type Container, createRouter } from '@vsys/container';
import { type Chain, type ChainOptions, createChain, createEngineHost } from '@vsys/consensus';
import { type Block, chainId } from '@vsys/data-format';
import { equalBytes, type VirtualTime } from '@vsys/primitives';
import { type BlockLog, createMemoryBlockLog, createMemoryStore, type Store } from '@vsys/store';
import { createCoinContainer } from '@vsys/transaction';
import { createInlineVerifier, type TestChain } from './support.ts';

export interface ChainRun {
  readonly store?: Store;
  readonly log?: BlockLog;
  readonly containers?: readonly Container[];
  readonly options?: Omit<ChainOptions, 'spec'>;
  readonly onFailure?: (error: unknown) => void;
}

/** A chain alone: no engine and no network, so that a test says what comes in and what becomes final. */
export function openTestChain(setup: TestChain, time: VirtualTime, { store = createMemoryStore(), log = createMemoryBlockLog(), containers = [], options = {}, onFailure }: ChainRun = {}): Promise<Chain> {
  const consensus = setup.module.open(setup.spec.consensus.params, chainId(setup.spec));
  if (!consensus.ok) throw new RangeError(consensus.message);
  return createChain({ spec: setup.spec, ...options }, {
    consensus: consensus.value, router: createRouter([createCoinContainer(), ...containers]), store, log, verifier: createInlineVerifier(), clock: time, ...(onFailure === undefined ? {} : { onFailure }),
  });
}

/** Blocks that all seats together make on a chain of their own, with `before` called before each slot. */
export async function makeBlocks(setup: TestChain, time: VirtualTime, count: number, run: ChainRun = {}, before: (chain: Chain, height: number) => Promise<void> = async () => {}): Promise<Block[]> {
  const chain = await openTestChain(setup, time, run);
  const consensus = setup.module.open(setup.spec.consensus.params, chainId(setup.spec));
  if (!consensus.ok) throw new RangeError(consensus.message);
  const blocks: Block[] = [];
  const engine = createEngineHost<unknown, Omit<Block, 'seal'>>({
    engine: consensus.value.engine(setup.seats.map(({ publicKey }) => publicKey)), view: chain.treeView,
    ports: {
      clock: time, timers: time, build: (request) => chain.build(request),
      async sign({ key, bytes }) {
        const signer = setup.seats.find(({ publicKey }) => equalBytes(publicKey.bytes, key.bytes));
        if (signer === undefined) throw new RangeError('the engine asks for a key that no seat has');
        return { ok: true, value: signer.sign(bytes) };
      },
      import: (block, seal) => chain.importBlock({ ...block, seal }, 'own'),
      async publish(block, seal) { blocks.push({ ...block, seal }); },
      justify: (ref) => chain.justify(ref),
      finalise: (ref) => chain.finalise(ref),
      persist: () => Promise.resolve(),
    },
  });
  chain.listen((event) => { if (event.kind === 'head') engine.notify({ kind: 'head' }); });
  engine.start();
  await engine.idle();
  while (blocks.length < count) {
    const made = blocks.length;
    await before(chain, made + 1);
    for (let quarters = 0; blocks.length === made; quarters++) {
      if (quarters > 40) throw new RangeError(`no block after height ${made}`);
      time.advance(250);
      await engine.idle();
    }
  }
  await engine.close();
  await chain.close();
  return blocks.slice(0, count);
}
