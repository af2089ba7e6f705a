import { type BlockId, equalBytes, toHex } from '@vsys/primitives';
import { blockIdOfBytes, bodyRoot, type Header, headerFromBytes } from '@vsys/data-format';
import { type Client, ClientError } from '@vsys/rpc/client';
import { fromBase64 } from './from-base64.ts';

export interface FetchedBlock {
  readonly header: Header;
  readonly headerBytes: Uint8Array;
  readonly transactions: readonly Uint8Array[];
}

/**
 * A block by its id: the header is the one of the id, and the body the one of the header. Whether it is on the chain, the id does not tell.
 *
 * @throws ClientError CLIENT_BAD_ANSWER
 */
export async function fetchBlock(client: Client, id: BlockId): Promise<FetchedBlock> {
  const answer = await client.call('chain_block', { id: toHex(id) });
  const headerBytes = fromBase64(answer.header);
  const header = headerFromBytes(headerBytes);
  const transactions = Array.isArray(answer.transactions) ? answer.transactions.map(fromBase64) : [];
  const isAsked = header.ok && equalBytes(blockIdOfBytes(headerBytes), id);
  if (!isAsked || !equalBytes(bodyRoot(transactions), header.value.bodyRoot)) {
    throw new ClientError('CLIENT_BAD_ANSWER', `the node answered with another block, or another body, than that of ${toHex(id)}`, { remedy: 'use another node' });
  }
  return { header: header.value, headerBytes, transactions };
}
