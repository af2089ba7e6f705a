import { accept, refuse, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import type { DatabaseCode } from './create-database-container.ts';
import { collectionFromRecord, collectionKey, collectionToRecord, countFromRecord, countKey, databaseId, databaseKey, databaseToRecord, dropsKey, usageFromRecord, usageKey, usageToRecord } from './layout.ts';
import type { DatabaseOperation } from './operation.ts';
import { databaseLimits } from './payload-checks.ts';
import { databaseGas } from './gas.ts';

type Of<Kind extends DatabaseOperation['kind']> = Extract<DatabaseOperation, { kind: Kind }>;

/** The actor becomes the owner; the id follows from both, so nobody can take another's name. */
export function createDatabase({ name }: Of<'createDatabase'>, { actor, state, gas }: OperationContext): Verdict<void, DatabaseCode> {
  const key = databaseKey(databaseId(actor, name));
  if (state.get(key) !== undefined) return refuse('DB_EXISTS', `this owner has a database "${name}" already`);
  gas.charge(databaseGas.keyWrite);
  const drops = countFromRecord(state.get(dropsKey(databaseId(actor, name))));
  state.set(key, databaseToRecord({ owner: actor, name, ...(drops === 0n ? {} : { drops }) }));
  return accept(undefined);
}

export function createCollection({ database, collection, indexes }: Of<'createCollection'>, { state, gas }: OperationContext): Verdict<void, DatabaseCode> {
  const key = collectionKey(database, collection);
  if (state.get(key) !== undefined) return refuse('DB_EXISTS', `the database has a collection "${collection}" already, or one whose hash begins alike`);
  state.need([usageKey(database), dropsKey(database)]);
  gas.charge(2n * databaseGas.keyWrite);
  const usage = usageFromRecord(state.get(usageKey(database)));
  state.set(usageKey(database), usageToRecord({ ...usage, collections: usage.collections + 1n }));
  const drops = countFromRecord(state.get(dropsKey(database)));
  state.set(key, collectionToRecord({ name: collection, ...(drops === 0n ? {} : { drops }), indexes: indexes.map((index, number) => ({ ...index, number })) }));
  return accept(undefined);
}

/** Only while there are no documents: filling an index from what is there is not a bounded operation. */
export function createIndex({ database, collection, index }: Of<'createIndex'>, { state, gas }: OperationContext): Verdict<void, DatabaseCode> {
  const key = collectionKey(database, collection);
  const record = state.get(key);
  if (record === undefined) return refuse('DB_NO_COLLECTION', `there is no collection "${collection}"; create it first`);
  const before = collectionFromRecord(record);
  const { indexes } = before;
  if (indexes.some((other) => other.name === index.name)) return refuse('DB_EXISTS', `the collection has an index "${index.name}" already`);
  if (indexes.length >= databaseLimits.indexesMax) return refuse('DB_LIMIT', `a collection has at most ${databaseLimits.indexesMax} indexes`);
  if (countFromRecord(state.get(countKey(database, collection))) !== 0n) return refuse('DB_INDEX_NOT_EMPTY', 'an index is made before the first document; create another collection with it and insert there');
  gas.charge(databaseGas.keyWrite);
  state.set(key, collectionToRecord({ ...before, indexes: [...indexes, { ...index, number: indexes.length }] }));
  return accept(undefined);
}
