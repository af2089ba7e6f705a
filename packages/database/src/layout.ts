/**
 * Where the database lies in state: docs/spec/database.md §1. Everything of one database shares a prefix, so that it is one subtree with
 * one root; everything that a query walks is in the order of the walk.
 */
import { type AccountId, concatBytes, uint64FromBytes, uint64ToBytes, utf8ToBytes } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { type Binary, type Document, recordFromBytes, recordToBytes, type Value } from '@vsys/data-format/value';
import { containerPrefix } from '@vsys/container';
import type { CollectionRecord } from './collection-record.ts';
import { type Quota, quotaFields, quotaFromFields } from './quota.ts';

export { collectionFromRecord, collectionToRecord } from './collection-record.ts';
export type { CollectionRecord, IndexField, IndexRecord } from './collection-record.ts';
export { entryValues } from './entry-values.ts';
export type { EntryCode } from './entry-values.ts';
export type { IndexBuild, IndexFailure, IndexStanding } from './index-build.ts';
export type { IndexKinds } from './index-kinds.ts';
export type { PartialCondition, PartialOperator } from './partial-filter.ts';
export { candidatesAt, valuesAt } from './path-values.ts';
export { beyondBound, equalTo, isNan } from './value-tests.ts';
export type { ValueTest } from './value-tests.ts';
export { DATABASE_PARAMS_KEY, databaseParamsFromRecord } from './database-params.ts';
export type { DatabaseParams } from './database-params.ts';
export { onceFromRecord, onceKey } from './once-key.ts';
export type { Once } from './once-key.ts';
export type { Quota } from './quota.ts';
export { documentFromRecord, documentToRecord } from './document-record.ts';
export type { DocumentMeta, StoredDocument } from './document-record.ts';

export const DATABASE = 'database';

/** 20 bytes: made from the owner and the name, so that two owners never meet and a client knows it beforehand. */
export type DatabaseId = Uint8Array;

export interface DatabaseRecord {
  readonly owner: AccountId;
  readonly name: string;
  /** Drops that this id had seen when the database was made; absent: none. */
  readonly drops?: bigint;
  readonly quota?: Quota;
}

const prefix = containerPrefix(DATABASE);
const AREA = { database: 0, collection: 1, count: 2, document: 3, index: 4, drops: 30 } as const;
/** Areas in which keys of a collection begin with its id: one subtree each, and what a drop takes. */
const COLLECTION_AREAS = [AREA.document, AREA.index] as const;
/** Versions of documents in a collection that was made after so many drops begin above as many times this. */
const VERSIONS_PER_DROP = 1n << 40n;

export function databaseId(owner: AccountId, name: string): DatabaseId {
  return taggedHash('v/database', owner, utf8ToBytes(name)).slice(0, 20);
}

/** 4 bytes. Two names that meet are refused at creation; a reader compares the name in the record. */
export function collectionId(name: string): Uint8Array {
  return taggedHash('v/collection', utf8ToBytes(name)).subarray(0, 4);
}

export function databaseKey(database: DatabaseId): Uint8Array {
  return concatBytes(prefix, database, Uint8Array.of(AREA.database));
}

export function collectionKey(database: DatabaseId, collection: string): Uint8Array {
  return concatBytes(prefix, database, Uint8Array.of(AREA.collection), collectionId(collection));
}

/** `CollectionCounts`; absent when both are 0. */
export function countKey(database: DatabaseId, collection: string): Uint8Array {
  return concatBytes(prefix, database, Uint8Array.of(AREA.count), collectionId(collection));
}

/** What all keys of a database begin with. */
export function databasePrefix(database: DatabaseId): Uint8Array {
  return concatBytes(prefix, database);
}

/** What the keys of a collection begin with, apart from its record and its counts. */
export function collectionPrefixes(database: DatabaseId, collection: string): readonly Uint8Array[] {
  return COLLECTION_AREAS.map((area) => concatBytes(prefix, database, Uint8Array.of(area), collectionId(collection)));
}

/** `DatabaseUsage`; absent when all of it is 0. */
export function usageKey(database: DatabaseId): Uint8Array {
  return concatBytes(prefix, database, Uint8Array.of(AREA.count));
}

