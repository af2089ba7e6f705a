import { type Command, Option } from 'commander';
import { documentToJson } from '@vsys/data-format/value';
import type { SortField } from '@vsys/database-query/verify';
import { queryLimits, queryToJson } from '@vsys/database-query/verify';
import { toHex } from '@vsys/primitives';
import { AppError } from '../app-error.ts';
import { clientOf, type OpenClient } from '../client-options.ts';
import { addDatabaseOptions } from '../database-options.ts';
import { findPages } from '../find-pages.ts';
import { printDocuments, printJson, say } from '../output.ts';
import { addAtOption, addSortOption, FILTER_HELP, queryOf } from '../query-options.ts';
import { wholeNumber } from '../read-value.ts';
import { claimedAt, plural, provenAt } from '../shown.ts';

interface FindOptions {
  readonly sort?: readonly SortField[];
  readonly limit?: number;
  readonly after?: string;
  readonly at?: number;
  readonly all?: boolean;
  readonly claimed?: boolean;
  readonly json?: boolean;
}

/** `vsys db find DATABASE COLLECTION [FILTER]`. */
export function addDbFind(group: Command): void {
  addAtOption(addSortOption(addDatabaseOptions(group.command('find').description('show documents, one on each line, and prove that these are all')
    .argument('<database>', 'name or id').argument('<collection>', 'name').argument('[filter]', FILTER_HELP, '{}'))))
    .option('--limit <number>', `most documents of one answer; ${queryLimits.documentsDefault} unless told`, wholeNumber(1, queryLimits.documentsMax))
    .option('--after <cursor>', 'go on behind an answer: the cursor that it told')
    .addOption(new Option('--all', 'all of them, answer after answer, at one block').conflicts('limit'))
    .addOption(new Option('--claimed', 'take the word of the node: no proofs, no headers').conflicts('all'))
    .option('--json', 'as one JSON object, with versions, block and cursor')
    .action(async (named: string, collection: string, filter: string, options: FindOptions, command: Command) => {
      using open = await clientOf(command);
      const { sort, limit, after, at } = options;
      const query = await queryOf(command, open, named, collection, filter, { ...(sort === undefined ? {} : { sort }), ...(limit === undefined ? {} : { limit }), ...(after === undefined ? {} : { after }) });
      if (options.claimed) return await claimed(open, queryToJson(query), options);
      if (options.all) return await all(open, query, options);
      const { documents, block, proofBytes, more, cursor } = await open.client.find(query, { at });
      if (options.json) printDocuments({ tier: 'proven', block, proofBytes, more, ...(cursor === undefined ? {} : { cursor: toHex(cursor) }) }, documents);
      else for (const { document } of documents) process.stdout.write(`${documentToJson(document)}\n`);
      say(`${plural(documents.length, 'document')}${cursor === undefined ? ', and no more' : ''}; ${provenAt(block, proofBytes)}`);
      if (cursor !== undefined) say(`More behind them: --after ${toHex(cursor)}`);
    });
}

async function all({ client }: OpenClient, query: Parameters<typeof findPages>[1], { at, json }: FindOptions): Promise<void> {
  if (json) throw new AppError('USAGE', '--all prints one document on each line, which is JSON; leave --json out');
  let count = 0;
  let shown = '';
  for await (const { documents, block } of findPages(client, query, { at })) {
    for (const { document } of documents) process.stdout.write(`${documentToJson(document)}\n`);
    count += documents.length;
    shown = provenAt(block);
  }
  say(`${plural(count, 'document')}, and no more; ${shown}`);
}

async function claimed({ client, url }: OpenClient, query: ReturnType<typeof queryToJson>, { at, json }: FindOptions): Promise<void> {
  const answer = await client.call('db_documents', { query, ...(at === undefined ? {} : { at }) });
  if (json) printJson(answer);
  else for (const document of answer.documents) process.stdout.write(`${JSON.stringify(document)}\n`);
  say(`${plural(answer.documents.length, 'document')}; ${claimedAt(answer.block, url)}`);
  if (answer.cursor !== undefined) say(`More behind them: --after ${answer.cursor}`);
}
