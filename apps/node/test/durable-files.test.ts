import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createSignerGuard } from '@vsys/consensus';
import { openDurableFiles } from '../src/durable-files.ts';
import { createTestFolder, type TestFolder } from './support.ts';

let folder: TestFolder;
beforeEach(async () => { folder = await createTestFolder(); });
afterEach(() => folder.remove());

test('a record is there again after opening the folder again, the last one written', async () => {
  const first = await openDurableFiles(folder.file('new/deep'));
  expect(await first.load('engine')).toBeUndefined();
  await first.save('engine', Uint8Array.of(1, 2, 3));
  await first.save('engine', Uint8Array.of(4));
  const second = await openDurableFiles(folder.file('new/deep'));
  expect(await second.load('engine')).toEqual(Uint8Array.of(4));
});

test('names keep apart what a file system would join', async () => {
  const files = await openDurableFiles(folder.path);
  const names = ['a:b', 'a-b', 'a/b', '../a', 'a%3Ab'];
  for (const [i, name] of names.entries()) await files.save(name, Uint8Array.of(i));
  for (const [i, name] of names.entries()) expect([name, await files.load(name)]).toEqual([name, Uint8Array.of(i)]);
  expect(await readdir(folder.path)).toHaveLength(names.length);
});

test('a write that a crash cut off leaves the record before it', async () => {
  const files = await openDurableFiles(folder.path);
  await files.save('guard', Uint8Array.of(7));
  const [name] = await readdir(folder.path);
  await writeFile(folder.file(`${name}.new`), Uint8Array.of(8));
  const again = await openDurableFiles(folder.path);
  expect(await again.load('guard')).toEqual(Uint8Array.of(7));
  await again.save('guard', Uint8Array.of(9));
  expect(await again.load('guard')).toEqual(Uint8Array.of(9));
  expect(await readdir(folder.path)).toEqual([name]);
});

test('only the owner can read a record, and what cannot be read is no absence', async () => {
  const files = await openDurableFiles(folder.path);
  await files.save('guard', Uint8Array.of(7));
  const [name] = await readdir(folder.path);
  expect((await stat(folder.file(name as string))).mode & 0o777).toBe(0o600);
  await rm(folder.file(name as string));
  await mkdir(folder.file(name as string));
  await expect(files.load('guard')).rejects.toMatchObject({ code: 'EISDIR' });
});

test('a signer guard on these files refuses after a restart what it allowed before', async () => {
  const key = { scheme: 'ed25519', bytes: new Uint8Array(32) } as const;
  const slot = { kind: 'block', slot: 5n } as const;
  expect(await createSignerGuard(await openDurableFiles(folder.path)).allow(key, slot)).toMatchObject({ ok: true });
  expect(await createSignerGuard(await openDurableFiles(folder.path)).allow(key, slot)).toMatchObject({ ok: false, code: 'GUARD_BLOCK' });
});
