import { type Refusal, refuse, type Verdict } from '@vsys/primitives';
import { refusalToJson } from './chain-json.ts';
import { rpcLimits } from './contract.ts';

/** What answers one request of a text. Must not throw. */
export type Handle = (method: string, params: unknown) => Promise<Verdict<unknown>>;

type Id = string | number | null;

/** Numbers of JSON-RPC 2.0 where it has one; everything else is told apart by `data.code`. */
const NUMBERS: Readonly<Record<string, number>> = { RPC_PARSE: -32_700, RPC_REQUEST: -32_600, RPC_METHOD: -32_601, RPC_PARAMS: -32_602, RPC_INTERNAL: -32_603 };
const OTHER_NUMBER = -32_000;

/**
 * Answers a text of JSON-RPC 2.0: one request or a batch of up to `rpcLimits.batchMax`, whose entries are handled one after the other.
 *
 * @returns undefined when there is nothing to answer: the text held notifications only
 * @see https://www.jsonrpc.org/specification
 */
export async function answerJsonRpc(text: string, handle: Handle): Promise<string | undefined> {
  let sent: unknown;
  try {
    sent = JSON.parse(text);
  } catch {
    return errorText(null, refuse('RPC_PARSE', 'the text is not JSON'));
  }
  if (!Array.isArray(sent)) return answerOne(sent, handle);
  if (sent.length === 0) return errorText(null, refuse('RPC_REQUEST', 'a batch has at least one request'));
  if (sent.length > rpcLimits.batchMax) return errorText(null, refuse('RPC_LIMIT', `a batch has at most ${rpcLimits.batchMax} requests; found ${sent.length}`));
  const answers: string[] = [];
  for (const one of sent) {
    const answer = await answerOne(one, handle);
    if (answer !== undefined) answers.push(answer);
  }
  return answers.length === 0 ? undefined : `[${answers.join(',')}]`;
}

export function errorText(id: Id, refusal: Refusal): string {
  const data = refusalToJson(refusal);
  return JSON.stringify({ jsonrpc: '2.0', id, error: { code: NUMBERS[refusal.code] ?? OTHER_NUMBER, message: refusal.message, data } });
}

async function answerOne(sent: unknown, handle: Handle): Promise<string | undefined> {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return errorText(null, refuse('RPC_REQUEST', 'a request is an object'));
  const { jsonrpc, id, method, params } = sent as Readonly<Record<string, unknown>>;
  const known = isId(id) ? id : null;
  if (jsonrpc !== '2.0') return errorText(known, refuse('RPC_REQUEST', 'a request has "jsonrpc":"2.0"'));
  if (typeof method !== 'string') return errorText(known, refuse('RPC_REQUEST', 'a request has a "method", which is a string'));
  if (id !== undefined && !isId(id)) return errorText(null, refuse('RPC_REQUEST', 'an "id" is a string, a number or null'));
  const verdict = await handle(method, params);
  if (id === undefined) return undefined;
  return verdict.ok ? JSON.stringify({ jsonrpc: '2.0', id, result: verdict.value }) : errorText(known, verdict);
}

function isId(id: unknown): id is Id {
  return typeof id === 'string' || typeof id === 'number' || id === null;
}
