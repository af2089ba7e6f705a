/**
 * The calls of a node, as types: what the server answers, what the client asks, and what the OpenRPC document tells.
 * On the wire everything is JSON: ids and hashes are lower-case hex, byte strings are base64, amounts are decimal strings, heights are numbers.
 */
import type { AnswerJson, ExplanationJson, QueryJson } from '@vsys/database-query';

/** A block, by height and id. */
export interface BlockRefJson {
  readonly height: number;
  /** Hex, 32 bytes. */
  readonly id: string;
}

export interface ChainInfo {
  readonly chainId: string;
  readonly name: string;
  /** Consensus module, such as `spos@1`. */
  readonly module: string;
  readonly genesis: BlockRefJson;
  readonly head: BlockRefJson & { readonly timeMs: number; readonly stateRoot: string };
  /** What the consensus module holds to stay, at final or above it; a reorganisation may take it back. */
  readonly safe: BlockRefJson;
  readonly final: BlockRefJson;
}

export interface NodeStatus {
  readonly version: string;
  readonly chainId: string;
  readonly head: BlockRefJson & { readonly timeMs: number; readonly stateRoot: string };
  /** What the consensus module holds to stay, at final or above it; a reorganisation may take it back. */
  readonly safe: BlockRefJson;
  readonly final: BlockRefJson;
  readonly peers: number;
  readonly syncing: boolean;
  readonly pool: { readonly transactions: number; readonly bytes: number };
  /** What the consensus module says of itself: seats, quorum, what it tolerates. */
  readonly consensus: Readonly<Record<string, unknown>>;
  /** Proofs of double signing that this node found since it started. Any account may send the operation of one that is kept. */
  readonly evidence: readonly EvidenceJson[];
  readonly uptimeMs: number;
}

export interface EvidenceJson {
  readonly id: string;
  /** Height of the head when it was found. */
  readonly height: number;
  readonly state: 'kept' | 'sent' | 'done' | 'refused';
  /** Why it is not sent, or was refused. */
  readonly code?: string;
  readonly transaction?: string;
  /** Payload in base64. Absent where the chain punishes nobody. */
  readonly operation?: { readonly container: string; readonly payload: string };
}

export interface ReceiptJson {
  readonly status: 'ok' | 'failed';
  /** Code of the failure; empty when it did not fail. */
  readonly code: string;
  readonly gasUsed: string;
  readonly feePaid: string;
}

export type TransactionStatusJson =
  | { readonly kind: 'unknown' | 'pooled' }
  | { readonly kind: 'dropped'; readonly code: string }
  | { readonly kind: 'included' | 'safe' | 'final'; readonly height: number; readonly blockId: string; readonly index: number; readonly receipt: ReceiptJson };

/** One entry per transaction, in the order sent. */
export type SubmitResult =
  | { readonly id: string; readonly status: 'pooled' | 'known' }
  | { readonly error: RpcErrorData };

