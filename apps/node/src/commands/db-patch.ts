import type { Command } from 'commander';
import { collectionOps } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { AppError } from '../app-error.ts';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { idText, keyOfId, versionOf } from '../document-key.ts';
import { readDocument, readId, wholeBigint } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { addWaitOption } from '../signer-options.ts';

interface PatchOptions {
  readonly set?: string;
  readonly unset?: string;
  readonly inc?: string;
  readonly ifVersion?: bigint;
}

/** `vsys db patch DATABASE COLLECTION ID --set …`. */
export function addDbPatch(group: Command): void {
  addWaitOption(addDatabaseOptions(group.command('patch').description('change fields of one document; the others stay')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('<id>', '_id as JSON or text')))
    .option('--set <json>', 'fields and their new values, such as {"price": 5, "place.city": "Seoul"}')
    .option('--unset <fields>', 'fields to take away, with commas between them')
    .option('--inc <json>', 'fields and what is added to their numbers, such as {"stock": -1}')
    .option('--if-version <number>', 'only if the document still has this version', wholeBigint)
    .option('--json', 'as JSON')
    .action((named: string, collection: string, idArgument: string, { set, unset, inc, ifVersion }: PatchOptions, command: Command) => runWrite(command, async ({ trust }) => {
      if (set === undefined && unset === undefined && inc === undefined) throw new AppError('USAGE', 'a patch changes something: give --set, --unset or --inc');
      const database = await databaseOf(command, named, trust.spec);
      const id = readId(idArgument);
      const changes = {
        ...(set === undefined ? {} : { set: readDocument(set, '--set') }), ...(unset === undefined ? {} : { unset: unset.split(',') }), ...(inc === undefined ? {} : { inc: readDocument(inc, '--inc') }),
      };
      return {
        operations: [collectionOps(database, collection).patch(id, changes, ifVersion)], fields: { database: toHex(database), collection, id: JSON.parse(idText(id)) as unknown },
        done: `changed the document with _id ${idText(id)}`, keys: [keyOfId(database, collection, id)], shows: versionOf,
      };
    }));
}
