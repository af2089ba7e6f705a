import type { Command } from 'commander';
import { collectionFromRecord, collectionKey, type IndexRecord } from '@vsys/database/layout';
import type { Explanation, SortField } from '@vsys/database-query/verify';
import { clientOf } from '../client-options.ts';
import { addDatabaseOptions } from '../database-options.ts';
import { printJson, printRows, say } from '../output.ts';
import { addSortOption, FILTER_HELP, queryOf } from '../query-options.ts';
import { provenAt } from '../shown.ts';

/** `vsys db explain DATABASE COLLECTION [FILTER]`. */
export function addDbExplain(group: Command): void {
  addSortOption(addDatabaseOptions(group.command('explain').description('tell along which index a query is answered, and which indexes there are')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('[filter]', FILTER_HELP, '{}')))
    .option('--json', 'as JSON')
    .action(async (named: string, collection: string, filter: string, { sort, json }: { sort?: readonly SortField[]; json?: boolean }, command: Command) => {
      using open = await clientOf(command);
      const query = await queryOf(command, open, named, collection, filter, { limit: 1, ...(sort === undefined ? {} : { sort }) });
      const { explanation, block } = await open.client.find(query);
      const { values: [record] } = await open.client.values([collectionKey(query.database, collection)], { at: block.height });
      const indexes = record === undefined ? [] : collectionFromRecord(record).indexes;
      if (json) printJson({ tier: 'proven', block, explanation, indexes });
      else printRows(rowsOf(explanation, indexes));
      say(provenAt(block));
    });
}

function rowsOf({ via, index, reverse, equals, bounded }: Explanation, indexes: readonly IndexRecord[]): string[][] {
  const way = { key: 'the one document of this _id', collection: 'the documents in order of _id', index: `the index "${index}"` }[via];
  return [
    ['along', `${way}${reverse ? ', backwards' : ''}`],
    ...(equals.length === 0 ? [] : [['equal', equals.join(', ')]]),
    ...(bounded === undefined ? [] : [['bounded', bounded]]),
    ['indexes', indexes.length === 0 ? 'none beside _id' : indexes.map(({ name, fields, unique }) => `${name} (${fields.map(({ path, direction }) => `${direction === -1 ? '-' : ''}${path}`).join(', ')}${unique ? '; unique' : ''})`).join(', ')],
  ];
}
