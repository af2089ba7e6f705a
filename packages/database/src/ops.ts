/** Builders of the database's operations, for clients: browser-safe. What they return goes into the body of a transaction. */
import { type AccountId, CodedError, concatBytes, type Height, uint64ToBytes, type Verdict } from '@vsys/primitives';
import { type Document, encodeDocument, isDocument, type Value } from '@vsys/data-format/value';
import { dropIndexPayload } from './index-operations.ts';
import { DATABASE, type DatabaseId } from './layout.ts';
import { type IndexDefinition, indexToDocument, operationFromPayload, payloadOf } from './operation.ts';
import { type Patch, patchToDocument } from './patch.ts';
import { payloadAbout } from './operation-head.ts';
import type { PayloadCode } from './payload-checks.ts';
import type { Quota } from './quota.ts';
import { setSchemaPayload } from './schema-operations.ts';
import { dropDatabasePayload, expirePayload, oncePayload, quotaPayload, STORAGE_TAG, ttlPayload } from './storage-operations.ts';

export { databaseId } from './layout.ts';
export type { DatabaseId } from './layout.ts';
export type { IndexDefinition } from './operation.ts';
export type { Patch, Push } from './patch.ts';
export { depositMaxOf } from './deposit-max.ts';
export { patchFromUpdate } from './patch-from-update.ts';
export type { PayloadCode } from './payload-checks.ts';
export type { Quota } from './quota.ts';
export { checkSchema } from './check-schema.ts';
export { schemaFromDocument } from './collection-schema.ts';
export type { CollectionSchema } from './collection-schema.ts';
export { touchedDocuments } from './touched-documents.ts';
export type { TouchedDocument, TouchedDocuments } from './touched-documents.ts';

export interface DatabaseCall {
  readonly container: typeof DATABASE;
  readonly payload: Uint8Array;
  /** Who acts, when it is not the payer. */
  readonly actor?: AccountId;
}

export interface CollectionOps {
  /** Indexes are best named here: of a collection that is filled they are built later. */
  create(indexes?: readonly IndexDefinition[]): DatabaseCall;
  /** On a filled collection it is of use when it is built, at the end of this or a later block; the record of the collection tells how far it is. */
  createIndex(index: IndexDefinition): DatabaseCall;
  /** Also one that is being built, or failed. */
  dropIndex(name: string): DatabaseCall;
  /** 1 to 1,000 documents, each with an `_id`. */
  insert(documents: readonly Document[]): DatabaseCall;
  /** @param ifVersion - the version that the document must have; absent or 0: any */
  replace(document: Document, ifVersion?: bigint): DatabaseCall;
  /** Replaces the document of this `_id`, or inserts it. With `ifVersion` it only replaces: a document that is gone has another version. */
  upsert(document: Document, ifVersion?: bigint): DatabaseCall;
  /** Without `orInsert` the document must be there; with it, one that is not is made from its `_id`, and `setOnInsert` applies. */
  patch(id: Value, patch: Partial<Patch>, ifVersion?: bigint, orInsert?: boolean): DatabaseCall;
  delete(id: Value, ifVersion?: bigint): DatabaseCall;
  /** The collection with its documents and indexes, however many there are. Its name is free at once. */
  drop(): DatabaseCall;
  /** What the collection may hold; `{}`: anything. What there is stays. */
  setQuota(quota: Quota): DatabaseCall;
  /**
   * What documents are held to that are written from then on, in the subset of JSON Schema that the chain has; undefined: nothing. What there is stays until it is written. In the transaction that makes
   * the collection it holds from its first document on.
   */
  setSchema(schema: Document | undefined): DatabaseCall;
  /** Blocks after its last change in which a document goes, for what changes from then on; 0: it stays. */
  setTtl(blocks: number): DatabaseCall;
  /** Some documents go at the end of the block of this height, which is above the present one; 0: they stay. Their versions stay as they are. */
  expire(ids: readonly Value[], height: Height): DatabaseCall;
}

