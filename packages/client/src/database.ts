import { databaseFromRecord, databaseId, databaseKey, usageFromRecord, usageKey } from '@vsys/database/layout';
import { dropDatabase, setDatabaseQuota } from '@vsys/database/ops';
import type { Operation } from '@vsys/data-format';
import { ClientError } from '@vsys/rpc/client';
import type { ChainCore } from './chain-core.ts';
import { clientFailure } from './client-failure.ts';
import { Collection } from './collection.ts';
import type { WriteOptions } from './collection-types.ts';
import type { Database } from './connect.ts';
import { quotaOf } from './lifetime.ts';
import type { Wallet } from './wallet.ts';
import { Write } from './write.ts';

/** @param owner - undefined: whoever writes */
export function createDatabase(core: ChainCore, name: string, owner: Uint8Array | undefined): Database {
  const write = (wallet: Wallet, operation: (database: Uint8Array) => Operation, options: WriteOptions): Write<object> => {
    core.checkWallet(wallet);
    return new Write(core.lane(wallet, options.lane), async () => ({ groups: [[operation(databaseId(owner ?? wallet.account, name))]], result: {} }), options);
  };
  return {
    name,
    collection: (collection: string, asked = {}) => new Collection<never>(core, { name, owner }, collection, asked),
    drop: (wallet, options = {}) => write(wallet, dropDatabase, options),
    setQuota: (wallet, quota, options = {}) => write(wallet, (database) => setDatabaseQuota(database, quotaOf(quota)), options),
    async stats({ asOf, signal } = {}) {
      if (owner === undefined) throw clientFailure('CLIENT_OWNER', `whose database "${name}" is, is not known: use db({ owner, name })`);
      const database = databaseId(owner, name);
      const { values: [record, usage], block } = await core.client.values([databaseKey(database), usageKey(database)], { at: asOf, signal });
      if (record === undefined) throw new ClientError('QUERY_NO_COLLECTION', `there is no database "${name}" of this owner; check owner and name`);
      return { ...usageFromRecord(usage), quota: databaseFromRecord(record).quota ?? {}, block };
    },
  };
}
