import { join } from 'node:path';
import { invariant } from '@vsys/primitives';
import { blockId, chainId } from '@vsys/data-format';
import type { BenchRow, BenchRun } from '../bench.ts';
import { benchSigner } from '../bench-chain.ts';
import { openChain } from '../open-chain.ts';
import { numberOption } from '../options.ts';
import { signTransfers } from '../signed-transfers.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const SENDERS = 100;
const POINTS = 10;

/** Blocks of transfers that nobody makes final: what a chain holds in memory for them, and what is left of it once they are. */
export const runNonfinality: BenchRun = async (options, print) => {
  const blocks = numberOption(options, 'blocks');
  const perBlock = numberOption(options, 'transactions');
  await using undo = new AsyncDisposableStack();
  const { path } = undo.use(await createTemporaryFolder());
  const names = Array.from({ length: SENDERS }, (_, i) => `sender ${i}`);
  const senders = names.map(benchSigner);
  // A slot for each block, all of them past.
  const genesisTimeMs = Math.floor((Date.now() - (blocks + 60) * 1_000) / 1_000) * 1_000;
  const { chain, build, firstSlot, spec } = undo.use(await openChain(join(path, 'data'), { funded: names, genesisTimeMs }));
  const rows: BenchRow[] = [];
  const held = (): number => {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers, external } = process.memoryUsage();
    return (heapUsed + Math.max(external, arrayBuffers)) / 1e6;
  };
  const before = held();
  const startMs = performance.now();
  for (let i = 0; i < blocks; i++) {
    await chain.submit(signTransfers(chainId(spec), senders, perBlock, i * perBlock));
    const imported = await chain.importBlock(await build(chain.head.id, firstSlot + 1 + i));
    invariant(imported.ok, 'a block of a bench is valid', imported as never);
    if ((i + 1) % Math.ceil(blocks / POINTS) !== 0 && i + 1 !== blocks) continue;
    const mb = held() - before;
    const seconds = (performance.now() - startMs) / 1_000;
    rows.push({ 'blocks without finality': i + 1, 'MB held': mb, 'kB a block': (mb * 1_000) / (i + 1), 'resident MB': process.memoryUsage.rss() / 1e6, 'ms a block so far': (seconds * 1_000) / (i + 1) });
    print(`${i + 1} blocks without finality: ${mb.toFixed(1)} MB held, after ${seconds.toFixed(0)} s`);
  }
  const most = Number(rows.at(-1)?.['MB held']);
  const finalMs = performance.now();
  await chain.finalise({ height: chain.head.height, id: blockId(chain.head.header) });
  const flushMs = performance.now() - finalMs;
  const after = held() - before;
  print(`all made final in ${(flushMs / 1_000).toFixed(2)} s; ${after.toFixed(1)} MB are left`);
  return {
    rows: [...rows, { what: 'held when none of them is final', value: most, unit: 'MB' }, { what: 'until all are final and flushed', value: flushMs / 1_000, unit: 's' }, { what: 'held afterwards', value: after, unit: 'MB' }, { what: 'transfers in a block', value: perBlock, unit: '' }],
    goals: [],
  };
};
