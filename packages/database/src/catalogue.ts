import { accept, refuse, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import type { DatabaseCode } from './create-database-container.ts';
import { collectionKey, collectionToRecord, countFromRecord, databaseId, databaseKey, databaseToRecord, dropsKey, usageFromRecord, usageKey, usageToRecord } from './layout.ts';
import type { DatabaseOperation } from './operation.ts';
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
