import { type Command, InvalidArgumentError } from 'commander';
import { collectionFromRecord, collectionKey } from '@vsys/database/layout';
import { collectionOps, type IndexDefinition } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { addDatabaseOptions, databaseOf } from '../database-options.ts';
import { collectIndexes, readIndex } from '../read-value.ts';
import { runWrite } from '../run-write.ts';
import { addWaitOption } from '../signer-options.ts';

const HOW = 'name:field,-field, with :unique behind it where no two documents may have the same values';

/** `vsys db create-collection`, and `vsys db create-index`, which a filled one builds at the ends of blocks. */
export function addDbCreateCollection(group: Command): void {
  addWaitOption(addDatabaseOptions(group.command('create-collection').description('create a collection in a database')
    .argument('<database>', 'name or id').argument('<collection>', 'name')))
    .option('--index <index>', `${HOW}; may be given up to 16 times`, collectIndexes)
    .option('--json', 'as JSON')
    .action((named: string, collection: string, { index = [] }: { index?: readonly IndexDefinition[] }, command: Command) => runWrite(command, async ({ trust }) => {
      const database = await databaseOf(command, named, trust.spec);
      return {
        operations: [collectionOps(database, collection).create(index)], fields: { database: toHex(database), collection }, done: `collection "${collection}" is there`,
        keys: [collectionKey(database, collection)], shows: indexesOf,
      };
    }));
  addWaitOption(addDatabaseOptions(group.command('create-index').description('add an index to a collection; of a filled one it is built in the blocks that follow')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('<index>', HOW, readIndexArgument)))
    .option('--json', 'as JSON')
    .action((named: string, collection: string, index: IndexDefinition, _, command: Command) => runWrite(command, async ({ trust }) => {
      const database = await databaseOf(command, named, trust.spec);
      return {
        operations: [collectionOps(database, collection).createIndex(index)], fields: { database: toHex(database), collection, index: index.name },
        done: `collection "${collection}" has the index "${index.name}"`, keys: [collectionKey(database, collection)], shows: indexesOf,
      };
    }));
}

function readIndexArgument(text: string): IndexDefinition {
  if (text.startsWith('-')) throw new InvalidArgumentError('It begins with the name of the index.');
  return readIndex(text);
}

function indexesOf([record]: readonly (Uint8Array | undefined)[]): string {
  if (record === undefined) return 'it is not there';
  const { indexes } = collectionFromRecord(record);
  return `it has ${indexes.length === 0 ? 'no index beside _id' : `the indexes ${indexes.map(({ name }) => name).join(', ')}`}`;
}
