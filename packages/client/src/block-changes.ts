/**
 * What became of a collection in one block. Which documents may have changed, its operations tell, under the body root of a verified header; what they were before and are after
 * it, the state tells, with proofs. Receipts are not asked for: a record holds the height of its last change.
 */
import { equalBytes, toHex } from '@vsys/primitives';
import { blockId, bodyRoot, type Header, headerFromBytes, transactionFromBytes } from '@vsys/data-format';
import type { Value } from '@vsys/data-format/value';
import { DATABASE, documentFromRecord, type StoredDocument } from '@vsys/database/layout';
import { type TouchedDocument, touchedDocuments } from '@vsys/database/ops';
import { type BlockRefJson, rpcLimits } from '@vsys/rpc';
import { ClientError } from '@vsys/rpc/client';
import { bytesFromBase64 } from './base64.ts';
import { clientFailureOfRpc } from './client-failure.ts';
import type { ReadPlace } from './read-rows.ts';

/** One document, from the block's parent to the block. */
export interface DocumentChange {
  /** Place in the order in which the block's operations name documents. */
  readonly index: number;
  readonly id: Value;
  readonly before: StoredDocument | undefined;
  readonly after: StoredDocument | undefined;
}

const NO_BODY = bodyRoot([]);

/** The header of a block that a node told of. @throws ClientError CLIENT_BAD_ANSWER when it is another one's */
export function headerOf(block: BlockRefJson, base64: string): Header {
  const read = headerFromBytes(bytesFromBase64(base64));
  if (!read.ok || toHex(blockId(read.value)) !== block.id || read.value.height !== block.height) throw clientFailureOfRpc('CLIENT_BAD_ANSWER', 'a header is not that of the block that it came with');
  return read.value;
}

/**
 * The documents that a block names, each once.
 *
 * @param header - known, so that the body can be checked against it; undefined: taken from the node, and checked by the block's id
 * @throws ClientError CLIENT_PROOF_FAILED; RPC_NOT_FOUND when the node does not have the block any more
 */
export async function touchedIn({ client, database, collection }: ReadPlace, block: BlockRefJson, known: Header | undefined, signal: AbortSignal): Promise<readonly TouchedDocument[]> {
  if (known !== undefined && equalBytes(known.bodyRoot, NO_BODY)) return [];
  const answer = await client.call('chain_block', { id: block.id }, { signal });
  const header = known ?? headerOf(block, answer.header);
  const transactions = answer.transactions.map(bytesFromBase64);
  if (!equalBytes(bodyRoot(transactions), header.bodyRoot)) throw clientFailureOfRpc('CLIENT_PROOF_FAILED', `the transactions that the node sent are not those of the block at height ${block.height}`, { block });
  const found = new Map<string, TouchedDocument>();
  for (const bytes of transactions) {
    const transaction = transactionFromBytes(bytes);
    for (const { container, payload } of transaction.ok ? transaction.value.body.operations : []) {
      const touched = container === DATABASE ? touchedDocuments(payload) : undefined;
      if (touched === undefined || touched.collection !== collection || !equalBytes(touched.database, database)) continue;
      for (const one of touched.documents) if (!found.has(toHex(one.key))) found.set(toHex(one.key), one);
    }
  }
  return [...found.values()];
}

/**
 * Undefined when the block is not on the node's branch any more: it will tell of that too.
 *
 * @throws ClientError RPC_OUTSIDE_WINDOW when the node does not keep the states any more
 */
export async function changesOf(place: ReadPlace, block: BlockRefJson, header: Header, signal: AbortSignal): Promise<readonly DocumentChange[] | undefined> {
  const touched = await touchedIn(place, block, header, signal);
  const changes: DocumentChange[] = [];
  for (let at = 0; at < touched.length; at += rpcLimits.keysMax) {
    const some = touched.slice(at, at + rpcLimits.keysMax);
    const [after, before] = await Promise.all([recordsAt(place, some, block, signal), recordsAt(place, some, { height: block.height - 1, id: toHex(header.parent) }, signal)]);
    if (after === undefined || before === undefined) return undefined;
    for (const [i, { id }] of some.entries()) {
      const [was, is] = [before[i], after[i]];
      const isChanged = was === undefined ? is !== undefined : is === undefined || !equalBytes(was, is);
      if (isChanged) changes.push({ index: at + i, id, before: was === undefined ? undefined : documentFromRecord(was), after: is === undefined ? undefined : documentFromRecord(is) });
    }
  }
  return changes;
}

async function recordsAt({ client }: ReadPlace, touched: readonly TouchedDocument[], block: BlockRefJson, signal: AbortSignal): Promise<readonly (Uint8Array | undefined)[] | undefined> {
  try {
    const read = await client.values(touched.map(({ key }) => key), { at: block.height, signal });
    return read.block.id === block.id ? read.values : undefined;
  } catch (error) {
    if (!(error instanceof ClientError) || (error.code !== 'CLIENT_BEHIND' && error.code !== 'RPC_OUTSIDE_WINDOW')) throw error;
    await client.follow();
    // Still ours, and yet it cannot be read: that is for the caller to say.
    if (client.holds(block)) throw error;
    return undefined;
  }
}
