import { expect, test } from '@jest/globals';
import { runFinality } from '../src/benches/finality.ts';
import { runHeal } from '../src/benches/heal.ts';
import { runNonfinality } from '../src/benches/nonfinality.ts';
import { runReorg } from '../src/benches/reorg.ts';
import { percentile, wideArea } from '../src/simulated-run.ts';

// Small, so what is measured means nothing but in virtual time, where a machine's load changes no figure.

test('finality measures each module from its own blocks, and has the same figures whenever it is run', async () => {
  const run = (modules: string): ReturnType<typeof runFinality> => runFinality({ modules, seats: '4', seconds: '20', slot: '2000', loss: '50', seed: '1' }, () => {});
  const { rows, goals } = await run('bft,poa');
  const virtual = (row: Readonly<Record<string, string | number>>): unknown => [row['module'], row['final p50 ms'], row['p99 ms'], row['blocks']];
  expect(rows).toHaveLength(2);
  // Votes of one height take some messages of 20 to 220 ms; depth takes slots.
  expect(rows[0]!['final p50 ms']).toBeGreaterThan(60);
  expect(rows[0]!['final p50 ms']).toBeLessThan(2_000);
  expect(rows[1]!['final p50 ms']).toBeGreaterThan(2_000);
  for (const row of rows) expect(row['p99 ms']).toBeGreaterThanOrEqual(row['final p50 ms'] as number);
  expect(goals.map(({ metric }) => metric)).toEqual(['bft-4-p50']);
  expect((await run('bft')).rows.map(virtual)).toEqual(rows.slice(0, 1).map(virtual));
}, 300_000);

test('heal waits for one head and one final block at all nodes, and for a real process to seal again', async () => {
  const { rows, goals } = await runHeal({ modules: 'poa', minutes: '1', slot: '4000', rounds: '1', seeds: '1' }, () => {});
  expect(rows[0]!['one head after slots']).toBeGreaterThan(0);
  expect(rows[0]!['a block made since final after slots']).toBeGreaterThan(rows[0]!['one head after slots'] as number);
  expect(goals.map(({ metric }) => metric)).toEqual(['poa-head', 'restart-to-voting']);
}, 300_000);

test('reorg gives a branch up for a longer one, and nonfinality lets go once blocks are final', async () => {
  const { rows, goals } = await runReorg({ blocks: '12', transactions: '2', rounds: '1' }, () => {});
  expect(goals).toMatchObject([{ metric: 'reorg', goal: { most: 10 } }]);
  expect(rows[0]!['what']).toContain('13 blocks');
  const held = await runNonfinality({ blocks: '20', transactions: '2' }, () => {});
  expect(held.rows.filter((row) => 'blocks without finality' in row)).toHaveLength(10);
}, 300_000);

test('percentiles and the weather of a wide area', () => {
  expect([percentile([3, 1, 2], 0.5), percentile([3, 1, 2], 0.99), percentile([], 0.5)]).toEqual([2, 3, Number.NaN]);
  expect(wideArea(2, 10, 50)).toHaveLength(3);
});
