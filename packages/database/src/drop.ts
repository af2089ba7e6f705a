import { accept, refuse, uint64ToBytes, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import type { DatabaseCode } from './create-database-container.ts';
import { databaseGas } from './gas.ts';
import { collectionKey, collectionPrefixes, countFromRecord, countKey, countsFromRecord, type DatabaseId, databasePrefix, dropsKey, usageFromRecord, usageKey, usageToRecord } from './layout.ts';
import { databaseLimits } from './payload-checks.ts';
import type { StorageOperation } from './storage-operations.ts';

type Of<Kind extends StorageOperation['kind']> = Extract<StorageOperation, { kind: Kind }>;

/** At the cost of its depth in the tree: its name is free and its documents are absent at once, however many there are. */
export function dropCollection({ database, collection }: Of<'dropCollection'>, context: OperationContext): Verdict<void, DatabaseCode> {
  const { state, gas } = context;
  if (state.get(collectionKey(database, collection)) === undefined) return refuse('DB_NO_COLLECTION', `there is no collection "${collection}"; create it first`);
  const counted = countDrop(database, context);
  if (!counted.ok) return counted;
  const { documents, bytes } = countsFromRecord(state.get(countKey(database, collection)));
  const usage = usageFromRecord(state.get(usageKey(database)));
  gas.charge(3n * databaseGas.keyWrite);
  state.set(usageKey(database), usageToRecord({ collections: usage.collections - 1n, documents: usage.documents - documents, bytes: usage.bytes - bytes }));
  state.set(collectionKey(database, collection), undefined);
  state.set(countKey(database, collection), undefined);
  for (const prefix of collectionPrefixes(database, collection)) dropPrefix(prefix, context);
  return accept(undefined);
}

/** All of it but the number of drops, above which versions go on should it be made again. */
export function dropDatabase({ database }: Of<'dropDatabase'>, context: OperationContext): Verdict<void, DatabaseCode> {
  const { state } = context;
  const counted = countDrop(database, context);
  if (!counted.ok) return counted;
  const drops = state.get(dropsKey(database));
  dropPrefix(databasePrefix(database), context);
  state.set(dropsKey(database), drops);
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
