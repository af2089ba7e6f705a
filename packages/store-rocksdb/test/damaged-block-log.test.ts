import { copyFile, cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { utf8ToBytes } from '@vsys/primitives';

import { openFileBlockLog } from '../src/index.ts';
import type { BlockLogRecovery, FileBlockLogOptions } from '../src/index.ts';
import { RECORD_HEADER_BYTES, SEGMENT_HEADER_BYTES } from '../src/segment-format.ts';
import { inFolder } from './temporary-folder.ts';

const b = utf8ToBytes;
const code = (expected: string): { code: string } => expect.objectContaining({ code: expected }) as never;

async function fill(folder: string, appends: readonly (readonly string[])[], options?: FileBlockLogOptions): Promise<void> {
  await using log = await openFileBlockLog(folder, options);
  for (const records of appends) await log.append(records.map(b));
}

async function list(folder: string): Promise<{ records: string[]; recovered: BlockLogRecovery | undefined }> {
  await using log = await openFileBlockLog(folder);
  const records: string[] = [];
  for await (const { bytes } of log.records(0)) records.push(Buffer.from(bytes).toString());
  return { records, recovered: log.recovered };
}

async function segments(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.includes('.blocks')).sort().map((name) => join(folder, name));
}

async function only(folder: string): Promise<string> {
  const [path, ...others] = await segments(folder);
  expect(others).toEqual([]);
  return path as string;
}

async function change(path: string, at: number, to: (byte: number) => number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = to(bytes[at] as number);
  await writeFile(path, bytes);
}

describe('a torn end', () => {
  test.each([
    ['a record', [['one'], ['two'], ['the last']], 2, RECORD_HEADER_BYTES + 8],
    ['an append of three records, as a whole', [['one'], ['two'], ['x', 'y', 'z']], 2, 3 * (RECORD_HEADER_BYTES + 1)],
    ['the only record', [['the last']], 0, RECORD_HEADER_BYTES + 8],
  ] as const)('cut at every byte of %s is dropped, reported, and appended over', (_, appends, kept, lastBytes) => inFolder(async (folder) => {
    const master = join(folder, 'master');
    await fill(master, appends);
    const whole = (await readFile(await only(master))).length;
    for (let dropped = 1; dropped <= lastBytes; dropped++) {
      const copy = join(folder, `cut-${dropped}`);
      await cp(master, copy, { recursive: true });
      await truncate(await only(copy), whole - dropped);
      const before = appends.slice(0, kept).flat();
      const { records, recovered } = await list(copy);
      expect(records).toEqual(before);
      expect(recovered).toEqual(dropped === lastBytes ? undefined : { droppedBytes: lastBytes - dropped, atSequence: before.length });
      await fill(copy, [['again']]);
      expect(await list(copy)).toEqual({ records: [...before, 'again'], recovered: undefined });
      await rm(copy, { recursive: true });
    }
  }));

  test('with one bit flipped in any byte of the last record is dropped and reported', () => inFolder(async (folder) => {
    const master = join(folder, 'master');
    await fill(master, [['one'], ['two'], ['the last']]);
    const lastBytes = RECORD_HEADER_BYTES + 8;
    const whole = (await readFile(await only(master))).length;
    for (let at = whole - lastBytes; at < whole; at++) {
      const copy = join(folder, `flip-${at}`);
      await cp(master, copy, { recursive: true });
      await change(await only(copy), at, (byte) => byte ^ (1 << (at % 8)));
      expect(await list(copy)).toEqual({ records: ['one', 'two'], recovered: { droppedBytes: lastBytes, atSequence: 2 } });
      await rm(copy, { recursive: true });
    }
  }));

  test('followed by zeros or rubbish, as some file systems leave, is dropped', () => inFolder(async (folder) => {
    for (const [name, rubbish] of [['zeros', new Uint8Array(5000)], ['rubbish', Uint8Array.from({ length: 5000 }, (_, i) => (i * 37) % 256)]] as const) {
      const path = join(folder, name);
      await fill(path, [['one'], ['two']]);
      await writeFile(await only(path), Buffer.concat([await readFile(await only(path)), rubbish]));
      expect(await list(path)).toEqual({ records: ['one', 'two'], recovered: { droppedBytes: 5000, atSequence: 2 } });
    }
  }));

  test('whose first record is torn and whose second is whole, in one append, is dropped as a whole', () => inFolder(async (folder) => {
    await fill(folder, [['one'], ['first', 'second']]);
    await change(await only(folder), SEGMENT_HEADER_BYTES + 2 * RECORD_HEADER_BYTES + 4, (byte) => byte ^ 1);
    expect((await list(folder)).records).toEqual(['one']);
  }));

  test('is not taken for damage when the torn block holds bytes that look like later records', () => inFolder(async (folder) => {
    const other = join(folder, 'other');
    await fill(other, [['a'], ['b'], ['c'], ['d'], ['e']]);
    const lookalike = (await readFile(await only(other))).subarray(SEGMENT_HEADER_BYTES);
    const log = await openFileBlockLog(join(folder, 'log'));
    await log.append([b('one')]);
    await log.append([lookalike]);
    await log.close();
    await change(await only(join(folder, 'log')), SEGMENT_HEADER_BYTES + 2 * RECORD_HEADER_BYTES + 3, (byte) => byte ^ 1);
    expect((await list(join(folder, 'log'))).records).toEqual(['one']);
  }));

  test('of a segment that was not yet begun is removed', () => inFolder(async (folder) => {
    await fill(folder, [['one']]);
    await writeFile(join(folder, '0000000000000001.blocks.new'), 'half a header');
    expect(await list(folder)).toEqual({ records: ['one'], recovered: undefined });
    expect(await segments(folder)).toHaveLength(1);
  }));
});

