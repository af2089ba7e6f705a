import { type Chain, createChain, createEngineHost } from '@vsys/consensus';
import { createPoa } from '@vsys/consensus-poa';
import { createRouter } from '@vsys/container';
import { createInlineVerifier, createSigner, type Signer, verifySignature } from '@vsys/crypto';
import { type Block, type ChainSpec, chainId } from '@vsys/data-format';
import { createDatabaseContainer } from '@vsys/database';
import { createSeededRandom, createVirtualTime, systemClock, toHex, type VirtualTime } from '@vsys/primitives';
import type { NodeStatus } from '@vsys/rpc';
import { type ChainApi, createChainApi, createRpcServer } from '@vsys/rpc/server';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { createCoinContainer } from '@vsys/transaction';
import { Wallet } from '../src/index.ts';

const PERIOD_MS = 1_000;
/** So many that what was submitted before them is final. */
const BLOCKS = 4;
const random = createSeededRandom(23);
export const seats: readonly Signer[] = Array.from({ length: 3 }, () => createSigner('ed25519', random.bytes(32)));
const poa = createPoa({ verifySignature });

export const ada: Wallet = await Wallet.test('ada');
export const bob: Wallet = await Wallet.test('bob');

export interface TestChain extends AsyncDisposable {
  readonly url: string;
  readonly chain: Chain;
  readonly spec: ChainSpec;
  readonly time: VirtualTime;
  /** What it made, and what it began with. */
  readonly blocks: readonly Block[];
  /** Lets the time of so many blocks pass. */
  moveOn(blocks?: number): Promise<void>;
  /** Makes no more blocks until `go`. */
  halt(): Promise<void>;
  go(): Promise<void>;
}

export interface StartOptions {
  readonly network?: ChainSpec['network'];
  /** Has the blocks of this one, at its time. */
  readonly from?: TestChain;
  readonly signers?: readonly Signer[];
  /** Parameters of the database. */
  readonly database?: Uint8Array;
}

export function specOf(network: ChainSpec['network'] = 'test', database: Uint8Array = new Uint8Array()): ChainSpec {
  const params = poa.paramsFromJson({ periodMs: PERIOD_MS, authorities: seats.map(({ account, publicKey }) => ({ account: toHex(account), key: toHex(publicKey.bytes) })) });
  if (!params.ok) throw new RangeError(params.message);
  const none = new Uint8Array();
  return {
    version: 1, name: 'driver', symbol: 'TST', network, genesisTimeMs: systemClock.nowMs(), limits: { blockBytesMax: 1 << 20, blockGasMax: 100_000_000n, transactionBytesMax: 1 << 16 },
    fees: { perByte: 1n, perGas: 1n, to: 'burn' }, consensus: { module: poa.id, params: params.value },
    containers: [{ name: 'coin', version: 1, params: none }, { name: 'database', version: 1, params: database }],
    balances: [ada, bob].toSorted((a, b) => (toHex(a.account) < toHex(b.account) ? -1 : 1)).map(({ account }) => ({ account, amount: 1_000_000_000_000n })), salt: none,
  };
}

/**
 * A real chain behind a real server, in this process. Its time is its own and moves on by some blocks whenever something was submitted, so that a busy machine
 * changes nothing.
 */
export async function startChain({ network = 'test', from, signers = seats, database }: StartOptions = {}): Promise<TestChain> {
  const spec = from?.spec ?? specOf(network, database);
  const opened = poa.open(spec.consensus.params, chainId(spec));
  if (!opened.ok) throw new RangeError(opened.message);
  const time = createVirtualTime(from?.time.nowMs() ?? spec.genesisTimeMs + 50);
  const store = createMemoryStore();
  const chain = await createChain({ spec }, { consensus: opened.value, router: createRouter([createCoinContainer(), createDatabaseContainer()]), store, log: createMemoryBlockLog(), verifier: createInlineVerifier(), clock: time });
  const engine = createEngineHost<unknown, Omit<Block, 'seal'>>({
    engine: opened.value.engine(signers.map(({ publicKey }) => publicKey)), view: chain.treeView,
    ports: {
      clock: time, timers: time, build: (request) => chain.build(request),
      async sign({ key, bytes }) {
        const signer = signers.find(({ publicKey }) => toHex(publicKey.bytes) === toHex(key.bytes));
        return signer === undefined ? { ok: false, code: 'NO_KEY', message: '' } : { ok: true, value: signer.sign(bytes) };
      },
      import: (block, seal) => chain.importBlock({ ...block, seal }), async publish(block, seal) { blocks.push({ ...block, seal }); }, finalise: (ref) => chain.finalise(ref), persist: () => Promise.resolve(),
    },
  });
  for (const block of from?.blocks ?? []) await chain.importBlock(block);
  const blocks: Block[] = [...from?.blocks ?? []];
  chain.listen((event) => { if (event.kind === 'head') engine.notify({ kind: 'head' }); });
  engine.start();
  await engine.idle();

  let halted = false;
  let moving: Promise<void> = Promise.resolve();
  const pass = async (blocks: number): Promise<void> => {
    for (let quarter = 0; quarter < 4 * blocks && !halted; quarter++) {
      time.advance(PERIOD_MS / 4);
      await engine.idle();
    }
  };
  const moveOn = (blocks = BLOCKS): Promise<void> => {
    moving = moving.then(() => pass(blocks));
    return moving;
  };
  if (from === undefined) await moveOn(1);
  const honest = createChainApi({ chain, nodeStatus: () => ({ version: '0.0.0' }) as NodeStatus });
  const api: ChainApi = {
    ...honest,
    async call(method, params) {
      const answer = await honest.call(method, params);
      if (method === 'tx_submit') void moveOn();
      return answer;
    },
  };
  const server = createRpcServer({ host: '127.0.0.1', port: 0 }, { api, ready: () => ({ ready: true }), metricsText: async () => '' });
  const { url } = await server.start();
  return {
    url, chain, spec, moveOn, time, blocks,
    async halt() {
      halted = true;
      await moving;
    },
    async go() {
      halted = false;
      await moveOn();
    },
    async [Symbol.asyncDispose]() {
      halted = true;
      await moving;
      await engine.close();
      await server.stop();
      await chain.close();
      await store.close();
    },
  };
}

/** What a promise ends with, as a plain object. */
export async function failureOf(work: PromiseLike<unknown>): Promise<{ readonly code: string; readonly message: string; readonly data: Readonly<Record<string, unknown>> }> {
  let thrown: unknown;
  try {
    await work;
  } catch (error) {
    thrown = error;
  }
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) throw new RangeError(`it did not fail with a code: ${String(thrown)}`);
  const { code, message, data } = thrown as unknown as { code: string; message: string; data: Record<string, unknown> };
  return { code, message, data };
}
