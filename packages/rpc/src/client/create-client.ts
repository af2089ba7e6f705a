import { type AccountId, equalBytes, toHex, type Verdict } from '@vsys/primitives';
import { chainId } from '@vsys/data-format';
import type { StoredDocument } from '@vsys/database/layout';
import type { ChangesRange } from '@vsys/state/proof';
import { type CountQuery, type Query, queryToJson } from '@vsys/database-query/verify';
import type { BlockRefJson, RpcEvent, SubmitResult, SubscribeParams, TransactionStatusJson } from '../contract.ts';
import { clientError, errorOfRefusal } from './client-error.ts';
import { checkChain, followHeaders } from './follow-headers.ts';
import { type Call, type CallerOptions, type CallOptions, createHttpCall, reachOf } from './http-call.ts';
import { inTime } from './in-time.ts';
import { clientLimits } from './limits.ts';
import { type AccountState, accountKeys, accountOf, type AskOptions, type ChangesRaw, type Counted, type Found, type FoundRaw, type ProvenChanges, type ProvenKeys, type ProvenValues, verifyCounted, verifyDiff, verifyFound, verifyValues } from './proven-reads.ts';
import { checkId, readBlockAt, readBytes, readHex, readObject, readStatus, readText } from './read-json.ts';
import { submitTransactions } from './submit.ts';
import { followEvents } from './subscribe.ts';
import { createVerifiedHeaders, type Followed, type Trust } from './verified-headers.ts';
import { type Included, reachedStage, type Stage, type WaitOptions } from './wait-for.ts';

/** How often a question is asked whose answers are each of a block that was undone meanwhile. */
const ASKED_MAX = 3;

export interface ClientOptions extends CallerOptions {
  readonly trust: Trust;
}

/** Every method throws `ClientError`, with a code of the client or of the node, and the reason of a signal that was aborted. */
export interface Client extends Disposable {
  /** Any call, as the node answers it: claimed, and not looked at. */
  readonly call: Call;
  /** How far headers are verified now. */
  readonly followed: Followed;
  /** Catches up with the headers of the node. Calls at the same time share the work. */
  follow(): Promise<Followed>;
  /** Whether a block is on the branch of verified headers, among the newest that are kept. */
  holds(block: BlockRefJson): boolean;
  /**
   * The final block that was verified, for `trust.checkpoint` of a later client, which then begins there. Canonical bytes, some hundred of them.
   * Keep them where nobody else writes: they are believed as the spec is.
   */
  checkpoint(): Uint8Array;
  /** Proven. The refusals of a query are shown too: QUERY_NO_COLLECTION, QUERY_NOT_PROVABLE and the like. */
  find(query: Query, options?: AskOptions): Promise<Found>;
  /** All documents, answer after answer, of one block: `limit` is the number of one answer. CLIENT_BEHIND when that block was undone meanwhile. */
  findAll(query: Query, options?: AskOptions): AsyncGenerator<StoredDocument, void, void>;
  count(query: CountQuery, options?: AskOptions): Promise<Counted>;
  /** Balance and next sequence of a lane, 0 by default. Proven, also that there is nothing. */
  account(account: AccountId, options?: AskOptions & { readonly lane?: number | undefined }): Promise<AccountState>;
  /**
   * What keys of the state hold, proven. The layouts of containers tell the keys.
   *
   * @param keys - 1 to `rpcLimits.keysMax`
   */
  values(keys: readonly Uint8Array[], options?: AskOptions): Promise<ProvenValues>;
  /**
   * What changed in a range of keys since an earlier height, up to `limit` changes (1 to `rpcLimits.changesMax`), proven: also that nothing else did. Equal parts of the state are neither sent nor looked at.
   *
   * @param since - height of a canonical block that is kept, here and by the node
   */
  changes(range: ChangesRange, since: number, limit: number, options?: AskOptions): Promise<ProvenChanges>;
  /** The answer to `find` with its proofs, not checked yet. */
  ask(query: Query, options?: AskOptions): Promise<FoundRaw>;
  /** Checks an answer under the headers that are verified now; follows none. */
  verifyFind(query: Query, raw: FoundRaw): Verdict<Found>;
  /** @param transactions - canonical bytes, any number. One result each, in their order; the ids are checked */
  submit(transactions: readonly Uint8Array[], options?: CallOptions): Promise<readonly SubmitResult[]>;
  /**
   * Claimed.
   *
   * @param id - hex, as in the result of `submit`
   */
  status(id: string, options?: CallOptions): Promise<TransactionStatusJson>;
  /**
   * The status when a transaction is in a block, in one that the chain's rule holds to be safe, or in a final one. Claimed; throws the code it
   * was dropped with. Included and safe may be undone; see the receipt for whether it failed.
   */
  waitFor(id: string, stage: Stage, options?: WaitOptions): Promise<Included>;
  /** Events, claimed, over a connection of its own that is made anew when it breaks: heads go on after the last one told. Ends quietly when aborted or closed. */
  subscribe(params: SubscribeParams, options?: CallOptions): AsyncGenerator<RpcEvent, void, void>;
  /** Gives up what is under way: calls throw CLIENT_CLOSED, subscriptions end. */
  close(): void;
}

