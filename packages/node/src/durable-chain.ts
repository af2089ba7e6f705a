import { equalBytes, toHex } from '@vsys/primitives';
import type { GuardStore } from '@vsys/consensus';
import { NodeError } from './node-error.ts';

const RECORD = 'chain';

/**
 * Ties the durable records to one chain. Marks of another chain would keep a seat silent, or let it sign what it signed before.
 *
 * @throws NodeError `NODE_SIGNER_DATA`; what `durable` throws
 */
export async function assertDurableOfChain(durable: GuardStore, chainId: Uint8Array): Promise<void> {
  const found = await durable.load(RECORD);
  if (found === undefined) return durable.save(RECORD, chainId);
  if (equalBytes(found, chainId)) return;
  throw new NodeError('NODE_SIGNER_DATA', `the signer's records belong to chain ${toHex(found)}, the spec is of ${toHex(chainId)}: give this node its own records, or another data folder; never remove those of a key in use`);
}
