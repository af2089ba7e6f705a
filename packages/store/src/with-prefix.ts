import { concatBytes, prefixEnd } from '@vsys/primitives';

import type { StoreEngine, EngineReader } from './store-engine.ts';
import { StoreError } from './store-error.ts';
import { storeFromEngine } from './store-from-engine.ts';
import { KEY_BYTES_MAX } from './store.ts';
import type { Store, StoreReader } from './store.ts';

/**
 * A key space inside a store: every key gets the prefix on the way in and loses it on the way out. Two prefixes must not
 * begin one another. Closing it ends its own iterators and snapshots and leaves the parent open.
 *
 * @param prefix - at least one byte; counts toward `KEY_BYTES_MAX`
 */
export function withPrefix(store: Store, prefix: Uint8Array): Store {
  if (prefix.length === 0) throw new StoreError('STORE_KEY_EMPTY', 'expected a prefix of at least one byte, found an empty one');
  const own = new Uint8Array(prefix);
  const engine: StoreEngine = {
    ...createReader(store, own),
    write: (ops) => store.batch(ops.map((op) => ({ ...op, key: prefixed(own, op.key) }))),
    async view() {
      const snapshot = await store.snapshot();
      return { ...createReader(snapshot, own), close: () => snapshot.close() };
    },
    async close() {},
  };
  return storeFromEngine(engine);
}

function createReader(reader: StoreReader, prefix: Uint8Array): EngineReader {
  const end = prefixEnd(prefix);
  return {
    getMany: (keys) => reader.getMany(keys.map((key) => prefixed(prefix, key))),
    cursor({ gte, lt, reverse, limit }) {
      const walk = reader.iterate({
        gte: gte === undefined ? prefix : concatBytes(prefix, gte),
        lt: lt === undefined ? end : concatBytes(prefix, lt),
        reverse,
        limit,
      })[Symbol.asyncIterator]();
      return {
        async next() {
          const step = await walk.next();
          if (step.done === true) return [];
          return [[step.value[0].slice(prefix.length), step.value[1]]];
        },
        async close() {
          await walk.return?.();
        },
      };
    },
  };
}

function prefixed(prefix: Uint8Array, key: Uint8Array): Uint8Array {
  // Told here, as the parent would name a length that the caller never gave.
  if (prefix.length + key.length > KEY_BYTES_MAX) {
    throw new StoreError('STORE_KEY_LENGTH', `expected a key of at most ${KEY_BYTES_MAX - prefix.length} bytes under a prefix of ${prefix.length}, found ${key.length}`);
  }
  return concatBytes(prefix, key);
}