export interface RpcErrorData {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A canonical block that state is read at; absent: the head. */
export interface AtHeight {
  readonly at?: number;
}

/** Every call: its parameters by name, and what it answers. */
export interface RpcMethods {
  chain_info: { params: Record<string, never>; result: ChainInfo };
  /** The canonical bytes whose hash is the chain id, and the first header, which a client checks by the id or trusts with it. */
  chain_spec: { params: Record<string, never>; result: { readonly spec: string; readonly genesis: string } };
  /** Sealed headers after the newest block of the locator (ids, newest first) that is canonical here, else after genesis; up to `max`, 1 to 512. */
  chain_headers: { params: { readonly locator: readonly string[]; readonly max: number }; result: { readonly headers: readonly string[] } };
  /** A final header up to height `to`, with what shows it to who knows the final block `from` (an id); nothing where the headers in between must be followed. */
  chain_jump: { params: { readonly from: string; readonly to: number }; result: { readonly header?: string; readonly certificate?: string } };
  /** By id, or by height on the canonical branch. */
  chain_block: {
    params: { readonly id: string } | { readonly height: number };
    result: { readonly block: BlockRefJson; readonly final: boolean; readonly header: string; readonly transactions: readonly string[] };
  };
  /** Canonical bytes of 1 to 256 signed transactions. Sending one again is harmless. */
  tx_submit: { params: { readonly transactions: readonly string[] }; result: { readonly results: readonly SubmitResult[] } };
  tx_status: { params: { readonly id: string }; result: TransactionStatusJson };
  /** Claimed by the node; `state_prove` shows it. `lane` by default 0. */
  account_get: { params: { readonly account: string; readonly lane?: number } & AtHeight; result: { readonly block: BlockRefJson; readonly balance: string; readonly sequence: string } };
  /** Proof of presence or absence of 1 to 256 keys of the state after `block`. */
  state_prove: { params: { readonly keys: readonly string[] } & AtHeight; result: { readonly block: BlockRefJson; readonly proof: string } };
  /**
   * Proofs of what is other in a range of keys after `block` than after the block of height `since`: up to `limit` changes, 1 to 1,000. `end`, when there are more, is the key where the answer was cut: the range up to
   * there is what is shown, and the next question begins with it.
   */
  state_diff: {
    params: { readonly from: string; readonly to?: string; readonly since: number; readonly limit: number } & AtHeight;
    result: { readonly block: BlockRefJson; readonly since: BlockRefJson; readonly before: string; readonly after: string; readonly end?: string };
  };
  /** Proofs of the rows and that they are all; what they show is the answer. */
  db_find: { params: { readonly query: QueryJson } & AtHeight; result: { readonly block: BlockRefJson; readonly answer: AnswerJson } };
  db_count: { params: { readonly query: QueryJson } & AtHeight; result: { readonly block: BlockRefJson; readonly answer: AnswerJson } };
  /** The same question for those who do not check, such as `curl`: documents in EJSON, marked `claimed`. */
  db_documents: {
    params: { readonly query: QueryJson } & AtHeight;
    result: { readonly block: BlockRefJson; readonly tier: 'claimed'; readonly documents: readonly unknown[]; readonly more: boolean; readonly cursor?: string };
  };
  db_explain: { params: { readonly query: QueryJson } & AtHeight; result: { readonly block: BlockRefJson; readonly explanation: ExplanationJson } };
  node_status: { params: Record<string, never>; result: NodeStatus };
  /** The OpenRPC document of this node. */
  rpc_discover: { params: Record<string, never>; result: Readonly<Record<string, unknown>> };
  /** WebSocket only. `after` is the token of the last event seen: events go on from there, undone blocks included. */
  subscribe: { params: SubscribeParams; result: { readonly subscription: number } };
  /** WebSocket only. */
  unsubscribe: { params: { readonly subscription: number }; result: { readonly done: boolean } };
}

export type SubscribeParams =
  | { readonly topic: 'heads'; readonly after?: string }
  | { readonly topic: 'final' }
  | { readonly topic: 'transaction'; readonly id: string };

/** What a subscription sends, as the `params` of a notification `event`. */
export type RpcEvent =
  /** Undone blocks, newest first, then new ones, oldest first. `token` goes into `after`. */
  | { readonly subscription: number; readonly topic: 'heads'; readonly token: string; readonly undone: readonly BlockRefJson[]; readonly applied: readonly (BlockRefJson & { readonly header: string })[] }
  | { readonly subscription: number; readonly topic: 'final'; readonly final: BlockRefJson }
  /** Whenever it changes; the last one is `final` or `dropped`. */
  | { readonly subscription: number; readonly topic: 'transaction'; readonly status: TransactionStatusJson }
  /** The reader was too slow, or `after` is older than this node knows: ask again from the state. Nothing is dropped silently. */
  | { readonly subscription: number; readonly topic: 'gap'; readonly reason: string };

export type RpcMethod = keyof RpcMethods;
export type RpcParams<M extends RpcMethod> = RpcMethods[M]['params'];
export type RpcResult<M extends RpcMethod> = RpcMethods[M]['result'];

/** Codes of the server itself; those of the chain, the pool and the database pass through. */
export type RpcCode = 'RPC_PARSE' | 'RPC_REQUEST' | 'RPC_METHOD' | 'RPC_PARAMS' | 'RPC_LIMIT' | 'RPC_BUSY' | 'RPC_HOST' | 'RPC_NOT_FOUND' | 'RPC_OUTSIDE_WINDOW' | 'RPC_INTERNAL';

/** Codes of the client. */
export type ClientCode =
  | 'CLIENT_UNREACHABLE' | 'CLIENT_TIMEOUT' | 'CLIENT_WRONG_CHAIN' | 'CLIENT_BEHIND' | 'CLIENT_PROOF_FAILED' | 'CLIENT_HEADER_REFUSED' | 'CLIENT_BAD_ANSWER';

export const rpcLimits = { requestBytesMax: 16_777_216, headersMax: 512, transactionsMax: 256, keysMax: 256, changesMax: 1_000, subscriptionsMax: 64, batchMax: 32 } as const;
