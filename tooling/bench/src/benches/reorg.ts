import { join } from 'node:path';
import { invariant, toHex } from '@vsys/primitives';
import { type Block, blockId, chainId } from '@vsys/data-format';
import type { BenchRun } from '../bench.ts';
import { benchSigner } from '../bench-chain.ts';
import { median } from '../median.ts';
import { type OpenChain, openChain } from '../open-chain.ts';
import { BenchError, numberOption } from '../options.ts';
import { signTransfers } from '../signed-transfers.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const SENDERS = 100;

/** A chain of so many blocks that are not final, and another branch that is one longer, of other transfers: from the first block of that until it is the head. Real store, real log. */
export const runReorg: BenchRun = async (options, print) => {
  const blocks = numberOption(options, 'blocks');
  const perBlock = numberOption(options, 'transactions');
  const taken: number[] = [];
  const switched: number[] = [];
  for (let round = 0; round < numberOption(options, 'rounds'); round++) {
    await using undo = new AsyncDisposableStack();
    const { path } = undo.use(await createTemporaryFolder());
    const funded = Array.from({ length: 2 * SENDERS }, (_, i) => `sender ${i}`);
    const here = undo.use(await openChain(join(path, 'here'), { funded }));
    const genesisTimeMs = here.spec.genesisTimeMs;
    const there = undo.use(await openChain(join(path, 'there'), { funded, genesisTimeMs }));
    // Every second slot here, every slot in between there: no block is in both.
    await grow(here, blocks, perBlock, 0, 1);
    const other = await grow(there, blocks + 1, perBlock, SENDERS, 2);
    const before = here.chain.head.height;
    const startMs = performance.now();
    let lastMs = startMs;
    for (const block of other) {
      if (block === other.at(-1)) lastMs = performance.now();
      const imported = await here.chain.importBlock(block);
      if (!imported.ok) throw new BenchError('BENCH_FAILED', `a block of the other branch was refused: ${imported.code} ${imported.message}`);
    }
    const endMs = performance.now();
    const last = other.at(-1) as Block;
    if (before !== blocks || toHex(here.chain.head.id) !== toHex(blockId(last.header))) throw new BenchError('BENCH_FAILED', `the head went from ${before} to ${here.chain.head.height}, not to the other branch`);
    taken.push((endMs - startMs) / 1_000);
    switched.push(endMs - lastMs);
    print(`${blocks} blocks given up for ${other.length} others in ${((endMs - startMs) / 1_000).toFixed(2)} s, of which the last block and the switch took ${(endMs - lastMs).toFixed(0)} ms`);
  }
  return {
    rows: [
      { what: `import of ${blocks + 1} blocks beside the head, until they are it`, value: median(taken), unit: 's' }, { what: 'the last of them, with the switch', value: median(switched), unit: 'ms' },
      { what: 'transfers in a block', value: perBlock, unit: '' },
    ],
    goals: [{ metric: 'reorg', figure: median(taken), unit: 's', goal: { most: 10 } }],
  };
};

async function grow({ chain, build, firstSlot, spec }: OpenChain, blocks: number, perBlock: number, firstSender: number, firstAt: number): Promise<readonly Block[]> {
  const senders = Array.from({ length: SENDERS }, (_, i) => benchSigner(`sender ${firstSender + i}`));
  const transfers = signTransfers(chainId(spec), senders, blocks * perBlock);
  const made: Block[] = [];
  for (let i = 0; i < blocks; i++) {
    const refused = (await chain.submit(transfers.slice(i * perBlock, (i + 1) * perBlock))).find((verdict) => !verdict.ok);
    invariant(refused === undefined, 'a bench sends what is admitted', refused as never);
    const block = await build(chain.head.id, firstSlot + firstAt + 2 * i);
    invariant(block.transactions.length === perBlock, 'a block of a bench takes all that waits');
    const imported = await chain.importBlock(block);
    invariant(imported.ok, 'a block of a bench is valid', imported as never);
    made.push(block);
  }
  return made;
}
