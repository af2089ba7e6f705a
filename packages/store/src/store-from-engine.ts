import type { EngineCursor, EngineRange, EngineReader, StoreEngine } from './store-engine.ts';
import { StoreError } from './store-error.ts';
import { KEY_BYTES_MAX, VALUE_BYTES_MAX } from './store.ts';
import type { RangeOptions, Store, StoreOp, StoreReader, StoreSnapshot } from './store.ts';

/** Puts the manners of `Store` around an engine: see `StoreEngine`. */
export function storeFromEngine(engine: StoreEngine): Store {
  const root = createScope('store');
  let lastWrite: Promise<void> = Promise.resolve();

  const takeSnapshot = async (): Promise<StoreSnapshot> => {
    const view = await engine.view();
    const scope = createScope('snapshot');
    const close = once(async () => {
      await scope.end();
      root.forget(close);
      await view.close();
    });
    root.keep(close);
    return { ...createReader(view, scope), close };
  };

  const close = once(async () => {
    await root.end();
    await engine.close();
  });

  return {
    ...createReader(engine, root),
    async batch(ops) {
      root.check();
      const copies = copiedOps(ops);
      if (copies.length === 0) return;
      const write = lastWrite.then(() => engine.write(copies));
      // A failed batch fails for its own caller only.
      lastWrite = write.catch(() => {});
      await root.track(write);
    },
    async snapshot() {
      root.check();
      return root.track(takeSnapshot());
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The life of a store or of a snapshot: what is under way in it and what is open in it. */
interface Scope {
  check(): void;
  track<T>(work: Promise<T>): Promise<T>;
  /** Remembers how to close a thing that must be closed before the scope ends. */
  keep(close: () => Promise<void>): void;
  forget(close: () => Promise<void>): void;
  /** Refuses new work, waits for the work under way, closes what is open. */
  end(): Promise<void>;
}

function createScope(name: string): Scope {
  let ended = false;
  const underWay = new Set<Promise<unknown>>();
  const open = new Set<() => Promise<void>>();
  return {
    check() {
      if (ended) throw new StoreError('STORE_CLOSED', `the ${name} is closed`);
    },
    async track(work) {
      underWay.add(work);
      try {
        return await work;
      } finally {
        underWay.delete(work);
      }
    },
    keep: (close) => void open.add(close),
    forget: (close) => void open.delete(close),
    async end() {
      ended = true;
      await Promise.allSettled(underWay);
      await Promise.all([...open].map((close) => close()));
    },
  };
}

function createReader(engine: EngineReader, scope: Scope): StoreReader {
  const getMany = async (keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> => {
    scope.check();
    const copies = copiedKeys(keys);
    return copies.length === 0 ? [] : scope.track(engine.getMany(copies));
  };
  return {
    getMany,
    async get(key) {
      const [value] = await getMany([key]);
      return value;
    },
    iterate(options = {}) {
      scope.check();
      return entries(engine, scope, checkedRange(options));
    },
  };
}

async function* entries(engine: EngineReader, scope: Scope, range: EngineRange | undefined): AsyncGenerator<readonly [Uint8Array, Uint8Array]> {
  scope.check();
  if (range === undefined) return;
  const cursor = openCursor(engine.cursor(range));
  scope.keep(cursor.close);
  try {
    for (;;) {
      const page = await cursor.next();
      if (page.length === 0) return;
      for (const entry of page) {
        scope.check();
        yield entry;
      }
      scope.check();
    }
  } finally {
    scope.forget(cursor.close);
    await cursor.close();
  }
}

/** A cursor whose close waits for the step under way: engines do not survive the two together. */
function openCursor(cursor: EngineCursor): EngineCursor {
  let step: Promise<unknown> = Promise.resolve();
  return {
    next() {
      const next = cursor.next();
      step = next.catch(() => {});
      return next;
    },
    close: once(async () => {
      await step;
      await cursor.close();
    }),
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= work());
}

function checkKey(key: Uint8Array): void {
  if (key.length === 0) throw new StoreError('STORE_KEY_EMPTY', 'expected a key of at least one byte, found an empty one');
  if (key.length > KEY_BYTES_MAX) throw new StoreError('STORE_KEY_LENGTH', `expected a key of at most ${KEY_BYTES_MAX} bytes, found ${key.length}`);
}

/** Copies into one piece of memory: one for each key and value costs more than the copying. */
function createCopier(bytes: number): (source: Uint8Array) => Uint8Array {
  const memory = new Uint8Array(bytes);
  let at = 0;
  return (source) => {
    memory.set(source, at);
    return memory.subarray(at, (at += source.length));
  };
}

function copiedKeys(keys: readonly Uint8Array[]): Uint8Array[] {
  let bytes = 0;
  for (const key of keys) {
    checkKey(key);
    bytes += key.length;
  }
  return keys.map(createCopier(bytes));
}

function copiedOps(ops: readonly StoreOp[]): StoreOp[] {
  let bytes = 0;
  for (const op of ops) {
    checkKey(op.key);
    bytes += op.key.length;
    if (op.type === 'delete') continue;
    if (op.value.length > VALUE_BYTES_MAX) {
      throw new StoreError('STORE_VALUE_LENGTH', `expected a value of at most ${VALUE_BYTES_MAX} bytes, found ${op.value.length}`);
    }
    bytes += op.value.length;
  }
  const copy = createCopier(bytes);
  return ops.map((op) => (op.type === 'delete' ? { type: 'delete', key: copy(op.key) } : { type: 'put', key: copy(op.key), value: copy(op.value) }));
}

/** Undefined for a range that holds nothing whatever the store has. */
function checkedRange({ gte, lt, reverse = false, limit = Infinity }: RangeOptions): EngineRange | undefined {
  if (limit !== Infinity && (!Number.isSafeInteger(limit) || limit < 0)) {
    throw new StoreError('STORE_RANGE', `expected a limit that is a whole number from 0, found ${limit}`);
  }
  if (limit === 0 || lt?.length === 0) return undefined;
  return {
    gte: gte === undefined || gte.length === 0 ? undefined : new Uint8Array(gte),
    lt: lt === undefined ? undefined : new Uint8Array(lt),
    reverse,
    limit,
  };
}
