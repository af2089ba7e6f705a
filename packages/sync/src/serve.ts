import { accept, refuse } from '@vsys/primitives';
import type { Chain } from '@vsys/consensus';
import { blockToBytes, sealedHeaderToBytes } from '@vsys/data-format';
import type { ProtocolRule } from '@vsys/p2p';
import { SYNC_LIMITS } from './sync-limits.ts';
import { fitting, headToBytes, listFromBytes, listToBytes } from './wire.ts';

const rule = (requestBytesMax: number, responseBytesMax: number, serve: ProtocolRule['serve']): ProtocolRule => ({
  requestBytesMax, responseBytesMax, serve, concurrentPerPeerMax: SYNC_LIMITS.requestsConcurrentPerPeerMax, perPeerPerSecondMax: SYNC_LIMITS.requestsPerPeerPerSecondMax,
});

/** What a node answers to its peers. Every answer is bounded by bytes, and a prefix of what was asked. */
export function serveProtocols(chain: Chain): Readonly<Record<string, ProtocolRule>> {
  return {
    head: rule(0, 40, () => Promise.resolve(accept(headToBytes(chain.head.height, chain.head.id)))),
    headers: rule(36 * SYNC_LIMITS.locatorIdsMax, SYNC_LIMITS.headersReplyBytesMax, async (_from, bytes) => {
      const locator = listFromBytes(bytes, SYNC_LIMITS.locatorIdsMax);
      if (locator === undefined || locator.some((id) => id.length !== 32)) return refuse('SYNC_MALFORMED', 'expected a list of block ids');
      const headers = await chain.headersAfter(locator, SYNC_LIMITS.headersPerReplyMax);
      return accept(listToBytes(fitting(headers.map(sealedHeaderToBytes), SYNC_LIMITS.headersReplyBytesMax)));
    }),
    bodies: rule(36 * SYNC_LIMITS.bodiesPerRequestMax, SYNC_LIMITS.bodiesReplyBytesMax, async (_from, bytes) => {
      const ids = listFromBytes(bytes, SYNC_LIMITS.bodiesPerRequestMax);
      if (ids === undefined || ids.some((id) => id.length !== 32)) return refuse('SYNC_MALFORMED', 'expected a list of block ids');
      const blocks: Uint8Array[] = [];
      let total = 0;
      for (const id of ids) {
        const block = await chain.blockById(id);
        const encoded = block === undefined ? undefined : blockToBytes(block);
        if (encoded === undefined || total + encoded.length + 4 > SYNC_LIMITS.bodiesReplyBytesMax) break;
        blocks.push(encoded);
        total += encoded.length + 4;
      }
      return accept(listToBytes(blocks));
    }),
    pool: rule(0, SYNC_LIMITS.poolReplyBytesMax, () => {
      const waiting = chain.pooled(SYNC_LIMITS.batchItemsMax * 10).map(({ bytes }) => bytes);
      return Promise.resolve(accept(listToBytes(fitting(waiting, SYNC_LIMITS.poolReplyBytesMax))));
    }),
  };
}
