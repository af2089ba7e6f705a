import { accept, concatBytes, refuse, uint64FromBytes, utf8ToBytes, type Verdict } from '@vsys/primitives';
import { type Document, decodeDocument, isArray, isDocument, type Value } from '@vsys/data-format/value';
import { idKeyOf } from './id-key.ts';
import { INDEX_TAG, type IndexOperation, indexOperationFromPayload } from './index-operations.ts';
import { type IndexKinds, kindFields, kindsFrom } from './index-kinds.ts';
import type { IndexField } from './layout.ts';
import { headOf, nameFrom, payloadAbout, type Target } from './operation-head.ts';
import { patchFromDocument } from './patch.ts';
import type { PatchStep } from './patch-step.ts';
import { checkNames, databaseLimits, hasNumber, isPath, malformed, type PayloadCode } from './payload-checks.ts';
import { SCHEMA_TAG, type SchemaOperation, schemaOperationFromPayload } from './schema-operations.ts';
import { splitDocuments } from './split-documents.ts';
import { STORAGE_TAG, type StorageOperation, storageOperationFromPayload } from './storage-operations.ts';

export interface NewDocument {
  /** Order-preserving bytes of `_id`: the end of its key. */
  readonly idKey: Uint8Array;
  readonly bson: Uint8Array;
  readonly document: Document;
}

export interface IndexDefinition extends IndexKinds {
  readonly name: string;
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
}

/** The version that the document must have; 0 for any. */
interface Guarded { readonly idKey: Uint8Array; readonly ifVersion: bigint }

/** What one operation of the container does. Bounded, and by `_id` only: docs/spec/database.md §2. */
export type DatabaseOperation =
  | { readonly kind: 'createDatabase'; readonly name: string }
  | (Target & { readonly kind: 'createCollection'; readonly indexes: readonly IndexDefinition[] })
  | (Target & { readonly kind: 'createIndex'; readonly index: IndexDefinition })
  | (Target & { readonly kind: 'insert'; readonly documents: readonly NewDocument[] })
  | (Target & Guarded & { readonly kind: 'replace'; readonly next: NewDocument })
  | (Target & Guarded & { readonly kind: 'upsert'; readonly next: NewDocument })
  | (Target & Guarded & { readonly kind: 'patch'; readonly id: Value; readonly steps: readonly PatchStep[]; /** Whether a document that is not there is made, from its `_id` alone. */ readonly orInsert: boolean })
  | (Target & Guarded & { readonly kind: 'delete'; readonly id: Value })
  | IndexOperation
  | SchemaOperation
  | StorageOperation;

const TAG = { createDatabase: 1, createCollection: 2, createIndex: 3, insert: 4, replace: 5, patch: 6, delete: 7, upsert: 8, patchOrInsert: 9 } as const;
type Tag = keyof typeof TAG;

export function payloadOf(kind: 'createDatabase', name: string): Uint8Array;
export function payloadOf(kind: Exclude<Tag, 'createDatabase'>, target: Target, rest: Uint8Array): Uint8Array;
export function payloadOf(kind: Tag, target: Target | string, rest: Uint8Array = new Uint8Array()): Uint8Array {
  if (typeof target === 'string') return concatBytes(Uint8Array.of(TAG[kind]), utf8ToBytes(target));
  return payloadAbout(TAG[kind], target, rest);
}

/** Canonical: a payload that is accepted has one spelling, because every part is fixed, counted, or canonical BSON to the end. */
export function operationFromPayload(payload: Uint8Array): Verdict<DatabaseOperation, PayloadCode> {
  const tag = payload[0];
  if (tag === TAG.createDatabase) {
    const name = nameFrom(payload.subarray(1), 'database');
    return name.ok ? accept({ kind: 'createDatabase', name: name.value }) : name;
  }
  if (tag !== undefined && tag >= STORAGE_TAG.dropCollection) return storageOperationFromPayload(payload);
  if (tag !== undefined && tag >= SCHEMA_TAG.setSchema && tag < SCHEMA_TAG.setSchema + 5) return schemaOperationFromPayload(payload);
  if (tag !== undefined && tag >= INDEX_TAG.dropIndex && tag < INDEX_TAG.dropIndex + 5) return indexOperationFromPayload(payload);
  const head = headOf(payload);
  if (!head.ok) return head;
  const { rest, ...target } = head.value;
  switch (tag) {
    case TAG.createCollection: return readCreateCollection(target, rest);
    case TAG.createIndex: return readCreateIndex(target, rest);
    case TAG.insert: return readInsert(target, rest);
    case TAG.replace: return readReplace('replace', target, rest);
    case TAG.upsert: return readReplace('upsert', target, rest);
    case TAG.patch: return readPatch(false, target, rest);
    case TAG.patchOrInsert: return readPatch(true, target, rest);
    case TAG.delete: return readDelete(target, rest);
    default: return malformed('its first byte names no operation');
  }
}

function bson(bytes: Uint8Array): Verdict<Document, PayloadCode> {
  const document = decodeDocument(bytes);
  return document.ok ? document : refuse('DB_VALUE', document.message, { reason: document.code });
}

