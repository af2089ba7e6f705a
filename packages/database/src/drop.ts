import { accept, refuse, uint64ToBytes, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import type { DatabaseCode } from './create-database-container.ts';
import { databaseGas } from './gas.ts';
import { DATABASE_PARAMS_KEY, databaseParamsFromRecord } from './database-params.ts';
import { collectionLedger, databaseLedger, leaveDatabaseLedger, type Place } from './deposits.ts';
import { collectionFromRecord, collectionKey, collectionPrefixes, countFromRecord, countKey, countsFromRecord, databaseFromRecord, type DatabaseId, databaseKey, databasePrefix, dropsKey, usageFromRecord, usageKey, usageToRecord } from './layout.ts';
import { databaseLimits } from './payload-checks.ts';
import type { StorageOperation } from './storage-operations.ts';
import { WORK } from './work-kinds.ts';
import { addWork } from './work-queue.ts';

type Of<Kind extends StorageOperation['kind']> = Extract<StorageOperation, { kind: Kind }>;

/** At the cost of its depth in the tree: its name is free and its documents are absent at once, however many there are. */
export function dropCollection({ database, collection }: Of<'dropCollection'>, context: OperationContext): Verdict<void, DatabaseCode> {
  const { state, gas } = context;
  const record = state.get(collectionKey(database, collection));
  if (record === undefined) return refuse('DB_NO_COLLECTION', `there is no collection "${collection}"; create it first`);
  const counted = countDrop(database, context);
  if (!counted.ok) return counted;
  const { documents, bytes } = countsFromRecord(state.get(countKey(database, collection)));
  const usage = usageFromRecord(state.get(usageKey(database)));
  gas.charge(3n * databaseGas.keyWrite);
  state.set(usageKey(database), usageToRecord({ collections: usage.collections - 1n, documents: usage.documents - documents, bytes: usage.bytes - bytes }));
  state.set(collectionKey(database, collection), undefined);
  state.set(countKey(database, collection), undefined);
  for (const prefix of collectionPrefixes(database, collection)) dropPrefix(prefix, context);
  refundCollection({ database, collection, databaseRecord: databaseFromRecord(state.get(databaseKey(database)) as Uint8Array), collectionRecord: collectionFromRecord(record) }, context);
  return accept(undefined);
}

/** All of it but the number of drops, above which versions go on should it be made again. */
export function dropDatabase({ database }: Of<'dropDatabase'>, context: OperationContext): Verdict<void, DatabaseCode> {
  const { state } = context;
  const counted = countDrop(database, context);
  if (!counted.ok) return counted;
  const drops = state.get(dropsKey(database));
  const record = databaseFromRecord(state.get(databaseKey(database)) as Uint8Array);
  dropPrefix(databasePrefix(database), context);
  state.set(dropsKey(database), drops);
  if (hasDeposits(context)) refundLater(WORK.refundDatabase, databaseLedger(database, record), context);
  return accept(undefined);
}

function countDrop(database: DatabaseId, { state, gas }: OperationContext): Verdict<void, DatabaseCode> {
  const drops = countFromRecord(state.get(dropsKey(database)));
  if (drops >= BigInt(databaseLimits.dropsMax)) return refuse('DB_LIMIT', `a database takes ${databaseLimits.dropsMax} drops; make another database`);
  gas.charge(databaseGas.keyWrite);
  state.set(dropsKey(database), uint64ToBytes(drops + 1n));
  return accept(undefined);
}

function dropPrefix(prefix: Uint8Array, { state, gas }: OperationContext): void {
  gas.charge(databaseGas.prefixDrop);
  state.dropPrefix(prefix);
}

function refundCollection(place: Place, context: OperationContext): void {
  if (!hasDeposits(context)) return;
  leaveDatabaseLedger(place, context);
  refundLater(WORK.refundCollection, collectionLedger(place), context);
}

/** Deposits go back in the blocks that follow, as many in each as its work allows. */
function refundLater(kind: number, ledger: Uint8Array, { state, gas, block }: OperationContext): void {
  gas.charge(3n * databaseGas.keyWrite);
  addWork(state, block, block.height, { kind, payload: ledger });
}

function hasDeposits({ state }: OperationContext): boolean {
  state.need([DATABASE_PARAMS_KEY]);
  const { depositPerByte, depositPerKey } = databaseParamsFromRecord(state.get(DATABASE_PARAMS_KEY));
  return depositPerByte !== 0n || depositPerKey !== 0n;
}
