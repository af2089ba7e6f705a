import type { Command } from 'commander';
import type { CountQuery, Query, SortField } from '@vsys/database-query/verify';
import { queryFromJson } from '@vsys/database-query/verify';
import { CodedError, toHex } from '@vsys/primitives';
import { databaseOf } from './database-options.ts';
import { quote, readDocument, readFields, wholeNumber } from './read-value.ts';
import type { OpenClient } from './client-options.ts';

class QueryTextError extends CodedError {}

/** What a filter may look like, for help. */
export const FILTER_HELP = 'as JSON, such as {"country": "KR"} or {"price": {"$lt": 20}}; $eq, $gt, $gte, $lt and $lte';

/** Gives a command `--at`. */
export function addAtOption(command: Command): Command {
  return command.option('--at <height>', 'read the state after this block, in place of the newest', wholeNumber(0));
}

export function addSortOption(command: Command): Command {
  return command.option('--sort <fields>', 'order along an index, such as country,-people', readFields);
}

export interface AskedQuery {
  readonly sort?: readonly SortField[];
  readonly limit?: number;
  readonly after?: string;
}

/** @throws with QUERY_… or JSON_… for a filter that is none */
export async function queryOf(command: Command, { trust }: OpenClient, named: string, collection: string, filter: string, asked: AskedQuery = {}): Promise<Query> {
  const database = await databaseOf(command, named, trust.spec);
  const read = queryFromJson({ database: toHex(database), collection, filter: filterOf(filter), ...asked });
  if (!read.ok) throw new QueryTextError(read.code, read.message);
  return read.value;
}

export async function countQueryOf(command: Command, open: OpenClient, named: string, collection: string, filter: string): Promise<CountQuery> {
  return queryOf(command, open, named, collection, filter);
}

/** JSON.parse takes a name twice and rounds what is past 2^53: neither may happen to a question without a word. */
function filterOf(text: string): unknown {
  // Operators begin with "$", which names of documents do not.
  readDocument(text.replaceAll(/"\$(eq|gte?|lte?)"(?=\s*:)/g, '"_$1"'), 'the filter, which knows the operators $eq, $gt, $gte, $lt and $lte');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new QueryTextError('QUERY_MALFORMED', `the filter is not JSON; found ${quote(text)}`);
  }
}
