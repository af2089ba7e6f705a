import type { Command } from 'commander';
import { documentToJson } from '@vsys/data-format/value';
import { collectionFromRecord, collectionKey } from '@vsys/database/layout';
import { collectionOps } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { argumentOrStdin, readDocument } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { addWaitOption } from '../signer-options.ts';

/** `vsys db schema DATABASE COLLECTION SCHEMA`: what the chain holds documents to. */
export function addDbSchema(group: Command): void {
  addWaitOption(addDatabaseOptions(group.command('schema').description('hold documents that are written from now on to a schema; "none": to none')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('<schema>', 'JSON Schema in the subset of the chain, "-" for standard input, or "none"')))
    .option('--json', 'as JSON')
    .action((named: string, collection: string, argument: string, _, command: Command) => runWrite(command, async ({ trust }) => {
      const database = await databaseOf(command, named, trust.spec);
      const schema = argument === 'none' ? undefined : readDocument(await argumentOrStdin(argument), 'the schema');
      return {
        operations: [collectionOps(database, collection).setSchema(schema)], fields: { database: toHex(database), collection, schema: schema === undefined ? null : JSON.parse(documentToJson(schema)) as unknown },
        done: schema === undefined ? 'documents may have any form' : 'documents are held to the schema', keys: [collectionKey(database, collection)], shows: schemaOf,
      };
    }));
}

function schemaOf([record]: readonly (Uint8Array | undefined)[]): string {
  if (record === undefined) return 'it is not there';
  const { schema } = collectionFromRecord(record);
  return schema === undefined ? 'its documents may have any form' : `its documents are held to ${documentToJson(schema)}`;
}
