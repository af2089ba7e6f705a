import { accept, equalBytes, refuse, type Verdict } from '@vsys/primitives';
import { type Document, encodeDocument } from '@vsys/data-format/value';
import { type Container, operationCalls, type OperationContext } from '@vsys/container';
import { applyPatch, type PatchCode } from './apply-patch.ts';
import { createCollection, createDatabase, createIndex } from './catalogue.ts';
import { collectionFromRecord, collectionKey, countKey, countsFromRecord, DATABASE, databaseFromRecord, databaseId, databaseKey, type DatabaseId, documentFromRecord, documentKey, documentPrefix, documentToRecord, dropsKey, firstVersion, usageKey } from './layout.ts';
import { countChanges } from './count-changes.ts';
import { documentBytes } from './document-record.ts';
import { dropCollection, dropDatabase } from './drop.ts';
import { type Change, entryMoves, writeEntries } from './index-entries.ts';
import { type DatabaseOperation, newDocument, type NewDocument, operationFromPayload } from './operation.ts';
import type { PayloadCode } from './payload-checks.ts';
import { databaseGas } from './gas.ts';

/**
 * The database as business logic of a chain: its operations create databases, collections and indexes and write documents.
 * The owner of a database is the only one who changes it.
 */
export function createDatabaseContainer(): Container {
  return {
    name: DATABASE,
    version: 1,
    ...operationCalls<DatabaseOperation>({
      read: operationFromPayload,
      touches: touchedBy,
      actionOf,
      gasOf: (_, payload) => databaseGas.operation + databaseGas.payloadByte * BigInt(payload.length),
      run(operation, context) {
        const done = run(operation, context);
        return done.ok ? accept(new Uint8Array()) : done;
      },
    }),
  };
}

/** What rights are given for, whatever form the change has. */
function actionOf({ kind }: DatabaseOperation): 'insert' | 'update' | 'delete' | 'administer' {
  if (kind === 'insert' || kind === 'delete') return kind;
  return kind === 'replace' || kind === 'upsert' || kind === 'patch' ? 'update' : 'administer';
}

/** What is known without reading the catalogue: all but the keys of indexes. */
function touchedBy(operation: DatabaseOperation, actor: Uint8Array): readonly Uint8Array[] {
  if (operation.kind === 'createDatabase') return [databaseKey(databaseId(actor, operation.name))];
  const { database } = operation;
  if (operation.kind === 'dropDatabase') return [databaseKey(database), dropsKey(database)];
  const { collection } = operation;
  const keys = [databaseKey(database), collectionKey(database, collection), usageKey(database)];
  if (operation.kind === 'createCollection') return [...keys, dropsKey(database)];
  keys.push(countKey(database, collection));
  if (operation.kind === 'createIndex') return keys;
  if (operation.kind === 'dropCollection') return [...keys, dropsKey(database)];
  const prefix = documentPrefix(database, collection);
  if (operation.kind === 'insert') for (const { idKey } of operation.documents) keys.push(documentKey(prefix, idKey));
  else keys.push(documentKey(prefix, operation.idKey));
  return keys;
}

export type DatabaseCode =
  | PayloadCode | 'DB_EXISTS' | 'DB_NO_DATABASE' | 'DB_NO_COLLECTION' | 'DB_NOT_OWNER' | 'DB_DUPLICATE' | 'DB_NO_DOCUMENT' | 'DB_VERSION' | 'DB_INDEX_NOT_EMPTY'
  | PatchCode;

function run(operation: DatabaseOperation, context: OperationContext): Verdict<void, DatabaseCode> {
  if (operation.kind === 'createDatabase') return createDatabase(operation, context);
  const owned = checkOwner(operation.database, context);
  if (!owned.ok) return owned;
  switch (operation.kind) {
    case 'createCollection': return createCollection(operation, context);
    case 'createIndex': return createIndex(operation, context);
    case 'dropCollection': return dropCollection(operation, context);
    case 'dropDatabase': return dropDatabase(operation, context);
    default: return write(operation, context);
  }
}

function checkOwner(database: DatabaseId, { state, actor }: OperationContext): Verdict<void, DatabaseCode> {
  const record = state.get(databaseKey(database));
  if (record === undefined) return refuse('DB_NO_DATABASE', 'there is no database with this id; create it first');
  if (!equalBytes(databaseFromRecord(record).owner, actor)) return refuse('DB_NOT_OWNER', 'only the owner of a database changes it');
  return accept(undefined);
}

type Writing = Extract<DatabaseOperation, { kind: 'insert' | 'replace' | 'upsert' | 'patch' | 'delete' }>;

