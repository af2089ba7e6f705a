import { systemClock } from '@vsys/primitives';
import { type Document, documentFromJson } from '@vsys/data-format/value';
import { collectionFromRecord, collectionKey, type CollectionRecord, type DatabaseId } from '@vsys/database/layout';
import { compileFilter, conditionsOf, type Matches, type Query, queryLimits, queryToJson, type SortField } from '@vsys/database-query/verify';
import type { BlockRefJson } from '@vsys/rpc';
import { type Client, ClientError } from '@vsys/rpc/client';
import { clientFailure, clientFailureOfRpc } from './client-failure.ts';
import type { Asked } from './find-cursor.ts';
import { driverLimits } from './limits.ts';
import { byFields, sortFieldsOf, splitFilter } from './split-filter.ts';

/**
 * What stands behind an answer. `proven`: proofs under a header that this client verified, of a block that was new. `stale`: proven too, of a head that is old by this
 * machine's clock, or is behind what was seen before; it may have changed since. `claimed`: the word of the node.
 */
export type Proof = 'proven' | 'claimed' | 'stale';

export interface ReadOptions {
  /** false: the node's word is enough, and no header is followed. By default proofs are asked for and checked. */
  readonly verify?: boolean | undefined;
  /** The state after the block of this height, as far back as the node keeps states. By default the newest. */
  readonly asOf?: number | undefined;
  /** Rows that are looked through where no index answers; at more it ends with CLIENT_SCAN_MAX. By default `driverLimits.scanMax`. */
  readonly scanMax?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Row {
  readonly document: Document;
  readonly version: bigint | undefined;
  readonly height: number | undefined;
}

/** One question under way. Block and proof are known with the first page. */
export interface RowSource {
  readonly block: BlockRefJson | undefined;
  readonly proof: Proof | undefined;
  rows(): AsyncGenerator<Row, void, void>;
}

/** Where a collection is read. */
export interface ReadPlace {
  readonly client: Client;
  readonly database: DatabaseId;
  readonly collection: string;
  /** The first header is the node's word: what stands under it is claimed. */
  readonly genesisIsClaimed: boolean;
}

interface Page {
  readonly block: BlockRefJson;
  readonly rows: readonly Row[];
  readonly cursor: Uint8Array | undefined;
}

type AskPage = (query: Query, at: number | undefined) => Promise<Page>;

/** Reads what an index answers page by page, and chooses the rest out of it here, with the whole filter. */
export function readRows(place: ReadPlace, filter: Document, asked: Asked, options: ReadOptions): RowSource {
  const { scanMax = driverLimits.scanMax, signal, asOf } = options;
  const sort = sortFieldsOf(asked.sort);
  const askPage = options.verify === false ? claimedPages(place, signal) : provenPages(place, signal);
  let block: BlockRefJson | undefined;

  const pages = async function* (query: Omit<Query, 'database' | 'collection' | 'after'>, first?: Page): AsyncGenerator<readonly Row[], void, void> {
    const base: Query = { database: place.database, collection: place.collection, ...query, ...(query.sort?.length === 0 ? { sort: [] } : {}) };
    let page = first ?? await askPage(base, block?.height ?? asOf);
    for (;;) {
      if (block !== undefined && block.id !== page.block.id) throw clientFailure('CLIENT_CURSOR', `the block at height ${block.height} was undone while its documents were read; ask anew`, { block });
      block = page.block;
      yield page.rows;
      if (page.cursor === undefined) return;
      page = await askPage({ ...base, after: page.cursor }, block.height);
    }
  };

  const rows = async function* (): AsyncGenerator<Row, void, void> {
    const wanted = (asked.limit ?? Number.POSITIVE_INFINITY) + asked.skip;
    const whole = { filter, sort, limit: pageSize(asked.batchSize, wanted) };
    const first = isAskable(filter) ? await askPage({ database: place.database, collection: place.collection, ...whole }, asOf).catch(notProvable) : undefined;
    if (first !== undefined) {
      yield* cut(flat(pages(whole, first)), asked.skip, wanted);
      return;
    }
    const matches = compileFilter(filter);
    if (!matches.ok) throw new ClientError(matches.code, matches.message);
    const split = options.verify === false ? { filter: new Map(), sort: [], inOrder: sort.length === 0 } : splitFilter(await collectionOf(place, { asOf, signal }), place.database, filter, sort);
    const limit = pageSize(asked.batchSize, Number.POSITIVE_INFINITY);
    const found = scanned(pages({ filter: split.filter, sort: split.sort, limit }), matches.value, scanMax);
    yield* cut(split.inOrder ? found : ordered(found, sort), asked.skip, wanted);
  };

  return {
    rows,
    get block() {
      return block;
    },
    get proof() {
      return block === undefined ? undefined : options.verify === false ? 'claimed' : proofOf(place, block, asOf !== undefined);
    },
  };
}

/** How fresh a proven answer is. @param isPinned - its height was asked for */
export function proofOf({ client, genesisIsClaimed }: Pick<ReadPlace, 'client' | 'genesisIsClaimed'>, block: BlockRefJson, isPinned: boolean): Proof {
  if (block.height === 0 && genesisIsClaimed) return 'claimed';
  if (isPinned) return 'proven';
  const { tip, tipTimeMs } = client.followed;
  return block.height < tip.height - 1 || systemClock.nowMs() - tipTimeMs > driverLimits.staleMs ? 'stale' : 'proven';
}

/** The record of a collection, which names its indexes. Proven. @throws ClientError QUERY_NO_COLLECTION, proven too */
export async function collectionOf({ client, database, collection }: ReadPlace, { asOf, signal }: Pick<ReadOptions, 'asOf' | 'signal'> = {}): Promise<CollectionRecord> {
  const { values: [record] } = await client.values([collectionKey(database, collection)], { at: asOf, signal });
  const read = record === undefined ? undefined : collectionFromRecord(record);
  if (read?.name !== collection) throw new ClientError('QUERY_NO_COLLECTION', `there is no collection "${collection}"`);
  return read;
}

function provenPages({ client }: ReadPlace, signal: AbortSignal | undefined): AskPage {
  return async (query, at) => {
    const { documents, cursor, block } = await client.find(query, { at, signal });
    return { block, cursor, rows: documents };
  };
}

function claimedPages({ client }: ReadPlace, signal: AbortSignal | undefined): AskPage {
  return async (query, at) => {
    const { block, documents, cursor } = await client.call('db_documents', { query: queryToJson(query), ...(at === undefined ? {} : { at }) }, { signal });
    return { block, cursor: cursor === undefined ? undefined : Uint8Array.from(cursor.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)), rows: documents.map((document) => ({ document: claimedDocument(document), version: undefined, height: undefined })) };
  };
}

