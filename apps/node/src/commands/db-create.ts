import type { Command } from 'commander';
import { accountToHex } from '@vsys/crypto';
import { databaseFromRecord, databaseKey } from '@vsys/database/layout';
import { createDatabase, databaseId } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { addClientOptions } from '../client-options.ts';
import { runWrite } from '../run-write.ts';
import { addKeyOption, addWaitOption } from '../signer-options.ts';

/** `vsys db create DATABASE`. */
export function addDbCreate(group: Command): void {
  addWaitOption(addKeyOption(addClientOptions(group.command('create').description('create a database; its owner is the account of the key')
    .argument('<database>', 'name, for its owner only'))))
    .option('--json', 'as JSON')
    .action((name: string, _, command: Command) => runWrite(command, async ({ signer }) => {
      const id = databaseId(signer.account, name);
      return {
        operations: [createDatabase(name)], fields: { database: toHex(id), owner: accountToHex(signer.account), name },
        done: `database "${name}" is there; its id is ${toHex(id)}`,
        keys: [databaseKey(id)], shows: ([record]) => (record === undefined ? 'it is not there' : `its owner is ${accountToHex(databaseFromRecord(record).owner)}`),
      };
    }));
}
