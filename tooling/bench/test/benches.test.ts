import { expect, test } from '@jest/globals';
import { benches } from '../src/benches.ts';
import { runPipeline } from '../src/benches/pipeline.ts';
import { runState } from '../src/benches/state.ts';
import { runStorage } from '../src/benches/storage.ts';

// Small, so what is measured means nothing; that it is measured on real parts, to the end, is what counts here.

test('pipeline commits all that was sent and compares it with the bare steps', async () => {
  const lines: string[] = [];
  const { rows, goals } = await runPipeline({ rounds: '1', transactions: '300', accounts: '20', period: '20' }, (line) => lines.push(line));
  expect(lines).toHaveLength(2);
  expect(rows.length).toBeGreaterThan(10);
  expect(goals).toMatchObject([{ metric: 'ratio', figure: expect.any(Number), goal: { least: 0.6 } }]);
  expect(goals[0]!.figure).toBeGreaterThan(0);
}, 60_000);

test('state measures updates and proofs at each size, and refuses one that is smaller than its block', async () => {
  const { rows, goals } = await runState({ sizes: '1000' }, () => {});
  expect(rows.map((row) => row['keys'])).toEqual([1_000, 1_000, 1_000]);
  expect(rows[0]!['hashes']).toBeGreaterThan(5);
  expect(rows[2]!['proof bytes']).toBeGreaterThan(5_200);
  expect(goals).toEqual([]);
  await expect(runState({ sizes: '10' }, () => {})).rejects.toMatchObject({ code: 'BENCH_USAGE' });
}, 60_000);

test('storage tells what documents and entries take, and drops all of them', async () => {
  const { rows } = await runStorage({ sizes: '1500' }, () => {});
  expect(rows[0]!['in the state: bytes/document']).toBeGreaterThan(rows[0]!['BSON bytes'] as number);
  expect(rows[0]!['bytes/entry']).toBeGreaterThan(40);
  expect(rows[1]!['keys dropped']).toBe(6_000);
  expect(rows[1]!['pages read']).toBeLessThan(30);
}, 60_000);

test('every bench has a row that says what it is about', () => {
  for (const { about } of Object.values(benches)) expect(about).not.toBe('');
});
