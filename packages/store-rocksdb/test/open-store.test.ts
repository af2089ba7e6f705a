import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, test } from '@jest/globals';
import { silentLogger, utf8ToBytes } from '@vsys/primitives';
import type { Logger } from '@vsys/primitives';

import { openLevelStore, openRocksStore, openStore } from '../src/index.ts';
import { createLevelDriver } from '../src/level-engine.ts';
import { openStoreWith } from '../src/open-store.ts';
import type { DriverName, StoreDriver } from '../src/store-driver.ts';
import { inFolder } from './temporary-folder.ts';

const b = utf8ToBytes;
const code = (expected: string): { code: string } => expect.objectContaining({ code: expected }) as never;

const unloadable: StoreDriver = { loadRemedy: 'install it', load: async () => { throw new Error('Cannot find addon'); } };
const withoutRocks: Record<DriverName, StoreDriver> = { rocksdb: unloadable, level: createLevelDriver() };

async function fill(folder: string, driver: DriverName): Promise<void> {
  await using store = await openStore(folder, { driver });
  await store.batch([{ type: 'put', key: b('a'), value: b('kept') }]);
}

describe('openStore', () => {
  test.each(['rocksdb', 'level'] as const)('%s keeps entries over close and open, and auto finds the driver again', (driver) => inFolder(async (folder) => {
    await fill(folder, driver);
    expect((await readFile(join(folder, 'DRIVER'), 'utf8'))).toBe(`${driver}\n`);
    for (const again of ['auto', driver] as const) {
      await using store = await openStore(folder, { driver: again, create: false });
      expect(await store.get(b('a'))).toEqual(b('kept'));
    }
  }));

  test('refuses a folder of the other driver by name', () => inFolder(async (folder) => {
    await fill(join(folder, 'r'), 'rocksdb');
    await fill(join(folder, 'l'), 'level');
    await expect(openLevelStore(join(folder, 'r'))).rejects.toEqual(code('STORE_DRIVER_MISMATCH'));
    await expect(openRocksStore(join(folder, 'l'))).rejects.toEqual(code('STORE_DRIVER_MISMATCH'));
    await expect(openRocksStore(join(folder, 'l'))).rejects.toThrow(/choose level/);
  }));

  test('refuses a missing folder when not to create, names the remedy and makes nothing', () => inFolder(async (folder) => {
    for (const path of [folder, join(folder, 'none')]) {
      await expect(openStore(path, { create: false })).rejects.toEqual(code('STORE_MISSING'));
      await expect(openStore(path, { create: false })).rejects.toThrow(/create: true/);
    }
    expect(await readdir(folder)).toEqual([]);
  }));

  test('refuses a folder that holds other things', () => inFolder(async (folder) => {
    await writeFile(join(folder, 'notes.txt'), 'mine');
    await expect(openStore(folder)).rejects.toEqual(code('STORE_OPEN_FAILED'));
    expect(await readdir(folder)).toEqual(['notes.txt']);
  }));

  test('refuses a marker that names no known driver', () => inFolder(async (folder) => {
    await writeFile(join(folder, 'DRIVER'), 'other\n');
    await expect(openStore(folder)).rejects.toEqual(code('STORE_OPEN_FAILED'));
  }));

  test.each(['rocksdb', 'level'] as const)('%s refuses a second opening of one folder', (driver) => inFolder(async (folder) => {
    await using store = await openStore(folder, { driver });
    await expect(openStore(folder, { driver })).rejects.toEqual(code('STORE_LOCKED'));
    await store.batch([{ type: 'put', key: b('a'), value: b('still works') }]);
    expect(await store.get(b('a'))).toEqual(b('still works'));
  }));

  test.each(['rocksdb', 'level'] as const)('%s goes on with a folder whose making was cut off', (driver) => inFolder(async (folder) => {
    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'DRIVER.new'), `${driver}\n`);
    await expect(openStore(folder, { create: false })).rejects.toEqual(code('STORE_MISSING'));
    await fill(folder, driver);
    await (await openStore(folder, { driver, create: false })).close();
  }));

  test.each(['rocksdb', 'level'] as const)('%s refuses a folder whose data are gone, rather than begin anew', (driver) => inFolder(async (folder) => {
    await fill(folder, driver);
    await rm(join(folder, 'data'), { recursive: true });
    await expect(openStore(folder, { driver })).rejects.toEqual(expect.objectContaining({ code: expect.stringMatching(/^STORE_(OPEN_FAILED|CORRUPT)$/) }));
  }));

  test.each(['rocksdb', 'level'] as const)('%s refuses damaged files with STORE_CORRUPT', (driver) => inFolder(async (folder) => {
    await fill(folder, driver);
    const data = join(folder, 'data');
    for (const name of await readdir(data)) if (name.startsWith('MANIFEST')) await truncate(join(data, name), 3);
    await expect(openStore(folder, { driver })).rejects.toEqual(code('STORE_CORRUPT'));
  }));

  test('auto falls back to LevelDB for a new folder where RocksDB does not load, and says so', () => inFolder(async (folder) => {
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
    const store = await openStoreWith(withoutRocks, folder, { logger });
    await store.close();
    expect(warnings).toHaveLength(1);
    expect(await readFile(join(folder, 'DRIVER'), 'utf8')).toBe('level\n');
  }));

  test('does not fall back when RocksDB was asked for or wrote the folder', () => inFolder(async (folder) => {
    await expect(openStoreWith(withoutRocks, join(folder, 'new'), { driver: 'rocksdb' })).rejects.toEqual(code('STORE_DRIVER_UNAVAILABLE'));
    await fill(join(folder, 'old'), 'rocksdb');
    await expect(openStoreWith(withoutRocks, join(folder, 'old'), {})).rejects.toThrow(/install it/);
    await expect(openStoreWith(withoutRocks, join(folder, 'old'), {})).rejects.toEqual(code('STORE_DRIVER_UNAVAILABLE'));
  }));

  test('can be moved with its folder', () => inFolder(async (folder) => {
    await fill(join(folder, 'here'), 'rocksdb');
    await rename(join(folder, 'here'), join(folder, 'there'));
    await using store = await openStore(join(folder, 'there'), { create: false });
    expect(await store.get(b('a'))).toEqual(b('kept'));
  }));
});
