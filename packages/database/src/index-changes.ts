/** Indexes of a collection that is there, made and dropped: docs/spec/database.md, "Building an index". */
import { accept, refuse, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import { buildingToBytes } from './build-worker.ts';
import { collectionFromRecord, type CollectionRecord, collectionToRecord } from './collection-record.ts';
import type { DatabaseCode } from './create-database-container.ts';
import { databaseGas } from './gas.ts';
import type { IndexOperation } from './index-operations.ts';
import { collectionKey, countFromRecord, countKey, indexPrefix } from './layout.ts';
import type { IndexDefinition } from './operation.ts';
import type { Target } from './operation-head.ts';
import { databaseLimits } from './payload-checks.ts';
import { WORK } from './work-kinds.ts';
import { addWork } from './work-queue.ts';

/** On an empty collection it is whole at once; on a filled one it is built at the ends of the blocks that follow, and paid for here. */
export function createIndex({ database, collection, index }: Target & { readonly index: IndexDefinition }, { state, gas, block }: OperationContext): Verdict<void, DatabaseCode> {
  const key = collectionKey(database, collection);
  const record = state.get(key);
  if (record === undefined) return refuse('DB_NO_COLLECTION', `there is no collection "${collection}"; create it first`);
  const before = collectionFromRecord(record);
  const number = nextNumber(before);
  if (before.indexes.some((other) => other.name === index.name)) return refuse('DB_EXISTS', `the collection has an index "${index.name}" already`);
  if (before.indexes.length >= databaseLimits.indexesMax) return refuse('DB_LIMIT', `a collection has at most ${databaseLimits.indexesMax} indexes`);
  if (number > databaseLimits.indexNumberMax) return refuse('DB_LIMIT', `a collection has at most ${databaseLimits.indexNumberMax + 1} indexes in its life; make another collection`);
  const total = countFromRecord(state.get(countKey(database, collection)));
  gas.charge(databaseGas.keyWrite);
  const standing = total === 0n ? {} : { building: { cursor: new Uint8Array(), built: 0n, total } };
  state.set(key, collectionToRecord({ ...before, indexes: [...before.indexes, { ...index, number, ...standing }], ...(before.indexNumbers === undefined ? {} : { indexNumbers: number + 1 }) }));
  if (total === 0n) return accept(undefined);
  gas.charge(buildGas(index, total));
  addWork(state, block, block.height, { kind: WORK.buildIndex, payload: buildingToBytes({ database, collection, number, drops: before.drops ?? 0n }) });
  return accept(undefined);
}

/** What a build costs, all of it when it begins; of an index by elements, some entries for each document. */
export function buildGas({ multikey }: Pick<IndexDefinition, 'multikey'>, documents: bigint): bigint {
  return 3n * databaseGas.keyWrite + documents * (databaseGas.builtDocument + databaseGas.keyWrite * (multikey === true ? MULTIKEY_ENTRIES : 1n));
}

const MULTIKEY_ENTRIES = 4n;

/** Whole, half built or failed: it is gone at once, whatever it holds. */
export function dropIndex({ database, collection, name }: IndexOperation, { state, gas }: OperationContext): Verdict<void, DatabaseCode> {
  const key = collectionKey(database, collection);
  const record = state.get(key);
  if (record === undefined) return refuse('DB_NO_COLLECTION', `there is no collection "${collection}"; create it first`);
  const before = collectionFromRecord(record);
  const index = before.indexes.find((one) => one.name === name);
  if (index === undefined) return refuse('DB_NO_INDEX', `the collection has no index "${name}"`);
  gas.charge(databaseGas.keyWrite + databaseGas.prefixDrop);
  state.dropPrefix(indexPrefix(database, collection, index.number));
  state.set(key, collectionToRecord({ ...before, indexes: before.indexes.filter((one) => one !== index), indexNumbers: nextNumber(before) }));
  return accept(undefined);
}

/** Where none was dropped, numbers go from 0 without a gap. */
function nextNumber({ indexes, indexNumbers }: CollectionRecord): number {
  return indexNumbers ?? indexes.length;
}
