import { join } from 'node:path';
import { sha256 } from '@vsys/crypto';
import { type Metrics, noMetrics, uint32ToBytes } from '@vsys/primitives';
import { createState, type State, type StateView, type StateWrite, verifyRange } from '@vsys/state';
import { openRocksStore } from '@vsys/store-rocksdb';
import type { BenchReport, BenchRow, BenchRun } from '../bench.ts';
import { median } from '../median.ts';
import { BenchError, numbersOption } from '../options.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';

const LOAD_BLOCK = 50_000;
const BLOCK = 1_000;
const BLOCKS = 20;
const ALONE = 200;
const PROOFS = 50;
/** The size at which the goal stands. */
const GOAL_KEYS = 100_000;

/** Cost of writes and proofs as the state grows: random 20-byte keys with 32-byte values on RocksDB, updated at random. */
export const runState: BenchRun = async (options, print) => {
  const rows: BenchRow[] = [];
  const proofs: BenchRow[] = [];
  let atGoal: number | undefined;
  const sizes = numbersOption(options, 'sizes');
  if (sizes.some((keys) => keys < BLOCK)) throw new BenchError('BENCH_USAGE', `--sizes: a block of ${BLOCK} keys needs as many at least`);
  for (const keys of sizes) {
    const measured = await measure(keys, print);
    rows.push(measured.row);
    proofs.push(...measured.proofs);
    if (keys === GOAL_KEYS) atGoal = measured.blockCpuUs;
  }
  const goals: BenchReport['goals'] = atGoal === undefined ? [] : [{ metric: 'block-update-at-100k', figure: atGoal, unit: 'µs/key', goal: { most: 20 } }];
  return { rows: [...rows, ...proofs], goals };
};

async function measure(keys: number, print: (line: string) => void): Promise<{ readonly row: BenchRow; readonly proofs: readonly BenchRow[]; readonly blockCpuUs: number }> {
  await using folder = await createTemporaryFolder();
  await using store = await openRocksStore(join(folder.path, 'store'));
  const hashes = createHashCount();
  await using state = await createState({ store, metrics: hashes.metrics });
  const writer = createWriter(state);
  const loadUs = await writer.load(keys);
  print(`${keys} keys: loaded in ${((loadUs * keys) / 1e6).toFixed(1)} s`);
  globalThis.gc?.();
  const alone = await writer.update(keys, 1, ALONE, hashes);
  globalThis.gc?.();
  const block = await writer.update(keys, BLOCK, BLOCKS, hashes);
  print(`${keys} keys: a block of ${BLOCK} costs ${(block.forkUs + block.flushUs).toFixed(1)} µs per key, ${block.cpuUs.toFixed(1)} of processor time`);
  const row = {
    keys, 'load µs/key': loadUs, 'alone: fork µs': alone.forkUs, 'flush µs': alone.flushUs, 'CPU µs': alone.cpuUs, hashes: alone.hashes,
    'block of 1,000: fork µs/key': block.forkUs, 'flush µs/key': block.flushUs, 'CPU µs/key': block.cpuUs, 'hashes/key': block.hashes,
  };
  const proofs = [await measureProof(writer.view, keys, 1), await measureProof(writer.view, keys, 100)];
  return { row, proofs, blockCpuUs: block.cpuUs };
}

/** Times as they pass; `cpuUs` is what all threads of the process spend on both halves, which a busy machine moves less. */
interface UpdateCost { readonly forkUs: number; readonly flushUs: number; readonly cpuUs: number; readonly hashes: number }

/** Puts blocks on a state and times the two halves of each: the root (fork), and what brings it to disk (flush). */
function createWriter(state: State): { readonly view: StateView; load(keys: number): Promise<number>; update(keys: number, perBlock: number, blocks: number, hashes: HashCount): Promise<UpdateCost> } {
  let view = state.view(state.base.root) as StateView;
  let height = 0;
  let written = 0;
  return {
    get view() { return view; },
    async load(keys) {
      const startMs = performance.now();
      for (let first = 0; first < keys; first += LOAD_BLOCK) {
        view = await state.fork(view, height++, Array.from({ length: Math.min(LOAD_BLOCK, keys - first) }, (_, i) => ({ key: keyOf(first + i), value: valueOf(written++) })));
        await state.flush(view);
      }
      return (1_000 * (performance.now() - startMs)) / keys;
    },
    async update(keys, perBlock, blocks, hashes) {
      const forkUs: number[] = [];
      const flushUs: number[] = [];
      const cpuUs: number[] = [];
      const before = hashes.count;
      for (let block = 0; block < blocks; block++) {
        const writes = someWrites(keys, perBlock);
        const startCpu = process.cpuUsage();
        const startMs = performance.now();
        view = await state.fork(view, height++, writes);
        const forkedMs = performance.now();
        await state.flush(view);
        forkUs.push((1_000 * (forkedMs - startMs)) / perBlock);
        flushUs.push((1_000 * (performance.now() - forkedMs)) / perBlock);
        const { user, system } = process.cpuUsage(startCpu);
        cpuUs.push((user + system) / perBlock);
      }
      return { forkUs: median(forkUs), flushUs: median(flushUs), cpuUs: median(cpuUs), hashes: (hashes.count - before) / (blocks * perBlock) };
    },
  };

  /** Distinct keys, spread by a step that shares no factor with any number of keys written here. */
  function someWrites(keys: number, count: number): StateWrite[] {
    return Array.from({ length: count }, () => ({ key: keyOf((written * 7_919) % keys), value: valueOf(written++) }));
  }
}

async function measureProof(view: StateView, keys: number, rows: number): Promise<BenchRow> {
  const proveUs: number[] = [];
  const verifyUs: number[] = [];
  const bytes: number[] = [];
  let rowBytes = 0;
  for (let i = 0; i < PROOFS; i++) {
    const range = { from: keyOf((i * 7_919) % keys), limit: rows };
    const startMs = performance.now();
    const { proof, rows: found } = await view.proveRange(range);
    const provenMs = performance.now();
    const { ok } = verifyRange(view.root, range, proof);
    verifyUs.push(1_000 * (performance.now() - provenMs));
    proveUs.push(1_000 * (provenMs - startMs));
    if (!ok) throw new Error('a proof of the state does not verify');
    bytes.push(proof.length);
    rowBytes = found.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  }
  return { keys, 'rows proven': rows, 'row bytes': rowBytes, 'proof bytes': median(bytes), 'prove µs': median(proveUs), 'verify µs': median(verifyUs) };
}

interface HashCount { readonly count: number; readonly metrics: Metrics }

function createHashCount(): HashCount {
  let count = 0;
  return {
    get count() { return count; },
    metrics: { ...noMetrics, count: (name, _, by = 1) => { if (name === 'vsys_state_hashes_total') count += by; } },
  };
}

function keyOf(n: number): Uint8Array {
  return sha256(uint32ToBytes(n)).slice(0, 20);
}

function valueOf(n: number): Uint8Array {
  return sha256(uint32ToBytes(n), uint32ToBytes(n));
}
