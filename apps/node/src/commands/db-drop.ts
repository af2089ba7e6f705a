import type { Command } from 'commander';
import { collectionKey, databaseKey } from '@vsys/database/layout';
import { collectionOps, dropDatabase } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { AppError } from '../app-error.ts';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { runWrite } from '../run-write.ts';
import { addWaitOption } from '../signer-options.ts';

/** `vsys db drop DATABASE [COLLECTION] --yes`. */
export function addDbDrop(group: Command): void {
  addWaitOption(addDatabaseOptions(group.command('drop').description('drop a collection, or a database with all its collections; deposits go back in the blocks that follow')
    .argument('<database>', 'name or id').argument('[collection]', 'name; without it the whole database')))
    .option('--yes', 'it is meant: nothing of it can be written or found afterwards')
    .option('--json', 'as JSON')
    .action((named: string, collection: string | undefined, { yes }: { yes?: true }, command: Command) => {
      const what = collection === undefined ? `the database "${named}"` : `the collection "${collection}"`;
      if (yes !== true) throw new AppError('USAGE', `${what} goes with all that is in it; say --yes if that is meant`);
      return runWrite(command, async ({ trust }) => {
        const database = await databaseOf(command, named, trust.spec);
        return {
          operations: [collection === undefined ? dropDatabase(database) : collectionOps(database, collection).drop()],
          fields: { database: toHex(database), ...(collection === undefined ? {} : { collection }) }, done: `${what} is dropped`,
          keys: [collection === undefined ? databaseKey(database) : collectionKey(database, collection)],
          shows: ([record]) => (record === undefined ? 'it is not there' : 'one of its name is there, made since'),
        };
      });
    });
}
