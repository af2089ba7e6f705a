/** Fills an index from the documents that are there, a few at the end of each block: docs/spec/database.md, "Building an index". */
import { concatBytes, prefixEnd, uint64FromBytes, uint64ToBytes, utf8FromBytes, utf8ToBytes } from '@vsys/primitives';
import type { OrderedStateAccess } from '@vsys/container';
import type { Value } from '@vsys/data-format/value';
import { collectionFromRecord, type CollectionRecord, collectionToRecord, type IndexRecord } from './collection-record.ts';
import { documentFromRecord } from './document-record.ts';
import type { IndexStanding } from './index-build.ts';
import { entryKeys } from './index-entries.ts';
import { collectionKey, type DatabaseId, documentKey, documentPrefix, indexPrefix } from './layout.ts';
import type { Worker } from './work-queue.ts';

export const buildLimits = { /** Documents read together. */ documentsPerTurnMax: 128, /** Of a stored document, for one step. */ bytesPerStep: 1_024 } as const;

interface Building {
  readonly database: DatabaseId;
  readonly collection: string;
  readonly number: number;
  /** Of the collection: another one of the same name has other drops. */
  readonly drops: bigint;
}

/** database (20) ‖ number (2) ‖ drops (8) ‖ name of the collection. */
export function buildingToBytes({ database, collection, number, drops }: Building): Uint8Array {
  return concatBytes(database, Uint8Array.of(number >> 8, number & 0xff), uint64ToBytes(drops), utf8ToBytes(collection));
}

function buildingFromBytes(bytes: Uint8Array): Building {
  return { database: bytes.slice(0, 20), number: 256 * (bytes[20] as number) + (bytes[21] as number), drops: uint64FromBytes(bytes, 22), collection: utf8FromBytes(bytes.subarray(30)) };
}

/** One document and the keys that it gives, or why it gives none. */
type Looked = { readonly idKey: Uint8Array; readonly id: Value; readonly bytes: number } & ({ readonly keys: readonly Uint8Array[] } | { readonly code: string });

export const buildWorker: Worker = {
  needs(payload) {
    const { database, collection } = buildingFromBytes(payload);
    return [collectionKey(database, collection)];
  },
  run(payload, { state, stepsMax }) {
    const place = buildingFromBytes(payload);
    const key = collectionKey(place.database, place.collection);
    const record = state.get(key);
    const collection = record === undefined ? undefined : collectionFromRecord(record);
    const index = collection?.indexes.find(({ number }) => number === place.number);
    // Dropped meanwhile, or with the collection.
    if (collection === undefined || index?.building === undefined || (collection.drops ?? 0n) !== place.drops) return { steps: 1 };
    const { documents, isLast } = look(place, index, state);
    let { cursor, built } = index.building;
    let steps = 1;
    for (const one of documents) {
      if (steps >= stepsMax && built > index.building.built) return { steps, rest: stand(key, collection, index, { building: { ...index.building, cursor, built } }, state, payload) };
      steps += 1 + Math.floor(one.bytes / buildLimits.bytesPerStep);
      const failed = 'code' in one ? { code: one.code, ids: [one.id] } : enter(one, index, place, state);
      if (failed !== undefined) {
        state.dropPrefix(indexPrefix(place.database, place.collection, index.number));
        stand(key, collection, index, { failed }, state, payload);
        return { steps };
      }
      steps += 'keys' in one ? one.keys.length : 0;
      [cursor, built] = [one.idKey, built + 1n];
    }
    const rest = stand(key, collection, index, isLast ? {} : { building: { ...index.building, cursor, built } }, state, payload);
    return isLast ? { steps } : { steps, rest };
  },
};

/** The documents behind the cursor, and the keys that their entries will have. */
function look({ database, collection }: Building, index: IndexRecord, state: OrderedStateAccess): { readonly documents: readonly Looked[]; readonly isLast: boolean } {
  const prefix = documentPrefix(database, collection);
  const { cursor } = index.building as { cursor: Uint8Array };
  const limit = buildLimits.documentsPerTurnMax;
  // No key of a document begins another one.
  const keys = state.keysIn({ from: cursor.length === 0 ? prefix : concatBytes(prefix, cursor, Uint8Array.of(0)), to: prefixEnd(prefix) as Uint8Array, limit });
  const documents = keys.map((key): Looked => {
    const record = state.get(key) as Uint8Array;
    const { document } = documentFromRecord(record);
    const idKey = key.slice(prefix.length);
    const entries = entryKeys(indexPrefix(database, collection, index.number), index, document, idKey);
    return { idKey, id: document.get('_id') as Value, bytes: record.length, ...(entries.ok ? { keys: entries.value } : { code: entries.code }) };
  });
  if (index.unique) state.need(documents.flatMap((one) => ('keys' in one ? one.keys : [])));
  return { documents, isLast: keys.length < limit };
}

function enter({ keys, idKey, id }: Extract<Looked, { keys: unknown }>, index: IndexRecord, { database, collection }: Building, state: OrderedStateAccess): IndexStanding['failed'] {
  for (const key of keys) {
    const other = index.unique ? state.get(key) : undefined;
    if (other !== undefined) {
      const record = state.get(documentKey(documentPrefix(database, collection), other));
      return { code: 'DB_DUPLICATE', ids: [id, ...(record === undefined ? [] : [documentFromRecord(record).document.get('_id') as Value])] };
    }
    state.set(key, idKey);
  }
  return undefined;
}

/** Says in the record how the index stands now. Returns the payload, for what is left. */
function stand(key: Uint8Array, collection: CollectionRecord, index: IndexRecord, standing: IndexStanding, state: OrderedStateAccess, payload: Uint8Array): Uint8Array {
  const { building: _, failed: __, ...definition } = index;
  state.set(key, collectionToRecord({ ...collection, indexes: collection.indexes.map((one) => (one === index ? { ...definition, ...standing } : one)) }));
  return payload;
}
