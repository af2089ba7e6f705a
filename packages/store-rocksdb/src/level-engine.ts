import type { EngineCursor, EngineRange, EngineReader, StoreEngine } from '@vsys/store';
import type { ClassicLevel } from 'classic-level';

import { plainBytes } from './store-driver.ts';
import type { StoreDriver } from './store-driver.ts';
import { storeErrorFrom } from './store-error-from.ts';

/** Memory of one open store: cacheBytes and twice writeBufferBytes. */
export interface LevelOptions {
  readonly cacheBytes?: number;
  readonly writeBufferBytes?: number;
  readonly openFilesMax?: number;
}

export const LEVEL_DEFAULTS: Required<LevelOptions> = { cacheBytes: 33_554_432, writeBufferBytes: 16_777_216, openFilesMax: 512 };

/** Entries that one native step of an iterator brings. */
const CURSOR_ENTRIES = 128;

type Database = ClassicLevel<Uint8Array, Uint8Array>;
type Snapshot = ReturnType<Database['snapshot']>;

/** LevelDB through `classic-level`, which needs nothing of the system: the way out where RocksDB does not load. */
export function createLevelDriver(options: LevelOptions = {}): StoreDriver {
  const { cacheBytes, writeBufferBytes, openFilesMax } = { ...LEVEL_DEFAULTS, ...options };
  return {
    loadRemedy: 'install the packages again on this machine: its build of classic-level is missing',
    async load() {
      const { ClassicLevel } = await import('classic-level');
      return async (folder, create) => {
        const db: Database = new ClassicLevel(folder, {
          keyEncoding: 'view',
          valueEncoding: 'view',
          createIfMissing: create,
          cacheSize: cacheBytes,
          writeBufferSize: writeBufferBytes,
          maxOpenFiles: openFilesMax,
        });
        await db.open();
        return createEngine(db, folder);
      };
    },
  };
}

function createEngine(db: Database, folder: string): StoreEngine {
  return {
    ...createReader(db, folder, undefined),
    write: (ops) => coded(folder, () => db.batch(ops.map((op) => (op.type === 'put' ? op : { type: 'del', key: op.key })))),
    async view() {
      const snapshot = db.snapshot();
      return { ...createReader(db, folder, snapshot), close: () => snapshot.close() };
    },
    close: () => coded(folder, () => db.close()),
  };
}

function createReader(db: Database, folder: string, snapshot: Snapshot | undefined): EngineReader {
  return {
    getMany: (keys) => coded(folder, async () => {
      const values: (Uint8Array | undefined)[] = await db.getMany([...keys], { snapshot });
      return values.map((value) => (value === undefined ? undefined : plainBytes(value)));
    }),
    cursor: (range) => createCursor(db, folder, snapshot, range),
  };
}

function createCursor(db: Database, folder: string, snapshot: Snapshot | undefined, { gte, lt, reverse, limit }: EngineRange): EngineCursor {
  const iterator = db.iterator({ ...(gte && { gte }), ...(lt && { lt }), reverse, limit, snapshot });
  return {
    next: () => coded(folder, async () => {
      const entries = await iterator.nextv(CURSOR_ENTRIES);
      return entries.map(([key, value]) => [plainBytes(key), plainBytes(value)] as const);
    }),
    close: () => iterator.close(),
  };
}

async function coded<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeErrorFrom(error, folder, 'STORE_IO');
  }
}
