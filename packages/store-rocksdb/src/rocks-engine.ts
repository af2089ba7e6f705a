import { createRequire } from 'node:module';

import type { EngineCursor, EngineRange, EngineReader, StoreEngine, StoreOp } from '@vsys/store';

import { plainBytes } from './store-driver.ts';
import type { StoreDriver } from './store-driver.ts';
import { storeErrorFrom } from './store-error-from.ts';

/**
 * Memory of one open store: writeBufferBytes × writeBuffersMax, and the engine's own block cache of 32 MiB, which the
 * binding lets one switch but not size. Index and filter blocks are inside that cache.
 */
export interface RocksOptions {
  readonly writeBufferBytes?: number;
  readonly writeBuffersMax?: number;
  readonly openFilesMax?: number;
  readonly backgroundJobsMax?: number;
  /** False reads every block from the files (and the system's cache). */
  readonly blockCache?: boolean;
}

export const ROCKS_DEFAULTS: Required<RocksOptions> = {
  writeBufferBytes: 33_554_432,
  writeBuffersMax: 2,
  openFilesMax: 512,
  backgroundJobsMax: 2,
  blockCache: true,
};

/** How the binding takes an absent bound. */
const NONE = new Uint8Array(0);

/** Entries that one native step of an iterator brings. */
const CURSOR_ENTRIES = 128;

/** The part of the binding in use; it ships no types. Nulls are its own. */
interface Session {
  read(options: { capacity: number; autoDestroy: true }): { get(key: Uint8Array): Promise<Uint8Array | null>; tryFlush(): void };
  write(options: { capacity: number; autoDestroy: true }): { tryPut(key: Uint8Array, value: Uint8Array): void; tryDelete(key: Uint8Array): void; flush(): Promise<void> };
  iterator(range: { gte: Uint8Array; lt: Uint8Array; reverse: boolean; limit: number }, options: { capacity: number }): EntryStream;
  snapshot(): Session;
  close(): Promise<void>;
}
interface EntryStream extends AsyncIterable<NativeEntry> {
  /** What is buffered already, or null. */
  read(): NativeEntry | null;
}
interface NativeEntry { readonly key: Uint8Array; readonly value: Uint8Array }
interface Database extends Session { ready(): Promise<void> }
type DatabaseClass = new (folder: string, options: Record<string, unknown>) => Database;

/** RocksDB through `rocksdb-native`: native work runs on the thread pool. Writes are not synced: see the block log. */
export function createRocksDriver(options: RocksOptions = {}): StoreDriver {
  const { writeBufferBytes, writeBuffersMax, openFilesMax, backgroundJobsMax, blockCache } = { ...ROCKS_DEFAULTS, ...options };
  return {
    loadRemedy: 'on Linux install libatomic1 (`apt-get install libatomic1`), or choose the driver level',
    async load() {
      const RocksDatabase = createRequire(import.meta.url)('rocksdb-native') as DatabaseClass;
      return async (folder, create) => {
        const db = new RocksDatabase(folder, {
          createIfMissing: create,
          writeBufferSize: writeBufferBytes,
          maxWriteBufferNumber: writeBuffersMax,
          maxOpenFiles: openFilesMax,
          maxBackgroundJobs: backgroundJobsMax,
          blockCache,
        });
        await db.ready();
        return createEngine(db, folder);
      };
    },
  };
}

function createEngine(db: Database, folder: string): StoreEngine {
  return {
    ...createReader(db, folder),
    write: (ops) => coded(folder, () => writeBatch(db, ops)),
    async view() {
      const session = db.snapshot();
      return { ...createReader(session, folder), close: () => session.close() };
    },
    close: () => coded(folder, () => db.close()),
  };
}

function createReader(session: Session, folder: string): EngineReader {
  return {
    getMany: (keys) => coded(folder, () => readBatch(session, keys)),
    cursor: (range) => createCursor(session, folder, range),
  };
}

async function readBatch(session: Session, keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
  const batch = session.read({ capacity: keys.length, autoDestroy: true });
  const reads = keys.map((key) => batch.get(key));
  batch.tryFlush();
  return (await Promise.all(reads)).map((value) => (value === null ? undefined : plainBytes(value)));
}

async function writeBatch(db: Database, ops: readonly StoreOp[]): Promise<void> {
  const batch = db.write({ capacity: ops.length, autoDestroy: true });
  for (const op of ops) {
    if (op.type === 'put') batch.tryPut(op.key, op.value);
    else batch.tryDelete(op.key);
  }
  await batch.flush();
}

/** The native iterator is made at the first step: one that exists and is not destroyed keeps the database from closing. */
function createCursor(session: Session, folder: string, { gte = NONE, lt = NONE, reverse, limit }: EngineRange): EngineCursor {
  let stream: EntryStream | undefined;
  let steps: AsyncIterator<NativeEntry> | undefined;
  return {
    next: () => coded(folder, async () => {
      stream ??= session.iterator({ gte, lt, reverse, limit }, { capacity: CURSOR_ENTRIES });
      steps ??= stream[Symbol.asyncIterator]();
      const page: (readonly [Uint8Array, Uint8Array])[] = [];
      const step = await steps.next();
      if (step.done === true) return page;
      for (let entry: NativeEntry | null = step.value; entry !== null; entry = stream.read()) page.push([plainBytes(entry.key), plainBytes(entry.value)]);
      return page;
    }),
    async close() {
      await steps?.return?.();
    },
  };
}

async function coded<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeErrorFrom(error, folder, 'STORE_IO');
  }
}