/** What the chain would refuse at the door is thrown here, before it is signed. */
export class DatabaseOpError extends CodedError<PayloadCode> {}

export function createDatabase(name: string): DatabaseCall {
  return call(payloadOf('createDatabase', name));
}

/** What a database may hold in all its collections; `{}`: anything. */
export function setDatabaseQuota(database: DatabaseId, quota: Quota): DatabaseCall {
  return call(quotaPayload(database, undefined, quota));
}

/**
 * An operation for a transaction that is to happen once, however often it is signed anew: the second one with this key of this actor is refused as a whole, for as long as the chain remembers the
 * key (10,000 blocks).
 *
 * @param key - 1 to 64 bytes, of the actor's choice
 */
export function once(key: Uint8Array): DatabaseCall {
  return call(oncePayload(key));
}

/** The database with all its collections. Its name is free at once. */
export function dropDatabase(database: DatabaseId): DatabaseCall {
  return call(dropDatabasePayload(database));
}

/**
 * @example
 * const cities = collectionOps(databaseId(owner, 'world'), 'cities');
 * const operations = [createDatabase('world'), cities.create([{ name: 'id', unique: true, fields: [{ path: 'cityId', direction: 1 }] }])];
 */
export function collectionOps(database: DatabaseId, collection: string): CollectionOps {
  const target = { database, collection };
  return {
    create: (indexes = []) => call(payloadOf('createCollection', target, bson(new Map([['indexes', indexes.map(indexToDocument)]])))),
    createIndex: (index) => call(payloadOf('createIndex', target, bson(indexToDocument(index)))),
    dropIndex: (name) => call(dropIndexPayload(target, name)),
    insert: (documents) => call(payloadOf('insert', target, concatBytes(...documents.map(bson)))),
    replace: (document, ifVersion = 0n) => call(payloadOf('replace', target, concatBytes(uint64ToBytes(ifVersion), bson(document)))),
    upsert: (document, ifVersion = 0n) => call(payloadOf('upsert', target, concatBytes(uint64ToBytes(ifVersion), bson(document)))),
    patch: (id, patch, ifVersion = 0n, orInsert = false) => call(payloadOf(orInsert ? 'patchOrInsert' : 'patch', target, concatBytes(uint64ToBytes(ifVersion), patchBson(patchToDocument(id, patch))))),
    setQuota: (quota) => call(quotaPayload(database, collection, quota)),
    setSchema: (schema) => call(setSchemaPayload(target, schema)),
    setTtl: (blocks) => call(ttlPayload(target, blocks)),
    expire: (ids, height) => call(expirePayload(target, height, ids)),
    drop: () => call(payloadAbout(STORAGE_TAG.dropCollection, target)),
    delete: (id, ifVersion = 0n) => call(payloadOf('delete', target, concatBytes(uint64ToBytes(ifVersion), bson(new Map([['_id', id]]))))),
  };
}

function bson(document: Document): Uint8Array {
  const encoded = encodeDocument(document);
  if (!encoded.ok) throw new DatabaseOpError('DB_VALUE', encoded.message, { reason: encoded.code });
  return encoded.value;
}

/** Where a value cannot be kept, the message names its operator and path. */
function patchBson(fields: Document): Uint8Array {
  const encoded = encodeDocument(fields);
  if (encoded.ok) return encoded.value;
  for (const [operator, changes] of fields) {
    for (const [path, argument] of isDocument(changes) ? changes : []) {
      const alone = encodeDocument(new Map([['value', argument]]));
      if (!alone.ok) throw new DatabaseOpError('DB_VALUE', `$${operator} at "${path.slice(0, 40)}": ${alone.message}`, { reason: alone.code, operator, path });
    }
  }
  return bson(fields);
}

function call(payload: Uint8Array): DatabaseCall {
  const checked: Verdict<unknown, PayloadCode> = operationFromPayload(payload);
  if (!checked.ok) throw new DatabaseOpError(checked.code, checked.message, checked.data ?? {});
  return { container: DATABASE, payload };
}
