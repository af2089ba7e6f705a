import { createGasMeter, createStateJournal, KeysNotLoaded } from '@vsys/container';
import { createDatabaseContainer } from '@vsys/database';
import { collectionOps, createDatabase, type DatabaseCall, databaseId } from '@vsys/database/ops';
import type { IndexDefinition } from '@vsys/database';
import type { Document } from '@vsys/data-format/value';
import { toHex } from '@vsys/primitives';
import { createState, type StateView } from '@vsys/state';
import { createMemoryStore } from '@vsys/store';

export const owner: Uint8Array = new Uint8Array(20).fill(1);
export const database: Uint8Array = databaseId(owner, 'world');

/** The state after a block that made a collection "cities" with these indexes and documents, by the real container on a real tree. */
export async function createWorld(indexes: readonly IndexDefinition[], documents: readonly Document[]): Promise<StateView> {
  const cities = collectionOps(database, 'cities');
  const calls: DatabaseCall[] = [createDatabase('world'), cities.create(indexes)];
  for (let at = 0; at < documents.length; at += 500) calls.push(cities.insert(documents.slice(at, at + 500)));
  const state = await createState({ store: createMemoryStore() });
  const empty = state.view(state.base.root);
  if (empty === undefined) throw new Error('a new state has its base');
  return state.fork(empty, 1, execute(calls));
}

function execute(calls: readonly DatabaseCall[]): { key: Uint8Array; value: Uint8Array | undefined }[] {
  const container = createDatabaseContainer();
  const written = new Map<string, { key: Uint8Array; value: Uint8Array | undefined }>();
  const block = { chainId: new Uint8Array(32), height: 1, timeMs: 1_000, parent: new Uint8Array(32) };
  for (const { payload } of calls) {
    const journal = createStateJournal();
    const load = (keys: readonly Uint8Array[]): void => keys.forEach((key) => journal.load(key, written.get(toHex(key))?.value));
    load(container.touches(payload, owner, block));
    for (;;) {
      try {
        const done = container.execute(payload, { block, transactionId: new Uint8Array(32), index: 0, count: 1, actor: owner, payer: owner, signers: [owner], state: journal, gas: createGasMeter(1_000_000_000n) });
        if (!done.ok) throw new Error(`${done.code}: ${done.message}`);
        break;
      } catch (thrown) {
        if (!(thrown instanceof KeysNotLoaded)) throw thrown;
        journal.revert();
        load(thrown.keys);
      }
    }
    journal.commit();
    for (const write of journal.writes()) written.set(toHex(write.key), write);
  }
  return [...written.values()];
}