/** How many collections were dropped of the database, each drop of the whole included (8 bytes); absent: none. It outlives the database. */
export function dropsKey(database: DatabaseId): Uint8Array {
  return concatBytes(prefix, database, Uint8Array.of(AREA.drops));
}

/** What all documents of a collection begin with; the order-preserving bytes of `_id` follow. */
export function documentPrefix(database: DatabaseId, collection: string): Uint8Array {
  return concatBytes(prefix, database, Uint8Array.of(AREA.document), collectionId(collection));
}

/** @param idKey - `encodeIndexKey([_id])` */
export function documentKey(collectionPrefix: Uint8Array, idKey: Uint8Array): Uint8Array {
  return concatBytes(collectionPrefix, idKey);
}

/** What all entries of an index begin with; the bytes of the indexed values follow, and those of `_id` unless the index is unique. */
export function indexPrefix(database: DatabaseId, collection: string, index: number): Uint8Array {
  return concatBytes(prefix, database, Uint8Array.of(AREA.index), collectionId(collection), Uint8Array.of(index >> 8, index & 0xff));
}

/** BSON; what is at its default is left out. */
export function databaseToRecord({ owner, name, drops, quota }: DatabaseRecord): Uint8Array {
  return recordToBytes(new Map<string, Value>([
    ['owner', { kind: 'binary', bytes: owner, subtype: 0 }], ['name', name],
    ...(drops === undefined ? [] : [['drops', drops] as [string, Value]]),
    ...(quota === undefined ? [] : [['quota', new Map(quotaFields(quota))] as [string, Value]]),
  ]));
}

export function databaseFromRecord(bytes: Uint8Array): DatabaseRecord {
  const fields = recordFromBytes(bytes);
  const [drops, quota] = [fields.get('drops') as bigint | undefined, fields.get('quota') as Document | undefined];
  return {
    owner: (fields.get('owner') as Binary).bytes, name: fields.get('name') as string,
    ...(drops === undefined ? {} : { drops }), ...(quota === undefined ? {} : { quota: quotaFromFields(quota) }),
  };
}

export interface CollectionCounts {
  readonly documents: bigint;
  /** Highest version that a document had when it was deleted. New ones begin above it, so that a version never names two states of one `_id`. */
  readonly deletedVersion: bigint;
  /** Bytes of the documents as BSON. */
  readonly bytes: bigint;
}

/** What a database holds in all its collections. */
export interface DatabaseUsage {
  readonly collections: bigint;
  readonly documents: bigint;
  readonly bytes: bigint;
}

/** Documents ‖ deleted version ‖ bytes, 8 bytes each, big-endian; zeros at the end are left out. */
export function countsToRecord({ documents, deletedVersion, bytes }: CollectionCounts): Uint8Array | undefined {
  return numbersToRecord([documents, deletedVersion, bytes]);
}

export function countsFromRecord(record: Uint8Array | undefined): CollectionCounts {
  return { documents: numberAt(record, 0), deletedVersion: numberAt(record, 1), bytes: numberAt(record, 2) };
}

/** Collections ‖ documents ‖ bytes, in the same way. */
export function usageToRecord({ collections, documents, bytes }: DatabaseUsage): Uint8Array | undefined {
  return numbersToRecord([collections, documents, bytes]);
}

export function usageFromRecord(record: Uint8Array | undefined): DatabaseUsage {
  return { collections: numberAt(record, 0), documents: numberAt(record, 1), bytes: numberAt(record, 2) };
}

/** The version of a document that was not there before. */
export function firstVersion({ drops = 0n }: CollectionRecord, { deletedVersion }: CollectionCounts): bigint {
  const above = drops * VERSIONS_PER_DROP;
  return (deletedVersion > above ? deletedVersion : above) + 1n;
}

function numbersToRecord(numbers: readonly bigint[]): Uint8Array | undefined {
  const count = numbers.findLastIndex((number) => number !== 0n) + 1;
  return count === 0 ? undefined : concatBytes(...numbers.slice(0, count).map(uint64ToBytes));
}

function numberAt(record: Uint8Array | undefined, place: number): bigint {
  return record === undefined || record.length < 8 * (place + 1) ? 0n : uint64FromBytes(record, 8 * place);
}

export function countFromRecord(record: Uint8Array | undefined): bigint {
  return numberAt(record, 0);
}