describe('a path where no log can be', () => {
  test('is refused with a code, and lets nobody wait for a lock', () => inFolder(async (folder) => {
    await writeFile(join(folder, 'file'), 'not a folder');
    for (const path of ['file', 'file/below']) {
      for (let again = 0; again < 2; again++) {
        await expect(openFileBlockLog(join(folder, path))).rejects.toEqual(code('STORE_OPEN_FAILED'));
        await expect(openFileBlockLog(join(folder, path))).rejects.toThrow(/rights of the folder/);
      }
    }
  }));
});

describe('damage that a crash cannot cause', () => {
  test('in any byte of a record that others follow is refused, with file, offset and the way out', () => inFolder(async (folder) => {
    await fill(folder, [['one'], ['two'], ['three']]);
    const path = await only(folder);
    const start = SEGMENT_HEADER_BYTES + RECORD_HEADER_BYTES + 3;
    const copy = join(folder, 'copy');
    await copyFile(path, copy);
    for (let at = start; at < start + RECORD_HEADER_BYTES + 3; at++) {
      await change(path, at, (byte) => byte ^ (1 << (at % 8)));
      await expect(openFileBlockLog(folder)).rejects.toEqual(code('BLOCK_LOG_CORRUPT'));
      await expect(openFileBlockLog(folder)).rejects.toThrow(`${path} is damaged at byte ${start}`);
      await expect(openFileBlockLog(folder)).rejects.toThrow(/restore from a peer/);
      await copyFile(copy, path);
    }
    expect((await list(folder)).records).toEqual(['one', 'two', 'three']);
  }));

  test.each([0, 1, 40, SEGMENT_HEADER_BYTES - 1])('a segment cut to %d bytes is refused', (size) => inFolder(async (folder) => {
    await fill(folder, [['one'], ['two']]);
    await truncate(await only(folder), size);
    await expect(openFileBlockLog(folder)).rejects.toEqual(code('BLOCK_LOG_CORRUPT'));
  }));

  test.each([0, 1])('segment %d of three missing is refused', (at) => inFolder(async (folder) => {
    await fill(folder, [['one'], ['two'], ['three']], { segmentBytesMax: 1 });
    expect(await segments(folder)).toHaveLength(3);
    await rm((await segments(folder))[at] as string);
    await expect(openFileBlockLog(folder)).rejects.toEqual(code('BLOCK_LOG_CORRUPT'));
  }));

  test('a closed segment that lost bytes, or has too many, is refused', () => inFolder(async (folder) => {
    await fill(folder, [['one'], ['two'], ['three']], { segmentBytesMax: 1 });
    const second = (await segments(folder))[1] as string;
    const bytes = await readFile(second);
    for (const wrong of [bytes.subarray(0, -1), bytes.subarray(0, SEGMENT_HEADER_BYTES), Buffer.concat([bytes, Buffer.from([0])])]) {
      await writeFile(second, wrong);
      await expect(openFileBlockLog(folder)).rejects.toEqual(code('BLOCK_LOG_CORRUPT'));
      await expect(openFileBlockLog(folder)).rejects.toThrow(second);
    }
  }));

  test('a segment under another\'s name is refused', () => inFolder(async (folder) => {
    await fill(folder, [['one'], ['two']], { segmentBytesMax: 1 });
    const [first, second] = await segments(folder);
    await copyFile(first as string, second as string);
    await expect(openFileBlockLog(folder)).rejects.toEqual(code('BLOCK_LOG_CORRUPT'));
  }));

  test('in a closed segment is refused when it is read, and leaves the other segments readable', () => inFolder(async (folder) => {
    await fill(folder, [['one'], ['two'], ['three']], { segmentBytesMax: 1 });
    const second = (await segments(folder))[1] as string;
    for (const at of [SEGMENT_HEADER_BYTES, SEGMENT_HEADER_BYTES + 5, SEGMENT_HEADER_BYTES + RECORD_HEADER_BYTES]) {
      await change(second, at, (byte) => byte ^ 4);
      await using log = await openFileBlockLog(folder);
      for (let again = 0; again < 2; again++) await expect(log.read(1)).rejects.toEqual(code('BLOCK_LOG_CORRUPT'));
      expect(await log.read(2)).toEqual(b('three'));
      expect(await log.read(0)).toEqual(b('one'));
      await change(second, at, (byte) => byte ^ 4);
    }
  }));

  test('a header with a flipped bit is refused', () => inFolder(async (folder) => {
    await fill(folder, [['one']]);
    for (let at = 0; at < SEGMENT_HEADER_BYTES; at += 3) {
      await change(await only(folder), at, (byte) => byte ^ 16);
      await expect(openFileBlockLog(folder)).rejects.toEqual(code('BLOCK_LOG_CORRUPT'));
      await change(await only(folder), at, (byte) => byte ^ 16);
    }
  }));
});
