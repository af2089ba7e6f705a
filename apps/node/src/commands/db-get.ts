import type { Command } from 'commander';
import { documentToJson } from '@vsys/data-format/value';
import { AppError } from '../app-error.ts';
import { clientOf } from '../client-options.ts';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { idText } from '../document-key.ts';
import { printDocuments, say } from '../output.ts';
import { addAtOption } from '../query-options.ts';
import { readId } from '../read-value.ts';
import { provenAt } from '../shown.ts';

/** `vsys db get DATABASE COLLECTION ID`. */
export function addDbGet(group: Command): void {
  addAtOption(addDatabaseOptions(group.command('get').description('show the document with an _id, or prove that there is none')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('<id>', '_id as JSON or text; "7" in double quotes is the text')))
    .option('--json', 'as JSON, with version and block')
    .action(async (named: string, collection: string, idArgument: string, { at, json }: { at?: number; json?: boolean }, command: Command) => {
      using open = await clientOf(command);
      const id = readId(idArgument);
      const { documents: [found], block, proofBytes } = await open.client.find({ database: await databaseOf(command, named, open.trust.spec), collection, filter: new Map([['_id', id]]) }, { at });
      if (found === undefined) throw new AppError('NOT_FOUND', `"${collection}" has no document with _id ${idText(id)}: ${provenAt(block, proofBytes)}`);
      if (json) printDocuments({ tier: 'proven', block, proofBytes }, [found]);
      else process.stdout.write(`${documentToJson(found.document)}\n`);
      say(`version ${found.version}, of block ${found.height}; ${provenAt(block, proofBytes)}`);
    });
}