/**
 * A client of one node that trusts a chain's spec, its first header and its rules, and no node.
 *
 * @throws ClientError CLIENT_UNREACHABLE for a url that is not http or https, CLIENT_WRONG_CHAIN for a genesis that is not of the spec,
 * CLIENT_CHECKPOINT for a checkpoint that is not of this chain and module, or damaged: begin without it
 * @example
 * const client = createClient({ url: 'http://localhost:9930', trust: { spec, genesis, rules } });
 * const { documents, block } = await client.find({ database, collection: 'people', filter: new Map([['age', 7n]]) });
 */
export function createClient(options: ClientOptions): Client {
  const { trust } = options;
  if (!equalBytes(trust.genesis.chainId, chainId(trust.spec))) throw clientError('CLIENT_WRONG_CHAIN', 'trust.genesis is the first header of another chain than that of trust.spec');
  const closing = new AbortController();
  const reach = reachOf(options, closing.signal);
  const call = createHttpCall(reach);
  const headers = createVerifiedHeaders(trust);
  let isChainChecked = false;
  let following: Promise<Followed> | undefined;

  const catchUp = async (): Promise<Followed> => {
    if (!isChainChecked) await checkChain(call, trust.spec);
    isChainChecked = true;
    return followHeaders(call, headers);
  };
  const follow = (): Promise<Followed> => {
    following ??= catchUp().finally(() => { following = undefined; });
    return following;
  };
  /** Checks an answer under the header of its block, after catching up when that is not known yet. Where the block was undone meanwhile, it asks anew. */
  const proven = async <Raw extends { readonly block: BlockRefJson }, T>(ask: () => Promise<Raw>, verify: (raw: Raw) => Verdict<T>): Promise<T> => {
    for (let asked = 1; ; asked++) {
      const raw = await ask();
      // The first may be one that was under way before the block was made.
      for (let tries = 0; tries < 2 && headers.stateRoot(raw.block) === undefined; tries++) await follow();
      if (headers.stateRoot(raw.block) === undefined && asked < ASKED_MAX) continue;
      const verdict = verify(raw);
      if (!verdict.ok) throw errorOfRefusal(verdict);
      return verdict.value;
    }
  };
  const askDatabase = async (method: 'db_find' | 'db_count', query: Query, { at, signal }: AskOptions): Promise<FoundRaw> => {
    const { block, answer } = readObject(await call(method, { query: queryToJson(query), ...(at === undefined ? {} : { at }) }, { signal }), method);
    const { collectionProof, rangeProof, documentsProof } = readObject(answer, 'answer');
    return {
      block: readBlockAt(block, at),
      answer: { collectionProof: readText(collectionProof, 'collectionProof'), rangeProof: readText(rangeProof, 'rangeProof'), documentsProof: readText(documentsProof, 'documentsProof') },
    };
  };
  const find = async (query: Query, asked: AskOptions = {}): Promise<Found> => proven(() => askDatabase('db_find', query, asked), (raw) => verifyFound(headers, query, raw));
  const askKeys = async (keys: readonly Uint8Array[], { at, signal }: AskOptions): Promise<ProvenKeys> => {
    const { block, proof } = readObject(await call('state_prove', { keys: keys.map(toHex), ...(at === undefined ? {} : { at }) }, { signal }), 'state_prove');
    return { block: readBlockAt(block, at), proof: readBytes(proof, 'proof') };
  };
  const values = (keys: readonly Uint8Array[], asked: AskOptions = {}): Promise<ProvenValues> => proven(() => askKeys(keys, asked), (raw) => verifyValues(headers, keys, raw));
  const askChanges = async ({ from, to }: ChangesRange, since: number, limit: number, { at, signal }: AskOptions): Promise<ChangesRaw> => {
    const params = { from: toHex(from), ...(to === undefined ? {} : { to: toHex(to) }), since, limit, ...(at === undefined ? {} : { at }) };
    const { block, since: earlier, before, after, end } = readObject(await call('state_diff', params, { signal }), 'state_diff');
    return {
      block: readBlockAt(block, at), since: readBlockAt(earlier, since), proof: { before: readBytes(before, 'before'), after: readBytes(after, 'after') },
      end: end === undefined ? undefined : readHex(end, 'end'),
    };
  };
  const subscribe = (params: SubscribeParams, { signal }: CallOptions = {}): AsyncGenerator<RpcEvent, void, void> =>
    followEvents(reach, params, signal === undefined ? closing.signal : AbortSignal.any([closing.signal, signal]));
  const close = (): void => closing.abort(clientError('CLIENT_CLOSED', 'the client was closed'));

  return {
    call, follow, find, subscribe, close,
    get followed() {
      return headers.followed;
    },
    holds: (block) => headers.stateRoot(block) !== undefined,
    checkpoint: () => headers.checkpoint(),
    async *findAll({ after, ...query }, { at, signal } = {}) {
      let cursor = after;
      let pinned: BlockRefJson | undefined;
      do {
        const page: Found = await find({ ...query, ...(cursor === undefined ? {} : { after: cursor }) }, { at: pinned?.height ?? at, signal });
        if (pinned !== undefined && page.block.id !== pinned.id) throw clientError('CLIENT_BEHIND', `the block at height ${pinned.height} was undone while its documents were read; begin again`, { block: pinned });
        pinned = page.block;
        yield* page.documents;
        cursor = page.cursor;
      } while (cursor !== undefined);
    },
    count: async (query, asked = {}) => proven(() => askDatabase('db_count', query, asked), (raw) => verifyCounted(headers, query, raw)),
    values,
    changes: (range, since, limit, asked = {}) => proven(() => askChanges(range, since, limit, asked), (raw) => verifyDiff(headers, range, raw)),
    account: async (account, { lane = 0, ...asked } = {}) => accountOf(await values(accountKeys(account, lane), asked)),
    ask: (query, asked = {}) => askDatabase('db_find', query, asked),
    verifyFind: (query, raw) => verifyFound(headers, query, raw),
    submit: (transactions, sent = {}) => submitTransactions(call, transactions, sent),
    async status(id, asked = {}) {
      checkId(id);
      return readStatus(await call('tx_status', { id }, asked));
    },
    async waitFor(id, stage, { timeoutMs = clientLimits.waitMs, signal } = {}) {
      checkId(id);
      const { clock, timers } = reach;
      const reached = (stop: AbortSignal): Promise<Included | undefined> => reachedStage(subscribe({ topic: 'transaction', id }, { signal: stop }), stage);
      const status = await inTime(reached, { timeoutMs, clock, timers, signals: [closing.signal, signal], what: `waiting for a transaction to be ${stage}` });
      // Such events end with a last status only, or when somebody stops them, which was thrown.
      if (status === undefined) throw clientError('CLIENT_BAD_ANSWER', 'the events of the transaction ended before it was settled');
      return status;
    },
    [Symbol.dispose]: close,
  };
}
