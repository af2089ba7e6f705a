/** Builders of the database's operations, for clients: browser-safe. What they return goes into the body of a transaction. */
import { type AccountId, CodedError, concatBytes, uint64ToBytes, type Verdict } from '@vsys/primitives';
import { type Document, encodeDocument, type Value } from '@vsys/data-format/value';
import { DATABASE, type DatabaseId } from './layout.ts';
import { type IndexDefinition, indexToDocument, operationFromPayload, type Patch, type PayloadCode, payloadOf } from './operation.ts';

export { databaseId } from './layout.ts';
export type { DatabaseId } from './layout.ts';
export type { IndexDefinition, Patch } from './operation.ts';

export interface DatabaseCall {
  readonly container: typeof DATABASE;
  readonly payload: Uint8Array;
  /** Who acts, when it is not the payer. */
  readonly actor?: AccountId;
}

export interface CollectionOps {
  /** Indexes are best named here: later they are only taken while the collection is empty. */
  create(indexes?: readonly IndexDefinition[]): DatabaseCall;
  createIndex(index: IndexDefinition): DatabaseCall;
  /** 1 to 1,000 documents, each with an `_id`. */
  insert(documents: readonly Document[]): DatabaseCall;
  /** @param ifVersion - the version that the document must have; absent or 0: any */
  replace(document: Document, ifVersion?: bigint): DatabaseCall;
  patch(id: Value, patch: Partial<Patch>, ifVersion?: bigint): DatabaseCall;
  delete(id: Value, ifVersion?: bigint): DatabaseCall;
}

/** What the chain would refuse at the door is thrown here, before it is signed. */
export class DatabaseOpError extends CodedError<PayloadCode> {}

export function createDatabase(name: string): DatabaseCall {
  return call(payloadOf('createDatabase', name));
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
    insert: (documents) => call(payloadOf('insert', target, concatBytes(...documents.map(bson)))),
    replace: (document, ifVersion = 0n) => call(payloadOf('replace', target, concatBytes(uint64ToBytes(ifVersion), bson(document)))),
    patch: (id, { set = new Map(), unset = [], inc = new Map() }, ifVersion = 0n) =>
      call(payloadOf('patch', target, concatBytes(uint64ToBytes(ifVersion), bson(new Map<string, Value>([['_id', id], ['set', set], ['unset', unset], ['inc', inc]]))))),
    delete: (id, ifVersion = 0n) => call(payloadOf('delete', target, concatBytes(uint64ToBytes(ifVersion), bson(new Map([['_id', id]]))))),
  };
}

function bson(document: Document): Uint8Array {
  const encoded = encodeDocument(document);
  if (!encoded.ok) throw new DatabaseOpError('DB_VALUE', encoded.message, { reason: encoded.code });
  return encoded.value;
}

function call(payload: Uint8Array): DatabaseCall {
  const checked: Verdict<unknown, PayloadCode> = operationFromPayload(payload);
  if (!checked.ok) throw new DatabaseOpError(checked.code, checked.message, checked.data ?? {});
  return { container: DATABASE, payload };
}
