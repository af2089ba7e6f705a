import type { Query } from '@vsys/database-query/verify';
import { type AskOptions, type Client, ClientError, type Found } from '@vsys/rpc/client';

const PAGE = 1_000;

/**
 * All answers to a query, at the block of the first one.
 *
 * @throws ClientError CLIENT_BEHIND when that block is undone meanwhile
 */
export async function* findPages(client: Client, query: Query, { at }: AskOptions = {}): AsyncGenerator<Found, void, void> {
  let page = await client.find({ ...query, limit: PAGE }, { at });
  const { block } = page;
  yield page;
  while (page.cursor !== undefined) {
    page = await client.find({ ...query, limit: PAGE, after: page.cursor }, { at: block.height });
    if (page.block.id !== block.id) throw new ClientError('CLIENT_BEHIND', `the block at height ${block.height} was undone while it was read`, { remedy: 'begin again' });
    yield page;
  }
}
