import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { runDocuments } from '../src/benches/documents.ts';
import { bytesOf400, jsonOf400 } from '../src/document-of-400.ts';
import { startPostgres } from '../src/postgres.ts';
import { createTemporaryFolder } from '../src/temporary-folder.ts';

// Small, so what is measured means nothing; that both sides do the same work, to the end, is what counts here: each checks what it is answered.

test('documents are inserted, read, updated, proven and counted, beside PostgreSQL where it is there', async () => {
  const lines: string[] = [];
  const { rows, goals } = await runDocuments({ documents: '5000', block: '1000', reads: '5', updates: '2', peer: 'postgres' }, (line) => lines.push(line));
  expect(rows.filter((row) => 'what' in row).map(({ what }) => what)).toEqual(['insert', 'insert, last tenth', 'get by _id', 'range of 20', 'durable update of one']);
  for (const row of rows) expect(row['documents']).toBe(5_000);
  const proofs = rows.filter((row) => 'proof of' in row);
  expect(proofs.map((row) => (row['bytes'] as number) > 1_000)).toEqual([true, true]);
  expect(rows.find((row) => row['stored'] === 'key and value of a document')!['bytes']).toBeGreaterThan(400);
  await using folder = await createTemporaryFolder();
  await using postgres = await startPostgres(join(folder.path, 'postgres'));
  if (postgres === undefined) {
    expect(lines[0]).toContain('the comparison is skipped');
    expect(goals).toEqual([]);
  } else {
    expect(lines[0]).toContain(postgres.version);
    expect(goals.map(({ metric, goal }) => [metric, goal])).toEqual([['insert-5000', { least: 0.5 }], ['get-5000', { least: 5 }], ['range-5000', { least: 1.5 }]]);
    for (const { figure } of goals) expect(figure).toBeGreaterThan(0);
  }
}, 300_000);

test('without a peer only this side is measured, and too few documents are refused', async () => {
  const { rows, goals } = await runDocuments({ documents: '5000', block: '1000', reads: '5', updates: '2', peer: 'none' }, () => {});
  expect(goals).toEqual([]);
  expect(Object.keys(rows[0]!)).toEqual(['what', 'documents', 'µs', 'CPU µs', 'per second']);
  await expect(runDocuments({ documents: '100', block: '10', reads: '1', updates: '1', peer: 'none' }, () => {})).rejects.toMatchObject({ code: 'BENCH_USAGE' });
}, 300_000);

test('documents have 400 bytes on average, and are the same in JSON', () => {
  const sizes = Array.from({ length: 1_000 }, (_, at) => bytesOf400(at));
  expect(Math.abs(sizes.reduce((sum, size) => sum + size, 0) / sizes.length - 400)).toBeLessThan(2);
  expect(JSON.parse(jsonOf400(7))).toMatchObject({ _id: 7, cityId: (7 * 2_654_435_761) % 4_294_967_296, population: 55_433 });
});
