import { resolve } from 'node:path';

import { silentLogger } from '@vsys/primitives';
import type { Logger } from '@vsys/primitives';
import { StoreError, storeFromEngine } from '@vsys/store';
import type { Store } from '@vsys/store';

import { beginMarker, dataFolder, finishMarker, readFolder } from './driver-marker.ts';
import { createLevelDriver } from './level-engine.ts';
import type { LevelOptions } from './level-engine.ts';
import { createRocksDriver } from './rocks-engine.ts';
import type { RocksOptions } from './rocks-engine.ts';
import type { DriverName, OpenEngine, StoreDriver } from './store-driver.ts';
import { storeErrorFrom } from './store-error-from.ts';

export interface OpenStoreOptions {
  /** `auto`, the default: the one that wrote the folder; for a new folder `rocksdb`, or `level` where that does not load. */
  readonly driver?: 'auto' | DriverName;
  /** False refuses a folder that has no store yet with `STORE_MISSING`. True by default. */
  readonly create?: boolean;
  readonly logger?: Logger;
  readonly rocksdb?: RocksOptions;
  readonly level?: LevelOptions;
}

/**
 * Opens the store in a folder, or makes it there.
 *
 * @throws StoreError `STORE_MISSING`, `STORE_DRIVER_MISMATCH`, `STORE_DRIVER_UNAVAILABLE`, `STORE_LOCKED`, `STORE_CORRUPT`,
 * `STORE_FULL`, `STORE_OPEN_FAILED`
 */
export function openStore(folder: string, options: OpenStoreOptions = {}): Promise<Store> {
  return openStoreWith({ rocksdb: createRocksDriver(options.rocksdb), level: createLevelDriver(options.level) }, folder, options);
}

export function openRocksStore(folder: string, options: RocksOptions & Pick<OpenStoreOptions, 'create'> = {}): Promise<Store> {
  return openStore(folder, { driver: 'rocksdb', rocksdb: options, ...(options.create !== undefined && { create: options.create }) });
}

export function openLevelStore(folder: string, options: LevelOptions & Pick<OpenStoreOptions, 'create'> = {}): Promise<Store> {
  return openStore(folder, { driver: 'level', level: options, ...(options.create !== undefined && { create: options.create }) });
}

/** `openStore` over drivers handed in. */
export async function openStoreWith(
  drivers: Readonly<Record<DriverName, StoreDriver>>,
  path: string,
  { driver: asked = 'auto', create = true, logger = silentLogger }: Pick<OpenStoreOptions, 'driver' | 'create' | 'logger'>,
): Promise<Store> {
  const folder = resolve(path);
  const { driver: written, made } = await readFolder(folder);
  if (!made && !create) {
    throw new StoreError('STORE_MISSING', `there is no store in ${folder}: check the path, or open it with create: true to make one`, { folder });
  }
  if (written !== undefined && asked !== 'auto' && asked !== written) {
    throw new StoreError('STORE_DRIVER_MISMATCH', `${folder} was written by the driver ${written} and cannot be read by ${asked}: choose ${written}, or remove the folder and let it be made again from the block log`, { folder, written, asked });
  }
  const { name, open } = await load(drivers, written ?? asked, logger);
  try {
    if (!made) await beginMarker(folder, name);
    const engine = await open(dataFolder(folder), !made);
    if (!made) await finishMarker(folder);
    return storeFromEngine(engine);
  } catch (error) {
    throw storeErrorFrom(error, folder, 'STORE_OPEN_FAILED');
  }
}

async function load(drivers: Readonly<Record<DriverName, StoreDriver>>, wanted: 'auto' | DriverName, logger: Logger): Promise<{ name: DriverName; open: OpenEngine }> {
  const name = wanted === 'auto' ? 'rocksdb' : wanted;
  try {
    return { name, open: await drivers[name].load() };
  } catch (cause) {
    const remedy = drivers[name].loadRemedy;
    if (wanted !== 'auto') throw new StoreError('STORE_DRIVER_UNAVAILABLE', `the driver ${name} does not load here: ${remedy}`, { driver: name, cause });
    logger.warn('RocksDB does not load here; the new store is kept by LevelDB', { remedy, cause: String(cause) });
    return load(drivers, 'level', logger);
  }
}
