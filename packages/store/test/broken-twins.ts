import { createMemoryBlockLog, createMemoryStore } from '../src/index.ts';
import type { BlockLog, RangeOptions, Store, StoreOp, StoreReader } from '../src/index.ts';

type Change<T> = (whole: T) => Partial<T>;

/** A memory twin with some of its methods replaced. */
function twin<T extends object>(create: () => T, change: Change<T>): () => T {
  return () => {
    const whole = create();
    // Descriptors, so that getters stay getters.
    return Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(whole), ...Object.getOwnPropertyDescriptors(change(whole)) }) as T;
  };
}

const store = (change: Change<Store>): (() => Store) => twin(createMemoryStore, change);
const log = (change: Change<BlockLog>): (() => BlockLog) => twin(createMemoryBlockLog, change);

/** Lets what was called before finish its first steps. */
const later = async (): Promise<void> => { await Promise.resolve(); };

async function all(reader: StoreReader, options?: RangeOptions): Promise<(readonly [Uint8Array, Uint8Array])[]> {
  const found = [];
  for await (const entry of reader.iterate(options)) found.push(entry);
  return found;
}

const walkOf = (change: (whole: Store, options: RangeOptions) => AsyncIterable<readonly [Uint8Array, Uint8Array]>): (() => Store) =>
  store((whole) => ({ iterate: (options = {}) => change(whole, options) }));

/** Keeps the caller's own arrays: gives out what was put in. */
function aliasing(): Store {
  const values = new Map<string, Uint8Array>();
  return store((whole) => ({
    async batch(ops) {
      await whole.batch(ops);
      for (const op of ops) if (op.type === 'put') values.set(String(op.key), op.value);
    },
    get: async (key) => ((await whole.get(key)) === undefined ? undefined : values.get(String(key))),
  }))();
}

/** What is wrong, the law that names it, the store. */
export const brokenStores: readonly (readonly [fault: string, law: string, create: () => Store])[] = [
  ['gives out the caller\'s own arrays', 'gives values that the caller may change', aliasing],
  ['reads its inputs after the call returned', 'copies inputs before the call returns', store((whole) => ({ async batch(ops) { await later(); await whole.batch(ops); } }))],
  ['lets the first operation win', 'lets the last operation on a key win', store((whole) => ({ batch: (ops) => whole.batch([...ops].reverse()) }))],
  ['writes a batch operation by operation', 'lands batches whole and in the order of the calls', store((whole) => ({
    async batch(ops) { for (const op of ops) await whole.batch([op]); },
  }))],
  ['writes what comes before the bad operation', 'changes nothing when a batch is refused', store((whole) => ({
    async batch(ops) { for (const op of ops) await whole.batch([op]); },
  }))],
  ['lands batches out of order', 'lands batches whole and in the order of the calls', (() => {
    let calls = 0;
    return store((whole) => ({ async batch(ops: readonly StoreOp[]) { if (calls++ % 2 === 0) for (let i = 0; i < 40; i++) await later(); await whole.batch(ops); } }));
  })()],
  ['ignores the limit', 'counts the limit from the end that comes first', walkOf((whole, options) => whole.iterate({ ...options, limit: undefined }))],
  ['takes the limit before it turns round', 'counts the limit from the end that comes first', walkOf(async function* (whole, { reverse, ...options }) {
    const found = await all(whole, options);
    yield* reverse === true ? found.reverse() : found;
  })],
  ['takes the upper bound in', 'takes the lower bound in and leaves the upper bound out', walkOf((whole, options) =>
    whole.iterate(options.lt === undefined ? options : { ...options, lt: Uint8Array.of(...options.lt, 0) }))],
  ['starts a reverse walk only at a key that is there', 'starts a reverse walk below an upper bound that is absent', walkOf(async function* (whole, options) {
    if (options.reverse === true && options.lt !== undefined && (await whole.get(options.lt)) === undefined) return;
    yield* whole.iterate(options);
  })],
  ['orders bytes as signed', 'iterates in the order of unsigned bytes', walkOf(async function* (whole, options) {
    const signed = (byte: number | undefined): number => ((byte ?? 0) << 24) >> 24;
    yield* (await all(whole, options)).sort((a, b) => signed(a[0][0]) - signed(b[0][0]));
  })],
  ['iterates over the store as it is now', 'iterates over the store as it was at the first step', walkOf(async function* (whole, options) {
    for (const [key] of await all(whole, options)) {
      const value = await whole.get(key);
      if (value !== undefined) yield [key, value] as const;
    }
  })],
  ['loses empty values', 'keeps an empty value apart from a missing one', store((whole) => ({
    async get(key) { const value = await whole.get(key); return value?.length === 0 ? undefined : value; },
  }))],
  ['leaves missing keys out of getMany', 'answers getMany in the order asked, with duplicates and missing keys', store((whole) => ({
    async getMany(keys) { return (await whole.getMany(keys)).filter((value) => value !== undefined); },
  }))],
  ['gives Node buffers', 'gives plain bytes, whose slice is a copy', store((whole) => ({
    async get(key) { const value = await whole.get(key); return value === undefined ? undefined : Buffer.from(value); },
  }))],
  ['has snapshots that follow the store', 'reads a snapshot as it was when taken', store((whole) => ({
    async snapshot() { return { get: whole.get, getMany: whole.getMany, iterate: whole.iterate, async close() {} }; },
  }))],
  ['stays open after close', 'refuses every call after close', store(() => ({ async close() {} }))],
  ['ends a walk quietly when the snapshot closes', 'refuses a closed snapshot and leaves the store open', store((whole) => ({
    async snapshot() {
      const snapshot = await whole.snapshot();
      return { ...snapshot, async *iterate(options?: RangeOptions) { yield* await all(snapshot, options); } };
    },
  }))],
];

export const brokenBlockLogs: readonly (readonly [fault: string, law: string, create: () => BlockLog])[] = [
  ['numbers from 1', 'numbers records from 0 without gaps', log((whole) => ({ async append(records) { return (await whole.append(records)) + 1; } }))],
  ['drops empty records', 'keeps empty and large records', log((whole) => ({ append: (records) => whole.append(records.filter((record) => record.length > 0)) }))],
  ['reads its inputs after the call returned', 'copies inputs before the call returns', log((whole) => ({ async append(records) { await later(); return whole.append(records); } }))],
  ['walks on into what is appended later', 'ends a walk at what was durable at its first step', log((whole) => ({
    async *records(from) { for (let at = from; at < Math.min(whole.next, 5); at++) yield { sequence: at, bytes: await whole.read(at) }; },
  }))],
  ['writes what comes before the bad record', 'refuses a record above the limit and appends nothing of the call', log((whole) => ({
    async append(records) { let first: number | undefined; for (const record of records) first = Math.min(await whole.append([record]), first ?? Infinity); return first ?? whole.next; },
  }))],
  ['stays open after close', 'refuses every call after close, and may be closed twice', log(() => ({ async close() {}, async [Symbol.asyncDispose]() {} }))],
];
