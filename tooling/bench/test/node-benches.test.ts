import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runCatchup } from '../src/benches/catchup.ts';
import { runCheckpoint } from '../src/benches/checkpoint.ts';
import { runRestart } from '../src/benches/restart.ts';

// Small, so what is measured means nothing; that chains are made and kept, and nodes in processes of their own serve them, is what counts here.

let folder = '';
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'vsys-bench-test-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

test('catchup makes a chain once, and a new node has its head', async () => {
  const lines: string[] = [];
  const run = (): ReturnType<typeof runCatchup> => runCatchup({ transactions: '240', block: '80', chains: folder, profile: 'none' }, (line) => lines.push(line));
  const { rows, goals } = await run();
  expect(goals).toEqual([]);
  expect(rows.find(({ what }) => what === 'caught up')!['value']).toBeGreaterThan(0);
  expect(lines[0]).toContain('making the chain');
  lines.length = 0;
  await run();
  expect(lines[0]).toContain('of an earlier run');
}, 300_000);

test('restart finds every document after a stop and after SIGKILL', async () => {
  const { goals } = await runRestart({ documents: '60', rounds: '1', chains: folder, profile: 'none' }, () => {});
  expect(goals.map(({ metric }) => metric)).toEqual(['ready', 'memory']);
  for (const { figure } of goals) expect(figure).toBeGreaterThan(0);
}, 300_000);

test('checkpoint asks for a document with and without one', async () => {
  const lines: string[] = [];
  const { rows } = await runCheckpoint({ blocks: '20', rounds: '1', chains: folder }, (line) => lines.push(line));
  expect(rows).toHaveLength(5);
  for (const { what, value } of rows.slice(0, 3)) expect([what, value]).toEqual([what, expect.any(Number)]);
  expect(lines.at(-1)).toMatch(/^without \d+ ms, with \d+ ms$/);
}, 300_000);
