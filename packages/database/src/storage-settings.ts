/** What who administers says about storage, and when documents go: docs/spec/database.md, "Quotas" and "Expiry". */
import { accept, refuse, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import type { DatabaseCode } from './create-database-container.ts';
import { documentBytes, documentFromRecord, documentToRecord } from './document-record.ts';
import { scheduleExpiry } from './expiry.ts';
import { databaseGas } from './gas.ts';
import { collectionFromRecord, collectionKey, type CollectionRecord, collectionToRecord, databaseFromRecord, type DatabaseId, databaseKey, databaseToRecord, documentKey, documentPrefix } from './layout.ts';
import type { StorageOperation } from './storage-operations.ts';

type Of<Kind extends StorageOperation['kind']> = Extract<StorageOperation, { kind: Kind }>;

/** Of the collection, or else of the database. What there is stays, also where it is more. */
export function setQuota({ database, collection, quota }: Of<'setQuota'>, context: OperationContext): Verdict<void, DatabaseCode> {
  const bound = Object.keys(quota).length === 0 ? undefined : quota;
  if (collection !== undefined) return changeCollection(database, collection, (record) => withSetting(record, 'quota', bound), context);
  const { state, gas } = context;
  gas.charge(databaseGas.keyWrite);
  state.set(databaseKey(database), databaseToRecord(withSetting(databaseFromRecord(state.get(databaseKey(database)) as Uint8Array), 'quota', bound)));
  return accept(undefined);
}

/** For what changes from now on; what there is goes when it was to go. */
export function setTtl({ database, collection, ttl: blocks }: Of<'setTtl'>, context: OperationContext): Verdict<void, DatabaseCode> {
  return changeCollection(database, collection, (record) => withSetting(record, 'ttl', blocks === 0 ? undefined : blocks), context);
}

/** Undefined takes it out: a setting at its default is not in the record. */
export function withSetting<R extends object, Name extends keyof R>(record: R, name: Name, value: R[Name] | undefined): R {
  const { [name]: _, ...rest } = record;
  return { ...rest, ...(value === undefined ? {} : { [name]: value }) } as R;
}

export function changeCollection(database: DatabaseId, collection: string, change: (record: CollectionRecord) => CollectionRecord, { state, gas }: OperationContext): Verdict<void, DatabaseCode> {
  const record = state.get(collectionKey(database, collection));
  if (record === undefined) return refuse('DB_NO_COLLECTION', `there is no collection "${collection}"; create it first`);
  gas.charge(databaseGas.keyWrite);
  state.set(collectionKey(database, collection), collectionToRecord(change(collectionFromRecord(record))));
  return accept(undefined);
}

/** When some documents go. They themselves do not change, so neither do their versions. */
export function expire({ database, collection, expires, ids }: Of<'expire'>, context: OperationContext): Verdict<void, DatabaseCode> {
  const { state, gas, block } = context;
  if (expires !== 0 && expires <= block.height) return refuse('DB_EXPIRES', `height ${expires} has passed: this is block ${block.height}`, { height: block.height });
  const prefix = documentPrefix(database, collection);
  for (const { idKey } of ids) {
    const key = documentKey(prefix, idKey);
    const record = state.get(key);
    if (record === undefined) return refuse('DB_NO_DOCUMENT', 'there is no document with this "_id"');
    const { version, height, meta } = documentFromRecord(record);
    const { expires: before, ...rest } = meta;
    gas.charge(databaseGas.keyWrite + databaseGas.storedByte * BigInt(record.length));
    if (expires !== 0) scheduleExpiry({ database, collection, idKey }, before, expires, context);
    state.set(key, documentToRecord(version, height, documentBytes(record), expires === 0 ? rest : { ...meta, expires }));
  }
  return accept(undefined);
}
