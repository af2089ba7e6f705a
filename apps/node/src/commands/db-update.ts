import type { Command } from 'commander';
import { toHex } from '@vsys/primitives';
import { collectionOps } from '@vsys/database/ops';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { idText, keyOfId, versionOf } from '../document-key.ts';
import { argumentOrStdin, readDocument, wholeBigint } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { addWaitOption } from '../signer-options.ts';

/** `vsys db update DATABASE COLLECTION DOCUMENT`. */
export function addDbUpdate(group: Command): void {
  addWaitOption(addDatabaseOptions(group.command('update').description('replace the document that has the same _id')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('<document>', 'the whole new document as JSON, or "-" for stdin')))
    .option('--upsert', 'insert the document if none has its _id')
    .option('--if-version <number>', 'only if the document still has this version', wholeBigint)
    .option('--json', 'as JSON')
    .action((named: string, collection: string, argument: string, { ifVersion, upsert = false }: { ifVersion?: bigint; upsert?: boolean }, command: Command) => runWrite(command, async ({ trust }) => {
      const database = await databaseOf(command, named, trust.spec);
      const document = readDocument(await argumentOrStdin(argument), 'the document');
      const operations = collectionOps(database, collection);
      const id = document.get('_id');
      return {
        operations: [upsert ? operations.upsert(document, ifVersion) : operations.replace(document, ifVersion)], fields: { database: toHex(database), collection, id: JSON.parse(idText(id)) as unknown },
        done: `${upsert ? 'replaced or inserted' : 'replaced'} the document with _id ${idText(id)}`, keys: [keyOfId(database, collection, id)], shows: versionOf,
      };
    }));
}
