import { toHex } from '@vsys/primitives';
import { transactionFromBytes, transactionId } from '@vsys/data-format';
import { rpcLimits, type SubmitResult } from '../contract.ts';
import { toBase64 } from './base64.ts';
import { badAnswer } from './client-error.ts';
import type { Call, CallOptions } from './http-call.ts';
import { readList, readObject, readSubmitResult } from './read-json.ts';

/** Of a request, beside its transactions. */
const ENVELOPE_BYTES = 1_024;

/**
 * Sends transactions in as many calls as they need, one after the other.
 *
 * @throws ClientError; calls before it were heard. Sending all again is harmless
 */
export async function submitTransactions(call: Call, transactions: readonly Uint8Array[], options: CallOptions): Promise<readonly SubmitResult[]> {
  const results: SubmitResult[] = [];
  for (const sent of inRequests(transactions)) {
    const answer = readObject(await call('tx_submit', { transactions: sent.map(toBase64) }, options), 'tx_submit');
    const answered = readList(answer.results, 'results', sent.length);
    if (answered.length !== sent.length) throw badAnswer(`results has ${sent.length} entries, one for each transaction`);
    results.push(...answered.map((one, i) => readSubmitResult(one, idOf(sent[i] as Uint8Array))));
  }
  return results;
}

function idOf(bytes: Uint8Array): string | undefined {
  const read = transactionFromBytes(bytes);
  return read.ok ? toHex(transactionId(read.value.bodyBytes)) : undefined;
}

/** By number and by bytes, whichever is reached first. */
function inRequests(transactions: readonly Uint8Array[]): readonly (readonly Uint8Array[])[] {
  const requests: Uint8Array[][] = [];
  let length = 0;
  for (const bytes of transactions) {
    const own = 4 * Math.ceil(bytes.length / 3) + 3;
    const open = requests.at(-1);
    if (open === undefined || open.length >= rpcLimits.transactionsMax || length + own > rpcLimits.requestBytesMax) {
      requests.push([bytes]);
      length = ENVELOPE_BYTES + own;
    } else {
      open.push(bytes);
      length += own;
    }
  }
  return requests;
}
