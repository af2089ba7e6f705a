import { equalBytes, toHex } from '@vsys/primitives';
import { blockId, type ChainSpec, chainId, type SealedHeader, sealedHeaderFromBytes } from '@vsys/data-format';
import { rpcLimits } from '../contract.ts';
import { explainCode } from '../remedies.ts';
import { badAnswer, clientError } from './client-error.ts';
import type { Call } from './http-call.ts';
import { askHead, jumpHeaders, type JumpLimits } from './jump-headers.ts';
import { clientLimits } from './limits.ts';
import { readBytes, readHash, readList, readObject } from './read-json.ts';
import type { Followed, VerifiedHeaders } from './verified-headers.ts';

/** @throws ClientError CLIENT_WRONG_CHAIN */
export async function checkChain(call: Call, spec: ChainSpec): Promise<void> {
  const info = readObject(await call('chain_info', {}), 'chain_info');
  const found = readHash(info.chainId, 'chainId');
  const trusted = toHex(chainId(spec));
  if (found !== trusted) throw clientError('CLIENT_WRONG_CHAIN', `the node serves the chain ${found}, the trusted one is ${trusted}`);
}

/**
 * Asks for headers until there are no more, and for a certificate in place of very many. Those of another branch are gathered until they outrank ours; when they do not, ours is kept.
 *
 * @throws ClientError CLIENT_HEADER_REFUSED, and headers before the refused one are kept; CLIENT_BEHIND for a node without the block of the checkpoint
 */
export async function followHeaders(call: Call, headers: VerifiedHeaders, limits: JumpLimits = clientLimits): Promise<Followed> {
  const max = rpcLimits.headersMax;
  const head = headers.canJump ? await askHead(call) : 0;
  let gathered: readonly SealedHeader[] = [];
  let ahead: Promise<readonly SealedHeader[]> | undefined;
  for (let reached = -1; ;) {
    if (await jumpHeaders(call, headers, head, limits)) {
      gathered = [];
      ahead = undefined;
    }
    const newest = gathered.at(-1);
    let batch = await (ahead ?? askHeaders(call, locatorAfter(newest, headers), max));
    // What was asked for before the last ones were taken names older places: when the node changed its branch, those of now are asked for.
    if (ahead !== undefined && !goesOnFrom(newest, batch)) batch = await askHeaders(call, locatorAfter(newest, headers), max);
    const last = batch.at(-1);
    // The next ones are on their way while these are checked.
    ahead = batch.length === max && (last?.header.height ?? 0) > reached ? askHeaders(call, locatorAfter(last, headers), max) : undefined;
    ahead?.catch(() => undefined);
    // A node that changed its branch meanwhile starts from one of ours again.
    gathered = goesOnFrom(newest, batch) ? [...gathered, ...batch] : batch;
    await headers.checkAhead(gathered);
    const taken = headers.take(gathered);
    if (!taken.ok && taken.code !== 'HEADER_RANK') {
      if (taken.code === 'HEADER_BELOW_CHECKPOINT') throw clientError('CLIENT_BEHIND', taken.message, { reason: taken.code, tip: headers.followed.tip, remedy: explainCode(taken.code)?.remedy });
      throw clientError('CLIENT_HEADER_REFUSED', `a header of the node does not hold: ${taken.message}`, { reason: taken.code, tip: headers.followed.tip });
    }
    const height = last?.header.height ?? reached;
    // Whoever sends the same heights again is not followed in circles.
    if (batch.length < max || height <= reached || (!taken.ok && gathered.length >= clientLimits.branchMax)) return headers.followed;
    reached = height;
    if (taken.ok) gathered = gathered.slice(-1);
  }
}

function goesOnFrom(newest: SealedHeader | undefined, batch: readonly SealedHeader[]): boolean {
  return newest !== undefined && batch[0] !== undefined && equalBytes(batch[0].header.parent, blockId(newest.header));
}

function locatorAfter(newest: SealedHeader | undefined, headers: VerifiedHeaders): readonly string[] {
  const locator = headers.locator();
  return (newest === undefined ? locator : [blockId(newest.header), ...locator]).map(toHex);
}

async function askHeaders(call: Call, locator: readonly string[], max: number): Promise<readonly SealedHeader[]> {
  const answer = readObject(await call('chain_headers', { locator, max }), 'chain_headers');
  return readList(answer.headers, 'headers', max).map((one, i) => {
    const sealed = sealedHeaderFromBytes(readBytes(one, `headers[${i}]`));
    if (!sealed.ok) throw badAnswer(`headers[${i}] is a sealed header (${sealed.code})`);
    return sealed.value;
  });
}
