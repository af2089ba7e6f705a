import type { Command } from 'commander';
import { collectionOps } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { idText, keyOfId, versionOf } from '../document-key.ts';
import { readId, wholeBigint } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { addWaitOption } from '../signer-options.ts';

/** `vsys db delete DATABASE COLLECTION ID`. */
export function addDbDelete(group: Command): void {
  addWaitOption(addDatabaseOptions(group.command('delete').description('delete one document; what was stays in the blocks')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('<id>', '_id as JSON or text')))
    .option('--if-version <number>', 'only if the document still has this version', wholeBigint)
    .option('--json', 'as JSON')
    .action((named: string, collection: string, idArgument: string, { ifVersion }: { ifVersion?: bigint }, command: Command) => runWrite(command, async ({ trust }) => {
      const database = await databaseOf(command, named, trust.spec);
      const id = readId(idArgument);
      return {
        operations: [collectionOps(database, collection).delete(id, ifVersion)], fields: { database: toHex(database), collection, id: JSON.parse(idText(id)) as unknown },
        done: `deleted the document with _id ${idText(id)}`, keys: [keyOfId(database, collection, id)], shows: versionOf,
      };
    }));
}
