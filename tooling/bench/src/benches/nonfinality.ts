import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
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
  const top = chain.head.height;
  // One more block, imported meanwhile: what the writer is asked for comes between two steps.
  const next = await build(chain.head.id, firstSlot + 1 + blocks);
  const delay = monitorEventLoopDelay({ resolution: 10 });
  const finalMs = performance.now();
  delay.enable();
  const isFinal = new Promise<void>((resolve) => chain.listen((event) => {
    if (event.kind === 'final' && event.final.height >= top) resolve();
  }));
  await chain.finalise({ height: top, id: blockId(chain.head.header) });
  const firstMs = performance.now() - finalMs;
  const reads = readUntil(isFinal, async () => void (await chain.stateAt()));
  const importedMs = performance.now();
  const imported = await chain.importBlock(next);
  const importMs = performance.now() - importedMs;
  invariant(imported.ok, 'a block of a bench is valid', imported as never);
  await isFinal;
  const flushMs = performance.now() - finalMs;
  delay.disable();
  const readMs = await reads;
  const after = held() - before;
  print(`all made final in ${(flushMs / 1_000).toFixed(2)} s, the first of them after ${firstMs.toFixed(0)} ms; a block imported meanwhile took ${importMs.toFixed(0)} ms; ${after.toFixed(1)} MB are left`);
  return {
    rows: [...rows, { what: 'held when none of them is final', value: most, unit: 'MB' }, { what: 'until all are final and flushed', value: flushMs / 1_000, unit: 's' }, { what: 'until the first are', value: firstMs, unit: 'ms' },
      { what: 'the next block imported meanwhile', value: importMs, unit: 'ms' }, { what: 'the state of the head read meanwhile, at worst', value: readMs, unit: 'ms' }, { what: 'the event loop held up, at worst', value: delay.max / 1e6, unit: 'ms' },
      { what: 'held afterwards', value: after, unit: 'MB' }, { what: 'transfers in a block', value: perBlock, unit: '' }],
    goals: [],
  };
};

/** Reads again and again, some milliseconds apart, until something is over. The longest read. */
async function readUntil(over: Promise<void>, read: () => Promise<void>): Promise<number> {
  let isOver = false;
  void over.then(() => {
    isOver = true;
  });
  let longestMs = 0;
  while (!isOver) {
    const beganMs = performance.now();
    await read();
    longestMs = Math.max(longestMs, performance.now() - beganMs);
    await pause(5);
  }
  return longestMs;
}
