import { accept, equalBytes, refuse, type Verdict } from '@vsys/primitives';
import { type Document, encodeDocument } from '@vsys/data-format/value';
import { type BlockContext, type Container, operationCalls, type OperationContext } from '@vsys/container';
import { applyChanges } from './apply-changes.ts';
import { applyPatch, type PatchCode } from './apply-patch.ts';
import { buildWorker } from './build-worker.ts';
import { createCollection, createDatabase } from './catalogue.ts';
import { collectionFromRecord, collectionKey, countKey, countsFromRecord, DATABASE, databaseFromRecord, databaseId, databaseKey, type DatabaseId, type DatabaseRecord, documentFromRecord, documentKey, documentPrefix, dropsKey, firstVersion, usageKey } from './layout.ts';
import { DATABASE_PARAMS_KEY, databaseParamsFromBytes, DatabaseParamsError, databaseParamsToBytes } from './database-params.ts';
import { documentBytes } from './document-record.ts';
import { dropCollection, dropDatabase } from './drop.ts';
import type { Change } from './index-entries.ts';
import { type DatabaseOperation, newDocument, type NewDocument, operationFromPayload } from './operation.ts';
import { databaseLimits, type PayloadCode } from './payload-checks.ts';
import { databaseGas } from './gas.ts';
import type { EntryCode } from './entry-values.ts';
import { createIndex, dropIndex } from './index-changes.ts';
import { expireWorker } from './expire-worker.ts';
import { forgetOnceWorker, once } from './once.ts';
import { onceKey } from './once-key.ts';
import { refundCollectionWorker, refundDatabaseWorker } from './refund-workers.ts';
import { setSchema } from './schema-setting.ts';
import { expire, setQuota, setTtl } from './storage-settings.ts';
import { WORK } from './work-kinds.ts';
import { doWork, type Workers, workKeys } from './work-queue.ts';

const WORKERS: Workers = {
  [WORK.buildIndex]: buildWorker, [WORK.expireDocument]: expireWorker, [WORK.forgetOnce]: forgetOnceWorker,
  [WORK.refundCollection]: refundCollectionWorker, [WORK.refundDatabase]: refundDatabaseWorker,
};

/**
 * The database as business logic of a chain: its operations create databases, collections and indexes and write documents.
 * The owner of a database is the only one who changes it.
 */
export function createDatabaseContainer(): Container {
  return {
    name: DATABASE,
    version: 1,
    alsoWrites: ['coin'],
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
    endBlock: ({ block, state }) => doWork(state, block, WORKERS),
    genesis(params) {
      const read = databaseParamsFromBytes(params);
      if (!read.ok) throw new DatabaseParamsError(read.code, read.message);
      const value = databaseParamsToBytes(read.value);
      return value.length === 0 ? [] : [{ key: DATABASE_PARAMS_KEY, value }];
    },
  };
}

/** What rights are given for, whatever form the change has. */
function actionOf({ kind }: DatabaseOperation): 'insert' | 'update' | 'delete' | 'administer' | 'once' {
  if (kind === 'insert' || kind === 'delete' || kind === 'once') return kind;
  return kind === 'replace' || kind === 'upsert' || kind === 'patch' || kind === 'expire' ? 'update' : 'administer';
}

