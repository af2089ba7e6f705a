import type { Command } from 'commander';
import { collectionFromRecord, collectionKey, countKey, countsFromRecord, databaseFromRecord, databaseKey, type Quota, usageFromRecord, usageKey } from '@vsys/database/layout';
import { collectionOps, setDatabaseQuota } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { wholeBigint } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { addWaitOption } from '../signer-options.ts';

/** `vsys db quota DATABASE [COLLECTION] --documents N --bytes N`. */
export function addDbQuota(group: Command): void {
  addWaitOption(addDatabaseOptions(group.command('quota').description('bound what a collection or a database may hold; without a bound it may hold anything')
    .argument('<database>', 'name or id').argument('[collection]', 'name; without it the whole database')))
    .option('--documents <number>', 'documents that it may hold', wholeBigint)
    .option('--bytes <number>', 'bytes of documents that it may hold', wholeBigint)
    .option('--json', 'as JSON')
    .action((named: string, collection: string | undefined, { documents, bytes }: { documents?: bigint; bytes?: bigint }, command: Command) => runWrite(command, async ({ trust }) => {
      const database = await databaseOf(command, named, trust.spec);
      const quota: Quota = { ...(documents === undefined ? {} : { documents }), ...(bytes === undefined ? {} : { bytes }) };
      return {
        operations: [collection === undefined ? setDatabaseQuota(database, quota) : collectionOps(database, collection).setQuota(quota)],
        fields: { database: toHex(database), ...(collection === undefined ? {} : { collection }), quota: { documents: documents?.toString(), bytes: bytes?.toString() } },
        done: Object.keys(quota).length === 0 ? 'it may hold anything' : `it may hold ${boundsOf(quota)}`,
        keys: collection === undefined ? [databaseKey(database), usageKey(database)] : [collectionKey(database, collection), countKey(database, collection)],
        shows: ([record, held]) => {
          if (record === undefined) return 'it is not there';
          const { quota: kept = {} } = collection === undefined ? databaseFromRecord(record) : collectionFromRecord(record);
          const { documents: has, bytes: takes } = collection === undefined ? usageFromRecord(held) : countsFromRecord(held);
          return `it holds ${has} documents in ${takes} bytes, of ${boundsOf(kept)}`;
        },
      };
    }));
}

function boundsOf({ documents, bytes }: Quota): string {
  return `${documents === undefined ? 'any number of documents' : `${documents} documents`} in ${bytes === undefined ? 'any number of bytes' : `${bytes} bytes`}`;
}
