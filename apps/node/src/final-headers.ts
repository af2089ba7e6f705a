import { type BlockId, equalBytes, toHex } from '@vsys/primitives';
import { createHeaderChain } from '@vsys/consensus/rules';
import { blockId, type SealedHeader, sealedHeaderFromBytes } from '@vsys/data-format';
import { rpcLimits } from '@vsys/rpc';
import { type Client, ClientError, type Trust } from '@vsys/rpc/client';
import { fromBase64 } from './from-base64.ts';

export interface FinalHeader {
  readonly id: BlockId;
  readonly sealed: SealedHeader;
}

/**
 * Headers from the first one on as far as they are final, each checked by the rules of the chain: for those who need all of them, where
 * a client keeps the newest.
 *
 * @throws ClientError CLIENT_HEADER_REFUSED, CLIENT_BAD_ANSWER
 */
export async function* finalHeaders(client: Client, { spec, genesis, rules }: Trust): AsyncGenerator<FinalHeader, void, void> {
  const chain = createHeaderChain({ rules, spec, genesis });
  /** Not final yet, lowest first. */
  let open: FinalHeader[] = [];
  yield { id: chain.tip.id, sealed: { header: genesis, seal: new Uint8Array() } };
  for (;;) {
    const batch = await ask(client, [...open.slice(-16).map(({ id }) => id).toReversed(), chain.final.id]);
    const first = batch[0];
    if (first === undefined) return;
    const parent = first.sealed.header.parent;
    const sealed = batch.map((one) => one.sealed);
    const goesOn = equalBytes(parent, chain.tip.id);
    const taken = goesOn ? chain.extend(sealed) : chain.replaceFrom(parent, sealed);
    if (!taken.ok) {
      // A branch that does not outrank ours brings nothing new.
      if (taken.code === 'HEADER_RANK') return;
      throw new ClientError('CLIENT_HEADER_REFUSED', `a header of the node does not hold: ${taken.message}`, { reason: taken.code });
    }
    open = [...(goesOn ? open : open.slice(0, 1 + open.findIndex(({ id }) => equalBytes(id, parent)))), ...batch];
    const final = open.filter(({ sealed: { header } }) => header.height <= chain.final.height);
    open = open.slice(final.length);
    yield* final;
    if (batch.length < rpcLimits.headersMax) return;
  }
}

async function ask(client: Client, locator: readonly BlockId[]): Promise<readonly FinalHeader[]> {
  const { headers } = await client.call('chain_headers', { locator: locator.map(toHex), max: rpcLimits.headersMax });
  if (!Array.isArray(headers) || headers.length > rpcLimits.headersMax) throw new ClientError('CLIENT_BAD_ANSWER', 'the answer of the node is not as promised: headers is a list');
  return headers.map((one) => {
    const sealed = sealedHeaderFromBytes(fromBase64(one));
    if (!sealed.ok) throw new ClientError('CLIENT_BAD_ANSWER', `the answer of the node is not as promised: a header is ${sealed.code}`);
    return { id: blockId(sealed.value.header), sealed: sealed.value };
  });
}
