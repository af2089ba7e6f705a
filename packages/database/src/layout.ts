/**
 * Where the database lies in state: docs/spec/database.md §1. Everything of one database shares a prefix, so that it is one subtree with
 * one root; everything that a query walks is in the order of the walk.
 */
import { type AccountId, concatBytes, invariant, uint64FromBytes, uint64ToBytes, utf8ToBytes } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { type Binary, type Document, decodeDocument, encodeDocument, encodeIndexKey, getPath, type Value } from '@vsys/data-format/value';
import { containerPrefix } from '@vsys/container';

export const DATABASE = 'database';

/** 20 bytes: made from the owner and the name, so that two owners never meet and a client knows it beforehand. */
export type DatabaseId = Uint8Array;

export interface DatabaseRecord {
  readonly owner: AccountId;
  readonly name: string;
}

export interface IndexField {
  /** Dotted path. */
  readonly path: string;
  readonly direction: 1 | -1;
}

export interface IndexRecord {
  /** Place in the key space of the collection; never used twice. */
  readonly number: number;
  readonly name: string;
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
}

export interface CollectionRecord {
  readonly name: string;
  readonly indexes: readonly IndexRecord[];
}

export interface StoredDocument {
  /** One more with each change; the first is above those of all documents that were deleted from the collection before, so 1 where there are none. */
  readonly version: bigint;
  /** Block of the last change. */
  readonly height: number;
  readonly document: Document;
}

const prefix = containerPrefix(DATABASE);
const AREA = { database: 0, collection: 1, count: 2, document: 3, index: 4 } as const;

export function databaseId(owner: AccountId, name: string): DatabaseId {
  return taggedHash('v/database', owner, utf8ToBytes(name)).slice(0, 20);
}

/** 4 bytes. Two names that meet are refused at creation; a reader compares the name in the record. */
function collectionId(name: string): Uint8Array {
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

/** Bytes of the indexed values of a document, in the order of the index. A missing field counts as null. */
export function indexedValues(index: IndexRecord, document: Document): ReturnType<typeof encodeIndexKey> {
  return encodeIndexKey(index.fields.map(({ path }) => getPath(document, path)), index.fields.map(({ direction }) => direction));
}

export function databaseToRecord({ owner, name }: DatabaseRecord): Uint8Array {
  return encode(new Map<string, Value>([['owner', { kind: 'binary', bytes: owner, subtype: 0 }], ['name', name]]));
}

export function databaseFromRecord(bytes: Uint8Array): DatabaseRecord {
  const fields = decode(bytes);
  return { owner: (fields.get('owner') as Binary).bytes, name: fields.get('name') as string };
}

export function collectionToRecord({ name, indexes }: CollectionRecord): Uint8Array {
  return encode(new Map<string, Value>([
    ['name', name],
    ['indexes', indexes.map((index) => new Map<string, Value>([
      ['number', BigInt(index.number)], ['name', index.name], ['unique', index.unique],
      ['fields', index.fields.map(({ path, direction }) => new Map<string, Value>([['path', path], ['direction', BigInt(direction)]]))],
    ]))],
  ]));
}

export function collectionFromRecord(bytes: Uint8Array): CollectionRecord {
  const fields = decode(bytes);
  const indexes = (fields.get('indexes') as Document[]).map((index): IndexRecord => ({
    number: Number(index.get('number') as bigint), name: index.get('name') as string, unique: index.get('unique') as boolean,
    fields: (index.get('fields') as Document[]).map((field) => ({ path: field.get('path') as string, direction: Number(field.get('direction') as bigint) as 1 | -1 })),
  }));
  return { name: fields.get('name') as string, indexes };
}

/** version (8 bytes, big-endian) ‖ height (8 bytes) ‖ BSON. */
export function documentToRecord(version: bigint, height: number, bson: Uint8Array): Uint8Array {
  return concatBytes(uint64ToBytes(version), uint64ToBytes(BigInt(height)), bson);
}

export function documentFromRecord(record: Uint8Array): StoredDocument {
  return { version: uint64FromBytes(record), height: Number(uint64FromBytes(record, 8)), document: decode(record.subarray(16)) };
}

export interface CollectionCounts {
  readonly documents: bigint;
  /** Highest version that a document had when it was deleted. New ones begin above it, so that a version never names two states of one `_id`. */
  readonly deletedVersion: bigint;
}

/** Number of documents (8 bytes, big-endian) ‖ deleted version (8 bytes), which is left out when it is 0. */
export function countsToRecord({ documents, deletedVersion }: CollectionCounts): Uint8Array | undefined {
  if (deletedVersion === 0n) return documents === 0n ? undefined : uint64ToBytes(documents);
  return concatBytes(uint64ToBytes(documents), uint64ToBytes(deletedVersion));
}

export function countsFromRecord(record: Uint8Array | undefined): CollectionCounts {
  return { documents: countFromRecord(record), deletedVersion: record === undefined || record.length === 8 ? 0n : uint64FromBytes(record, 8) };
}

export function countFromRecord(record: Uint8Array | undefined): bigint {
  return record === undefined ? 0n : uint64FromBytes(record);
}

function encode(document: Document): Uint8Array {
  const bytes = encodeDocument(document);
  invariant(bytes.ok, 'a record of the catalogue does not encode');
  return bytes.value;
}

/** Records were written by this container, or shown to be in its state. */
function decode(bytes: Uint8Array): Document {
  const document = decodeDocument(bytes);
  invariant(document.ok, 'a record of the database does not decode');
  return document.value;
}