function write(operation: Writing, context: OperationContext): Verdict<void, DatabaseCode> {
  const { database, collection } = operation;
  const { state } = context;
  const record = state.get(collectionKey(database, collection));
  if (record === undefined) return refuse('DB_NO_COLLECTION', `there is no collection "${collection}"; create it first`);
  const described = collectionFromRecord(record);
  const { indexes } = described;
  const prefix = documentPrefix(database, collection);
  const counts = countsFromRecord(state.get(countKey(database, collection)));
  const version = firstVersion(described, counts);
  const changes = operation.kind === 'insert' ? insertions(operation, prefix, version, context) : change(operation, prefix, version, context);
  if (!changes.ok) return changes;
  const moves = entryMoves(database, collection, indexes, changes.value);
  if (!moves.ok) return moves;
  const entered = writeEntries(moves.value, context);
  if (!entered.ok) return entered;
  writeDocuments(changes.value, context);
  countChanges(changes.value, database, collection, context);
  return accept(undefined);
}

function insertions({ documents }: Extract<Writing, { kind: 'insert' }>, prefix: Uint8Array, version: bigint, { state }: OperationContext): Verdict<readonly Change[], DatabaseCode> {
  const seen = new Set<string>();
  const changes: Change[] = [];
  for (const document of documents) {
    const key = documentKey(prefix, document.idKey);
    const name = String.fromCharCode(...document.idKey);
    if (seen.has(name) || state.get(key) !== undefined) return refuse('DB_DUPLICATE', 'a document with this "_id" is there already', { index: '_id' });
    seen.add(name);
    changes.push({ key, idKey: document.idKey, version, bytesBefore: 0, metaBefore: {}, after: document });
  }
  return accept(changes);
}

type Changing = Exclude<Writing, { kind: 'insert' }>;

function change(operation: Changing, prefix: Uint8Array, firstVersion: bigint, context: OperationContext): Verdict<readonly Change[], DatabaseCode> {
  const { idKey, ifVersion } = operation;
  const key = documentKey(prefix, idKey);
  const record = context.state.get(key);
  if (record === undefined) return create(operation, key, firstVersion, context);
  const { version, document, meta: metaBefore } = documentFromRecord(record);
  const bytesBefore = documentBytes(record).length;
  if (ifVersion !== 0n && ifVersion !== version) return refuse('DB_VERSION', `the document has version ${version}, the operation expects ${ifVersion}`, { version });
  if (operation.kind === 'delete') return accept([{ key, idKey, version, before: document, bytesBefore, metaBefore }]);
  if (operation.kind === 'patch') context.gas.charge(databaseGas.patchedByte * BigInt(record.length));
  const after = operation.kind === 'patch' ? patched(operation, document, false, context) : accept(operation.next);
  return after.ok ? accept([{ key, idKey, version: version + 1n, before: document, bytesBefore, metaBefore, after: after.value }]) : after;
}

/** The document is not there. A version that is expected is one that somebody saw, so it is gone since. */
function create(operation: Changing, key: Uint8Array, version: bigint, context: OperationContext): Verdict<readonly Change[], DatabaseCode> {
  const { idKey, ifVersion } = operation;
  const makes = operation.kind === 'upsert' || (operation.kind === 'patch' && operation.orInsert);
  if (!makes) return refuse('DB_NO_DOCUMENT', 'there is no document with this "_id"');
  if (ifVersion !== 0n) return refuse('DB_VERSION', `there is no document with this "_id", the operation expects version ${ifVersion}`, { version: 0n });
  const after = operation.kind === 'patch' ? patched(operation, new Map([['_id', operation.id]]), true, context) : accept(operation.next);
  return after.ok ? accept([{ key, idKey, version, bytesBefore: 0, metaBefore: {}, after: after.value }]) : after;
}

/** What a patch makes holds the limits of a document that is inserted. */
function patched({ steps }: Extract<Writing, { kind: 'patch' }>, document: Document, isInsert: boolean, { block, gas }: OperationContext): Verdict<NewDocument, DatabaseCode> {
  const applied = applyPatch(document, steps, { timeMs: block.timeMs, isInsert, gas });
  if (!applied.ok) return applied;
  const encoded = encodeDocument(applied.value);
  return encoded.ok ? newDocument(encoded.value) : refuse('DB_VALUE', encoded.message, { reason: encoded.code });
}

function writeDocuments(changes: readonly Change[], { state, gas, block }: OperationContext): void {
  for (const { key, version, metaBefore, after } of changes) {
    gas.charge(databaseGas.keyWrite + databaseGas.storedByte * BigInt(after?.bson.length ?? 0));
    state.set(key, after === undefined ? undefined : documentToRecord(version, block.height, after.bson, metaBefore));
  }
}
