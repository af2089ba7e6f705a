import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { blockIdOfBytes, bodyRoot, headerFromBytes } from '@vsys/data-format';
import { toHex } from '@vsys/primitives';
import { createTestFolder, type Outcome, type RunningDev, startDev, type TestFolder, vsys } from './support.ts';

const TIME_MS = 180_000;
let folder: TestFolder;
let dev: RunningDev;
const run = (...args: readonly string[]): Promise<Outcome> => vsys(folder.path, ['chain', 'export', ...args]);
interface Line { readonly height: number; readonly id: string; readonly header: string; readonly seal?: string; readonly transactions: readonly string[] }
const linesOf = (text: string): Line[] => text.trim().split('\n').map((line) => JSON.parse(line) as Line);

beforeAll(async () => {
  folder = await createTestFolder();
  dev = await startDev(folder.path);
  expect((await vsys(folder.path, ['db', 'create', 'shop', '--wait', 'final'])).code).toBe(0);
  while (await finalHeight() < 6);
}, TIME_MS);
afterAll(async () => {
  await dev.stop();
  await folder.remove();
}, TIME_MS);

async function finalHeight(): Promise<number> {
  return (JSON.parse((await vsys(folder.path, ['node', 'status', '--json'])).stdout) as { final: { height: number } }).final.height;
}

test('writes canonical blocks from genesis to the newest final one', async () => {
  const { code, stdout, stderr } = await run();
  expect(code).toBe(0);
  const lines = linesOf(stdout);
  expect(lines.map(({ height }) => height)).toEqual(lines.map((_, i) => i));
  expect(lines.flatMap(({ transactions }) => transactions)).toHaveLength(1);
  let parent = '00'.repeat(32);
  for (const { height, id, header, seal, transactions } of lines) {
    const bytes = new Uint8Array(Buffer.from(header, 'base64'));
    const read = headerFromBytes(bytes);
    expect([toHex(blockIdOfBytes(bytes)), read.ok && toHex(read.value.parent), read.ok && toHex(read.value.bodyRoot)]).toEqual([id, parent, toHex(bodyRoot(transactions.map((one) => new Uint8Array(Buffer.from(one, 'base64')))))]);
    expect(seal === undefined).toBe(height === 0);
    parent = id;
  }
  expect(stderr).toContain(`${lines.length} blocks with 1 transaction: heights 0 to ${lines.length - 1}, all final`);
}, TIME_MS);

test('goes on with a file, also one whose last line was cut off', async () => {
  expect((await run('--from', '1', '--to', '3', '--out', 'blocks.jsonl')).stderr).toContain('3 blocks with');
  await appendFile(folder.file('blocks.jsonl'), '{"height":4,"id":"cut o');
  const second = await run('--to', '5', '--out', 'blocks.jsonl');
  expect(second).toMatchObject({ code: 0, stdout: '' });
  expect(second.stderr).toContain('blocks.jsonl ends with height 3; going on behind it');
  const file = await readFile(folder.file('blocks.jsonl'), 'utf8');
  expect(linesOf(file).map(({ height }) => height)).toEqual([1, 2, 3, 4, 5]);
  expect((await run('--to', '5', '--out', 'blocks.jsonl')).stderr).toContain('0 blocks with 0 transactions written to blocks.jsonl: nothing was missing');
  expect(await readFile(folder.file('blocks.jsonl'), 'utf8')).toBe(file);
}, TIME_MS);

test('leaves alone what is no such file, or of another chain', async () => {
  await writeFile(folder.file('notes.txt'), 'mine\n');
  await writeFile(folder.file('foreign.jsonl'), `{"height":1,"id":"${'ab'.repeat(32)}"}\n`);
  for (const [args, exit, code] of [
    [['--out', 'notes.txt'], 2, 'DATA_FILE'], [['--out', 'foreign.jsonl'], 2, 'DATA_FILE'], [['--from', '2', '--out', 'blocks.jsonl'], 2, 'DATA_FILE'], [['--out', 'none/x.jsonl'], 2, 'DATA_FILE'],
    [['--from', '3', '--to', '2'], 2, 'USAGE'], [['--to', '100000000'], 5, 'NOT_FOUND'], [['--from', '-1'], 2, 'USAGE'], [['--url', 'http://127.0.0.1:9'], 3, 'CLIENT_UNREACHABLE'],
  ] as const) {
    const refused = await run(...args);
    expect([args, refused.code, refused.stdout]).toEqual([args, exit, '']);
    expect(refused.stderr).toMatch(new RegExp(`(?:^|\n)error ${code}: .*\n$`));
  }
  expect(await readFile(folder.file('notes.txt'), 'utf8')).toBe('mine\n');
}, TIME_MS);
