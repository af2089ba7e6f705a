import { cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createVirtualTime } from '@vsys/primitives';
import { openDurableFiles, openFileBlockLog, openStore } from '@vsys/store-rocksdb';
import { makeBlocks, openTestChain } from './chain-run.ts';
import { inspect, Ledger, startChild, type Told } from './kill-support.ts';
import { START_MS, testChain } from './support.ts';

const RECORD_HEADER_BYTES = 32;

let folder: string;
let first: Told;
/** The lengths of the last records in the log, with their headers; all in the last segment. */
let lastBytes: number[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vsys-damage-'));
  const child = startChild(join(folder, 'master'));
  await child.saw('head', 40);
  child.kill();
  first = await child.told;
  await using log = await openFileBlockLog(join(folder, 'master', 'blocks'));
  lastBytes = [];
  for (let back = 1; back <= 3; back++) lastBytes.push((await log.read(log.next - back)).length + RECORD_HEADER_BYTES);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

let copies = 0;
async function copy(): Promise<string> {
  const path = join(folder, `copy-${copies++}`);
  await cp(join(folder, 'master'), path, { recursive: true });
  return path;
}

async function segments(path: string): Promise<string[]> {
  return (await readdir(join(path, 'blocks'))).filter((name) => name.endsWith('.blocks')).sort().map((name) => join(path, 'blocks', name));
}
const lastSegment = async (path: string): Promise<string> => (await segments(path)).at(-1) as string;

/** Flips one bit, counted from the start or, when negative, from the end. */
async function flip(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  const offset = at < 0 ? bytes.length + at : at;
  bytes[offset] = (bytes[offset] as number) ^ (1 << (offset & 7));
  await writeFile(path, bytes);
}

async function goesOn(path: string, heads = 3): Promise<Told> {
  const child = startChild(path);
  await child.saw('head', heads);
  child.kill();
  const told = await child.told;
  expect(told.lines.filter(([kind]) => kind === 'refused' || kind === 'failed')).toEqual([]);
  expect(told.lines.filter(([kind]) => kind === 'head').length).toBeGreaterThanOrEqual(heads);
  return told;
}

/** The code and the words of a refusal to start. */
async function refused(path: string): Promise<{ code: string; words: string }> {
  const child = startChild(path);
  const told = await Promise.race([child.told, child.saw('head', 1).then(() => undefined)]);
  child.kill();
  expect(told?.exitCode).toBe(2);
  const [, code = '', ...words] = (told as Told).lines.at(-1) as readonly string[];
  return { code, words: words.join(' ') };
}

/** It goes on, and what was told before the damage and after it agrees. */
async function losesNothing(path: string): Promise<void> {
  const ledger = new Ledger();
  ledger.add(first);
  ledger.add(await goesOn(path));
  await inspect(path, 'log', (chain) => ledger.check(chain));
}

describe('the end of the block log', () => {
  test.each([1, 7, RECORD_HEADER_BYTES + 3])('cut by %d bytes is dropped, and nothing final is lost', async (bytes) => {
    const path = await copy();
    const segment = await lastSegment(path);
    await truncate(segment, (await stat(segment)).size - bytes);
    await losesNothing(path);
  }, 120_000);

  test.each([-1, -40])('with a flipped bit at %d is dropped, and nothing final is lost', async (at) => {
    const path = await copy();
    await flip(await lastSegment(path), at);
    await losesNothing(path);
  }, 120_000);

  test('that was final and is gone is refused, and the chain goes on by the way that the refusal names', async () => {
    const path = await copy();
    const segment = await lastSegment(path);
    await truncate(segment, (await stat(segment)).size - lastBytes.reduce((sum, bytes) => sum + bytes));
    const { code, words } = await refused(path);
    expect(code).toBe('CHAIN_LOG_BEHIND');
    expect(words).toMatch(/restore the log .* remove the store's folder/);
    await rm(join(path, 'store'), { recursive: true });
    const told = await goesOn(path);
    const [height] = first.lines.findLast(([kind]) => kind === 'final')!.slice(1);
    expect(Number(told.lines[0]![2])).toBeGreaterThanOrEqual(Number(height) - 3);
  }, 120_000);
});

describe('damage inside the block log', () => {
  test('is refused with the file and the way out', async () => {
    const path = await copy();
    await flip(await lastSegment(path), -(lastBytes[0] as number) - 5);
    const { code, words } = await refused(path);
    expect(code).toBe('BLOCK_LOG_CORRUPT');
    expect(words).toContain(await lastSegment(path));
    expect(words).toContain('restore from a peer');
  }, 120_000);

  test('in a closed segment does not stop a node that has its store, and refuses to rebuild one that has not', async () => {
    const path = await copy();
    const [oldest, ...others] = await segments(path);
    expect(others.length).toBeGreaterThan(0);
    await flip(oldest as string, 300);
    await goesOn(path);
    await rm(join(path, 'store'), { recursive: true });
    const { code, words } = await refused(path);
    expect(code).toBe('BLOCK_LOG_CORRUPT');
    expect(words).toContain(oldest as string);
  }, 120_000);
});

describe('the folder of the store', () => {
  test('that is missing is rebuilt from the log', async () => {
    const path = await copy();
    await rm(join(path, 'store'), { recursive: true });
    await losesNothing(path);
  }, 120_000);

  test.each([
    ['with rubbish in its CURRENT', async (inner: string) => writeFile(join(inner, 'CURRENT'), 'rubbish')],
    ['with rubbish in its MANIFEST', async (inner: string) => writeFile(join(inner, (await readdir(inner)).find((name) => name.startsWith('MANIFEST')) as string), 'rubbish')],
    ['whose files are gone', async (inner: string) => { for (const name of await readdir(inner)) await rm(join(inner, name)); }],
  ])('%s is refused with the way out, which works', async (_, damage) => {
    const path = await copy();
    await damage(join(path, 'store', 'data'));
    const { code, words } = await refused(path);
    expect(code).toBe('STORE_CORRUPT');
    expect(words).toMatch(/remove the folder .* made again from the block log/);
    await rm(join(path, 'store'), { recursive: true });
    await losesNothing(path);
  }, 120_000);

  test('made from another log of the same chain is refused with the way out, which works', async () => {
    const other = join(folder, 'other-node');
    await goesOn(other, 60);
    const path = await copy();
    await rm(join(path, 'blocks'), { recursive: true });
    await cp(join(other, 'blocks'), join(path, 'blocks'), { recursive: true });
    const { code, words } = await refused(path);
    expect(code).toBe('CHAIN_STORE');
    expect(words).toContain('remove the store\'s folder (not the log)');
    await rm(join(path, 'store'), { recursive: true });
    await goesOn(path);
  }, 120_000);
});

describe('data of another chain', () => {
  const strange = testChain('poa', 4);

  async function strangeData(path: string): Promise<void> {
    const time = createVirtualTime(START_MS + 50);
    const blocks = await makeBlocks(strange, time, 60);
    await using store = await openStore(join(path, 'store'));
    await using log = await openFileBlockLog(join(path, 'blocks'));
    const chain = await openTestChain(strange, time, { store, log });
    for (const block of blocks) await chain.importBlock(block);
    await chain.close();
  }

  test('is refused, whole, as a log alone, and as a log under the own store', async () => {
    const path = join(folder, 'strange');
    await strangeData(path);
    const wrong = { code: 'CHAIN_WRONG_DATA', words: expect.stringContaining('another data folder') };
    expect(await refused(path)).toEqual(wrong);
    await rm(join(path, 'store'), { recursive: true });
    expect(await refused(path)).toEqual(wrong);
    const mixed = await copy();
    await rm(join(mixed, 'blocks'), { recursive: true });
    await cp(join(path, 'blocks'), join(mixed, 'blocks'), { recursive: true });
    expect(await refused(mixed)).toEqual(wrong);
  }, 120_000);

  test('in the signer\'s records is refused, and so are damaged ones', async () => {
    const path = await copy();
    await flip(join(path, 'signer', 'engine.record'), -1);
    expect(await refused(path)).toMatchObject({ code: 'STORE_RECORD_DAMAGED', words: expect.stringContaining('restore it from a copy') });
    await (await openDurableFiles(join(path, 'signer'))).save('chain', new Uint8Array(32));
    expect(await refused(path)).toMatchObject({ code: 'NODE_SIGNER_DATA', words: expect.stringContaining('another data folder') });
  }, 120_000);
});

test('a folder that a living node has open is refused, and that node goes on', async () => {
  const path = await copy();
  const living = startChild(path);
  await living.saw('head', 1);
  expect(await refused(path)).toMatchObject({ code: 'STORE_LOCKED', words: expect.stringContaining('close that one first') });
  await living.saw('head', 3);
  living.kill();
  expect((await living.told).lines.filter(([kind]) => kind === 'failed')).toEqual([]);
}, 120_000);
