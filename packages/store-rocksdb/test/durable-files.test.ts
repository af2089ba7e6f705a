import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';

import { openDurableFiles } from '../src/index.ts';
import { inFolder } from './temporary-folder.ts';

const code = (expected: string): { code: string } => expect.objectContaining({ code: expected }) as never;

describe('durable files', () => {
  test('a record is there again after opening the folder again, the last one written', () => inFolder(async (folder) => {
    const first = await openDurableFiles(join(folder, 'new/deep'));
    expect(await first.load('engine')).toBeUndefined();
    await first.save('engine', Uint8Array.of(1, 2, 3));
    await first.save('engine', Uint8Array.of(4));
    const second = await openDurableFiles(join(folder, 'new/deep'));
    expect(await second.load('engine')).toEqual(Uint8Array.of(4));
  }));

  test('names keep apart what a file system would join', () => inFolder(async (folder) => {
    const files = await openDurableFiles(folder);
    const names = ['a:b', 'a-b', 'a/b', '../a', 'a%3Ab'];
    for (const [i, name] of names.entries()) await files.save(name, Uint8Array.of(i));
    for (const [i, name] of names.entries()) expect([name, await files.load(name)]).toEqual([name, Uint8Array.of(i)]);
    expect(await readdir(folder)).toHaveLength(names.length);
  }));

  test('a write that a crash cut off leaves the record before it', () => inFolder(async (folder) => {
    const files = await openDurableFiles(folder);
    await files.save('guard', Uint8Array.of(7));
    const [name] = await readdir(folder);
    await writeFile(join(folder, `${name}.new`), Uint8Array.of(8));
    const again = await openDurableFiles(folder);
    expect(await again.load('guard')).toEqual(Uint8Array.of(7));
    await again.save('guard', Uint8Array.of(9));
    expect(await again.load('guard')).toEqual(Uint8Array.of(9));
    expect(await readdir(folder)).toEqual([name]);
  }));

  test('records saved at once land in their order', () => inFolder(async (folder) => {
    const files = await openDurableFiles(folder);
    await Promise.all(Array.from({ length: 20 }, (_, i) => files.save(i % 2 === 0 ? 'even' : 'odd', Uint8Array.of(i))));
    expect([await files.load('even'), await files.load('odd')]).toEqual([Uint8Array.of(18), Uint8Array.of(19)]);
  }));

  test('only the owner can read a record, and what cannot be read is no absence', () => inFolder(async (folder) => {
    const files = await openDurableFiles(folder);
    await files.save('guard', Uint8Array.of(7));
    const [name] = await readdir(folder);
    const path = join(folder, name as string);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await rm(path);
    await mkdir(path);
    await expect(files.load('guard')).rejects.toEqual(code('STORE_IO'));
    await expect(files.save('guard', Uint8Array.of(8))).rejects.toEqual(code('STORE_IO'));
  }));

  test('a record with one bit flipped anywhere, or cut, is refused, and the message forbids the easy way', () => inFolder(async (folder) => {
    const files = await openDurableFiles(folder);
    await files.save('guard', Uint8Array.of(7, 8, 9));
    const path = join(folder, (await readdir(folder))[0] as string);
    const whole = new Uint8Array(await readFile(path));
    for (let at = 0; at < whole.length; at++) {
      await writeFile(path, whole.map((byte, i) => (i === at ? byte ^ (1 << (at % 8)) : byte)));
      await expect(files.load('guard')).rejects.toEqual(code('STORE_RECORD_DAMAGED'));
      await writeFile(path, whole.subarray(0, at));
      await expect(files.load('guard')).rejects.toThrow(/restore it from a copy.*do not remove it/);
    }
  }));
});
