import type { Query } from '@vsys/database-query';
import { STATE_KEY_BYTES_MAX } from '@vsys/state';
import { rpcLimits, type RpcMethod } from './contract.ts';
import { base64, hex, type JsonSchema, list, oneOf, query, wholeNumber } from './params.ts';
import { type Fields, object, optional } from './params-object.ts';
import { schemaOf } from './schemas.ts';

type Bytes = Uint8Array;
type None = Record<never, never>;
interface At { readonly at?: number | undefined }

/** The parameters of each call after they were read. */
export interface CallParams {
  chain_info: None;
  chain_spec: None;
  chain_headers: { readonly locator: readonly Bytes[]; readonly max: number };
  chain_jump: { readonly from: Bytes; readonly to: number };
  chain_block: { readonly id?: Bytes | undefined; readonly height?: number | undefined };
  tx_submit: { readonly transactions: readonly Bytes[] };
  tx_status: { readonly id: Bytes };
  account_get: { readonly account: Bytes; readonly lane?: number | undefined } & At;
  state_prove: { readonly keys: readonly Bytes[] } & At;
  state_diff: { readonly from: Bytes; readonly to?: Bytes | undefined; readonly since: number; readonly limit: number } & At;
  db_find: { readonly query: Query } & At;
  db_count: { readonly query: Query } & At;
  db_documents: { readonly query: Query } & At;
  db_explain: { readonly query: Query } & At;
  node_status: None;
  rpc_discover: None;
  subscribe: { readonly topic: 'heads' | 'final' | 'transaction'; readonly after?: Bytes | undefined; readonly id?: Bytes | undefined };
  unsubscribe: { readonly subscription: number };
}

export interface Method<P> {
  readonly summary: string;
  readonly params: Fields<P>;
  readonly result: JsonSchema;
  /** Codes beside those that every call has: RPC_PARAMS, RPC_LIMIT, RPC_BUSY, RPC_INTERNAL. */
  readonly errors: readonly string[];
  readonly only?: 'websocket';
}

const block = schemaOf('BlockRef');
const bytes = base64().schema;
const id = hex(32);
/** Ids of a locator thin out: 2^53 blocks need far fewer. */
const LOCATOR_MAX = 256;
const at = { at: optional(wholeNumber(0)) };
const window = ['RPC_OUTSIDE_WINDOW'];
const ask = { query: query(), ...at };
const askCodes = [...window, 'QUERY_MALFORMED', 'QUERY_NOT_PROVABLE', 'QUERY_LIMIT', 'QUERY_CURSOR'];
const answer = object({ block, answer: schemaOf('Answer') });

/** The one table of the calls: what is read, what is answered, what is refused. The OpenRPC document is made of it. */
export const methods: { readonly [M in RpcMethod]: Method<CallParams[M]> } = {
  chain_info: { summary: 'Which chain this is, its head and its final block', params: {}, result: schemaOf('ChainInfo'), errors: [] },
  chain_spec: {
    summary: 'Canonical bytes of the spec, whose hash is the chain id, and of the first header',
    params: {}, result: object({ spec: bytes, genesis: bytes }), errors: [],
  },
  chain_headers: {
    summary: 'Sealed headers after the newest block of the locator that is canonical here',
    params: { locator: list(id, 1, LOCATOR_MAX), max: wholeNumber(1, rpcLimits.headersMax) },
    result: object({ headers: { type: 'array', items: bytes } }), errors: [],
  },
  chain_jump: {
    summary: 'A final header far above a known final block, with its certificate; an empty object where headers must be followed',
    params: { from: id, to: wholeNumber(0) }, result: object({ header: bytes, certificate: bytes }, ['header', 'certificate']), errors: [],
  },
  chain_block: {
    summary: 'A block by its id, on any branch that is known, or by its height on the canonical one',
    params: { id: optional(id), height: optional(wholeNumber(0)) },
    result: object({ block, final: { type: 'boolean' }, header: bytes, transactions: { type: 'array', items: bytes } }), errors: ['RPC_NOT_FOUND'],
  },
  tx_submit: {
    summary: 'Takes signed transactions into the pool; sending one again is harmless',
    params: { transactions: list(base64(), 1, rpcLimits.transactionsMax) },
    result: object({ results: { type: 'array', items: schemaOf('SubmitResult') } }), errors: [],
  },
  tx_status: { summary: 'Where a transaction stands', params: { id }, result: schemaOf('TransactionStatus'), errors: [] },
  account_get: {
    summary: 'Balance and next sequence of a lane, as claimed by the node',
    params: { account: hex(20), lane: optional(wholeNumber(0, 0xffff_ffff)), ...at },
    result: object({ block, balance: schemaOf('Amount'), sequence: schemaOf('Amount') }), errors: window,
  },
  state_prove: {
    summary: 'Proof of presence or absence of keys of the state',
    params: { keys: list(hex(1, STATE_KEY_BYTES_MAX), 1, rpcLimits.keysMax), ...at }, result: object({ block, proof: bytes }), errors: window,
  },
  state_diff: {
    summary: 'Proofs of what changed in a range of keys since an earlier height, and that it is all',
    params: { from: hex(1, STATE_KEY_BYTES_MAX), to: optional(hex(1, STATE_KEY_BYTES_MAX)), since: wholeNumber(0), limit: wholeNumber(1, rpcLimits.changesMax), ...at },
    result: object({ block, since: block, before: bytes, after: bytes, end: { type: 'string' } }, ['end']), errors: window,
  },
  db_find: { summary: 'Proofs of the documents asked for, and that they are all', params: ask, result: answer, errors: askCodes },
  db_count: { summary: 'Proof of a count', params: ask, result: answer, errors: askCodes },
  db_documents: {
    summary: 'The documents themselves, as claimed by the node, for those who do not check',
    params: ask,
    result: object({ block, tier: { const: 'claimed' }, documents: { type: 'array', items: { type: 'object' } }, more: { type: 'boolean' }, cursor: { type: 'string' } }, ['cursor']),
    errors: [...askCodes, 'QUERY_NO_COLLECTION'],
  },
  db_explain: { summary: 'How a query would be answered', params: ask, result: object({ block, explanation: schemaOf('Explanation') }), errors: [...askCodes, 'QUERY_NO_COLLECTION'] },
  node_status: { summary: 'How this node is', params: {}, result: schemaOf('NodeStatus'), errors: [] },
  rpc_discover: { summary: 'This document', params: {}, result: { type: 'object' }, errors: [] },
  subscribe: {
    summary: 'Events of a topic from now on, or from a token on, as notifications "event"',
    params: { topic: oneOf('heads', 'final', 'transaction'), after: optional(id), id: optional(id) },
    result: object({ subscription: { type: 'integer' } }), errors: [], only: 'websocket',
  },
  unsubscribe: {
    summary: 'Ends a subscription', params: { subscription: wholeNumber(1) }, result: object({ done: { type: 'boolean' } }), errors: [], only: 'websocket',
  },
};