function claimedDocument(json: unknown): Document {
  const read = documentFromJson(JSON.stringify(json));
  if (!read.ok) throw clientFailureOfRpc('CLIENT_BAD_ANSWER', `a document of the node cannot be read: ${read.message}`);
  return read.value;
}

/** Whether the node knows the operators at all. */
function isAskable(filter: Document): boolean {
  const read = conditionsOf(filter);
  if (!read.ok && read.code !== 'QUERY_NOT_PROVABLE') throw new ClientError(read.code, read.message);
  return read.ok;
}

function notProvable(error: unknown): undefined {
  if (!(error instanceof ClientError) || error.code !== 'QUERY_NOT_PROVABLE') throw error;
}

function pageSize(batchSize: number | undefined, wanted: number): number {
  return Math.max(1, Math.min(batchSize ?? queryLimits.documentsDefault, wanted, queryLimits.documentsMax));
}

async function* flat(pages: AsyncIterable<readonly Row[]>): AsyncGenerator<Row, void, void> {
  for await (const page of pages) yield* page;
}

async function* scanned(pages: AsyncIterable<readonly Row[]>, matches: Matches, scanMax: number): AsyncGenerator<Row, void, void> {
  let seen = 0;
  for await (const row of flat(pages)) {
    if (++seen > scanMax) throw clientFailure('CLIENT_SCAN_MAX', `no index answers this, and more than ${scanMax} documents would have to be looked through`, { scanMax });
    if (matches(row.document)) yield row;
  }
}

async function* ordered(rows: AsyncIterable<Row>, sort: readonly SortField[]): AsyncGenerator<Row, void, void> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  const order = byFields(sort);
  yield* all.toSorted((a, b) => order(a.document, b.document));
}

async function* cut(rows: AsyncIterable<Row>, skip: number, end: number): AsyncGenerator<Row, void, void> {
  let at = 0;
  if (end === 0) return;
  for await (const row of rows) {
    if (at >= skip) yield row;
    if (++at >= end) return;
  }
}