function readCreateCollection(target: Target, rest: Uint8Array): Verdict<DatabaseOperation, PayloadCode> {
  const fields = bson(rest);
  if (!fields.ok) return fields;
  const list = fields.value.get('indexes');
  if (fields.value.size !== 1 || !isArray(list)) return malformed('createCollection holds one field, "indexes"');
  if (list.length > databaseLimits.indexesMax) return refuse('DB_LIMIT', `a collection has at most ${databaseLimits.indexesMax} indexes`);
  const indexes: IndexDefinition[] = [];
  for (const one of list) {
    const index = readIndex(one);
    if (!index.ok) return index;
    if (indexes.some(({ name }) => name === index.value.name)) return refuse('DB_NAME', `two indexes are named "${index.value.name}"`);
    indexes.push(index.value);
  }
  return accept({ kind: 'createCollection', ...target, indexes });
}

function readCreateIndex(target: Target, rest: Uint8Array): Verdict<DatabaseOperation, PayloadCode> {
  const fields = bson(rest);
  if (!fields.ok) return fields;
  const index = readIndex(fields.value);
  return index.ok ? accept({ kind: 'createIndex', ...target, index: index.value }) : index;
}

export function indexToDocument({ name, fields, unique, ...kinds }: IndexDefinition): Document {
  return new Map<string, Value>([['name', name], ['unique', unique], ['fields', fields.map(({ path, direction }) => new Map<string, Value>([['path', path], ['direction', BigInt(direction)]]))], ...kindFields(kinds)]);
}

function readIndex(value: Value): Verdict<IndexDefinition, PayloadCode> {
  if (!isDocument(value)) return malformed('an index is an object');
  const [name, unique, fields] = ['name', 'unique', 'fields'].map((field) => value.get(field));
  const kinds = kindsFrom(value);
  if (!kinds.ok) return kinds;
  if (value.size !== 3 + Object.keys(kinds.value).length || typeof name !== 'string' || typeof unique !== 'boolean' || !isArray(fields)) return malformed('an index has "name", "unique" and "fields", then "sparse", "multikey" and "partial" where it is so');
  const checked = nameFrom(utf8ToBytes(name), 'index');
  if (!checked.ok) return checked;
  if (fields.length === 0 || fields.length > databaseLimits.indexFieldsMax) return refuse('DB_LIMIT', `an index has 1 to ${databaseLimits.indexFieldsMax} fields`);
  const read: IndexField[] = [];
  for (const field of fields) {
    const path = isDocument(field) ? field.get('path') : undefined;
    const direction = isDocument(field) ? field.get('direction') : undefined;
    if (!isDocument(field) || field.size !== 2 || typeof path !== 'string' || (direction !== 1n && direction !== -1n)) return malformed('a field of an index has "path" and "direction" 1 or -1');
    if (!isPath(path)) return refuse('DB_NAME', `"${path.slice(0, 40)}" is not a path of fields`);
    if (kinds.value.multikey === true && hasNumber(path)) return refuse('DB_NAME', `"${path.slice(0, 40)}" names an element by its number; an index by elements has all of them`);
    if (read.some((other) => other.path === path)) return refuse('DB_NAME', `"${path}" is twice in one index`);
    read.push({ path, direction: direction === 1n ? 1 : -1 });
  }
  return accept({ name, unique, fields: read, ...kinds.value });
}

function readInsert(target: Target, rest: Uint8Array): Verdict<DatabaseOperation, PayloadCode> {
  const parts = splitDocuments(rest);
  if (!parts.ok) return parts;
  const documents: NewDocument[] = [];
  for (const part of parts.value) {
    const document = newDocument(part);
    if (!document.ok) return document;
    documents.push(document.value);
  }
  return accept({ kind: 'insert', ...target, documents });
}

/** Reads a document that is to be stored: field names that a path can name, and an `_id` that a key can hold. */
export function newDocument(bytes: Uint8Array): Verdict<NewDocument, PayloadCode> {
  const document = bson(bytes);
  if (!document.ok) return document;
  const named = checkNames(document.value);
  if (!named.ok) return named;
  const idKey = idKeyOf(document.value.get('_id'));
  return idKey.ok ? accept({ idKey: idKey.value, bson: bytes, document: document.value }) : idKey;
}

function readReplace(kind: 'replace' | 'upsert', target: Target, rest: Uint8Array): Verdict<DatabaseOperation, PayloadCode> {
  if (rest.length < 13) return malformed('a replace or upsert is a version and a document');
  const next = newDocument(rest.subarray(8));
  return next.ok ? accept({ kind, ...target, idKey: next.value.idKey, ifVersion: uint64FromBytes(rest), next: next.value }) : next;
}

function readPatch(orInsert: boolean, target: Target, rest: Uint8Array): Verdict<DatabaseOperation, PayloadCode> {
  if (rest.length < 13) return malformed('a patch is a version and its changes');
  const fields = bson(rest.subarray(8));
  if (!fields.ok) return fields;
  const patch = patchFromDocument(fields.value);
  if (!patch.ok) return patch;
  const { id, steps } = patch.value;
  const idKey = idKeyOf(id);
  return idKey.ok ? accept({ kind: 'patch', ...target, idKey: idKey.value, ifVersion: uint64FromBytes(rest), id: id as Value, steps, orInsert }) : idKey;
}

function readDelete(target: Target, rest: Uint8Array): Verdict<DatabaseOperation, PayloadCode> {
  if (rest.length < 13) return malformed('a delete is a version and an "_id"');
  const fields = bson(rest.subarray(8));
  if (!fields.ok) return fields;
  if (fields.value.size !== 1) return malformed('a delete holds "_id" alone');
  const id = fields.value.get('_id');
  const idKey = idKeyOf(id);
  return idKey.ok ? accept({ kind: 'delete', ...target, idKey: idKey.value, ifVersion: uint64FromBytes(rest), id: id as Value }) : idKey;
}