/** What is known without reading the catalogue: all but the keys of indexes. */
function touchedBy(operation: DatabaseOperation, actor: Uint8Array, { height }: BlockContext): readonly Uint8Array[] {
  if (operation.kind === 'createDatabase') return [databaseKey(databaseId(actor, operation.name)), dropsKey(databaseId(actor, operation.name))];
  if (operation.kind === 'once') return [onceKey(actor, operation.key), ...workKeys(height + databaseLimits.onceBlocks)];
  const { database } = operation;
  if (operation.kind === 'dropDatabase') return [databaseKey(database), dropsKey(database), DATABASE_PARAMS_KEY];
  const { collection } = operation;
  if (collection === undefined) return [databaseKey(database)];
  const keys = [databaseKey(database), collectionKey(database, collection), usageKey(database), DATABASE_PARAMS_KEY];
  if (operation.kind === 'createCollection') return [...keys, dropsKey(database)];
  keys.push(countKey(database, collection));
  if (operation.kind === 'createIndex') return [...keys, ...workKeys(height)];
  if (operation.kind === 'dropIndex' || operation.kind === 'setQuota' || operation.kind === 'setTtl' || operation.kind === 'setSchema') return keys;
  if (operation.kind === 'dropCollection') return [...keys, dropsKey(database)];
  const prefix = documentPrefix(database, collection);
  if (operation.kind === 'insert') for (const { idKey } of operation.documents) keys.push(documentKey(prefix, idKey));
  else if (operation.kind === 'expire') for (const { idKey } of operation.ids) keys.push(documentKey(prefix, idKey));
  else keys.push(documentKey(prefix, operation.idKey));
  return keys;
}

export type DatabaseCode =
  | PayloadCode | 'DB_EXISTS' | 'DB_NO_DATABASE' | 'DB_NO_COLLECTION' | 'DB_NOT_OWNER' | 'DB_DUPLICATE' | 'DB_NO_DOCUMENT' | 'DB_VERSION' | 'DB_NO_INDEX'
  | 'DB_DEPOSIT' | 'DB_QUOTA' | 'DB_EXPIRES' | 'DB_REPEATED' | 'DB_VALIDATION' | EntryCode
  | PatchCode;

function run(operation: DatabaseOperation, context: OperationContext): Verdict<void, DatabaseCode> {
  if (operation.kind === 'createDatabase') return createDatabase(operation, context);
  if (operation.kind === 'once') return once(operation.key, context);
  const owned = checkOwner(operation.database, context);
  if (!owned.ok) return owned;
  switch (operation.kind) {
    case 'createCollection': return createCollection(operation, context);
    case 'createIndex': return createIndex(operation, context);
    case 'dropIndex': return dropIndex(operation, context);
    case 'dropCollection': return dropCollection(operation, context);
    case 'dropDatabase': return dropDatabase(operation, context);
    case 'setQuota': return setQuota(operation, context);
    case 'setTtl': return setTtl(operation, context);
    case 'setSchema': return setSchema(operation, context);
    case 'expire': return expire(operation, context);
    default: return write(operation, owned.value, context);
  }
}

function checkOwner(database: DatabaseId, { state, actor }: OperationContext): Verdict<DatabaseRecord, DatabaseCode> {
  const record = state.get(databaseKey(database));
  if (record === undefined) return refuse('DB_NO_DATABASE', 'there is no database with this id; create it first');
  const described = databaseFromRecord(record);
  return equalBytes(described.owner, actor) ? accept(described) : refuse('DB_NOT_OWNER', 'only the owner of a database changes it');
}

type Writing = Extract<DatabaseOperation, { kind: 'insert' | 'replace' | 'upsert' | 'patch' | 'delete' }>;

function write(operation: Writing, databaseRecord: DatabaseRecord, context: OperationContext): Verdict<void, DatabaseCode> {
  const { database, collection } = operation;
  const { state } = context;
  const record = state.get(collectionKey(database, collection));
  if (record === undefined) return refuse('DB_NO_COLLECTION', `there is no collection "${collection}"; create it first`);
  const collectionRecord = collectionFromRecord(record);
  const prefix = documentPrefix(database, collection);
  const counts = countsFromRecord(state.get(countKey(database, collection)));
  const version = firstVersion(collectionRecord, counts);
  const changes = operation.kind === 'insert' ? insertions(operation, prefix, version, context) : change(operation, prefix, version, context);
  if (!changes.ok) return changes;
  return applyChanges(changes.value, { database, collection, databaseRecord, collectionRecord }, context);
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
