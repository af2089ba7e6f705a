import { systemClock, toHex } from '@vsys/primitives';
import { bodyToBytes, type ChainSpec, chainId as chainIdOf, type Operation, signingBytes, type TransactionBody, transactionId, transactionToBytes } from '@vsys/data-format';
import { onceFromRecord, onceKey } from '@vsys/database/layout';
import { explainCode } from '@vsys/rpc';
import { type Client, ClientError, type Included, type Stage } from '@vsys/rpc/client';
import { clientFailure, clientFailureOfRpc } from './client-failure.ts';
import { type Cost, costOf } from './cost.ts';
import { pause } from './in-time.ts';
import { driverLimits } from './limits.ts';
import type { Wallet } from './wallet.ts';

export interface SendOptions {
  /** Refuses before anything is signed when the ceiling of the fee is above it: CLIENT_FEE_MAX. */
  readonly feeMax?: bigint | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * A name of yours, up to 56 bytes, for what is to happen once however often it is signed anew: for 10,000 blocks a second write of this key with it is refused with DB_REPEATED, whose
   * `data.first` is the block and transaction that did it. A write that failed leaves the name free.
   */
  readonly once?: string | undefined;
}

/** A transaction that the node has. */
export interface Sent {
  /** Hex. */
  readonly id: string;
  readonly cost: Cost;
  /**
   * When it is as far as asked and did what it says.
   *
   * @throws TransactionFailed with the code of its receipt; ClientError with the code that it was dropped with, or CLIENT_TIMEOUT
   */
  reached(stage: Stage): Promise<Included>;
}

/** A transaction is in a block and did nothing but pay its fee. The code is that of its receipt. */
export class TransactionFailed extends ClientError {}

/** One lane of one key: what is sent through it is in blocks in the order in which it was sent. */
export interface Lane {
  /** Operations of one transaction: all of them happen, or none. Resolves when the node has it; calls at the same time keep their order. */
  send(operations: readonly Operation[], options?: SendOptions): Promise<Sent>;
  /** What sending them would cost at most. */
  cost(operations: readonly Operation[]): Cost;
  /** The transaction that had a key of `once`, if the chain remembers it. Proven. */
  firstOf(key: Uint8Array): Promise<{ readonly height: number; readonly transaction: string } | undefined>;
}

const SCHEME_TAGS = { ed25519: 1, secp256k1: 2, vsys: 3 } as const;
/** The node has no room for it now. */
const BUSY: readonly string[] = ['TX_POOL_FULL', 'TX_SEQUENCE_AHEAD', 'RPC_BUSY'];
/** Nobody knows whether the node has it. */
const UNHEARD: readonly string[] = ['CLIENT_UNREACHABLE', 'CLIENT_TIMEOUT'];
const WAIT_MS = 15_000;

interface Signed {
  readonly id: string;
  readonly bytes: Uint8Array;
  readonly cost: Cost;
}

export function createLane(client: Client, spec: ChainSpec, wallet: Wallet, lane: number): Lane {
  const chainId = chainIdOf(spec);
  /** Undefined until it is read, and again after a transaction was dropped: then those behind it wait for one of its sequence. */
  let sequence: bigint | undefined;
  let height = 0;
  const waiting: Promise<unknown>[] = [];
  let sending: Promise<unknown> = Promise.resolve();
  /** Of each stage, the last one that is waited for: sequences are settled in their order, so one look tells of many. */
  const settling = new Map<Stage, Promise<unknown>>();

  const bodyOf = (operations: readonly Operation[], at: bigint): Omit<TransactionBody, 'gasMax' | 'feeMax'> =>
    ({ chainId, payer: wallet.account, lane, sequence: at, validUntil: height + driverLimits.validBlocks, operations });

  const sign = async (operations: readonly Operation[], at: bigint, { feeMax }: SendOptions): Promise<Signed> => {
    const plain = bodyOf(operations, at);
    const cost = costOf(spec, plain);
    if (feeMax !== undefined && cost.feeMax > feeMax) throw clientFailure('CLIENT_FEE_MAX', `it may cost ${cost.feeMax}, feeMax is ${feeMax}; nothing was signed`, { cost });
    const bodyBytes = bodyToBytes({ ...plain, gasMax: cost.gasMax, feeMax: cost.feeMax });
    const { publicKey } = wallet;
    const authorization = { scheme: SCHEME_TAGS[publicKey.scheme], publicKey: publicKey.bytes, signature: await wallet.sign(signingBytes(bodyBytes)) };
    return { id: toHex(transactionId(bodyBytes)), bytes: transactionToBytes({ bodyBytes, authorizations: [authorization] }), cost };
  };

  /** The refusal of the node, if it refuses. The same bytes again are harmless, so a node that was not heard is asked again. */
  const submit = async ({ id, bytes }: Signed, signal: AbortSignal | undefined, endMs: number): Promise<ClientError | undefined> => {
    for (let tries = 0; ; tries++) {
      try {
        const [result] = await client.submit([bytes], { signal });
        if (result === undefined || !('error' in result)) return undefined;
        const { code, message, remedy, data } = result.error;
        // The first try may have come through, and its answer not.
        if (tries > 0 && code === 'TX_SEQUENCE_USED' && (await client.status(id, { signal })).kind !== 'unknown') return undefined;
        return new ClientError(code, message, { ...data, remedy });
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        if (BUSY.includes(error.code)) return error;
        if (!UNHEARD.includes(error.code) || systemClock.nowMs() > endMs) throw error;
        await pause(Math.min(driverLimits.resendMs * 2 ** tries, driverLimits.resendMsMax), signal);
        signal?.throwIfAborted();
      }
    }
  };

  const sendNow = async (operations: readonly Operation[], options: SendOptions): Promise<Sent> => {
    const { signal } = options;
    const endMs = systemClock.nowMs() + driverLimits.stalledMs;
    for (let tries = 0; ;) {
      signal?.throwIfAborted();
      while (waiting.length >= driverLimits.waitingMax) await quiet(waiting[0]);
      if (sequence === undefined) {
        const account = await client.account(wallet.account, { lane, signal });
        sequence = account.sequence;
        height = Math.max(height, account.block.height);
      }
      const signed = await sign(operations, sequence, options);
      const refused = await submit(signed, signal, endMs);
      if (refused === undefined) {
        sequence += 1n;
        return waitedFor(signed);
      }
      if (refused.code === 'TX_SEQUENCE_USED' && ++tries <= driverLimits.sequenceTriesMax) {
        const next = refused.data.next === undefined ? undefined : BigInt(String(refused.data.next));
        sequence = next !== undefined && next > sequence ? next : sequence + 1n;
      } else if (BUSY.includes(refused.code) && systemClock.nowMs() < endMs) await (waiting.length > 0 ? quiet(waiting[0]) : nextHead(client, signal));
      else throw refused;
    }
  };

  const waitedFor = (signed: Signed): Sent => {
    const reached = (stage: Stage): Promise<Included> => {
      const settled = (settling.get(stage) ?? Promise.resolve()).then(() => settle(signed, stage));
      settling.set(stage, quiet(settled));
      return settled;
    };
    const included = reached('included');
    waiting.push(included);
    void quiet(included).then(() => waiting.splice(waiting.indexOf(included), 1));
    const known = new Map<Stage, Promise<Included>>([['included', included]]);
    return {
      id: signed.id, cost: signed.cost,
      async reached(stage) {
        await included;
        const one = known.get(stage) ?? reached(stage);
        known.set(stage, one);
        return one;
      },
    };
  };

  const settle = async (signed: Signed, stage: Stage): Promise<Included> => {
    const endMs = systemClock.nowMs() + driverLimits.stalledMs;
    for (;;) {
      const status = await client.status(signed.id).catch(unheard);
      if (status !== undefined && 'receipt' in status) {
        height = Math.max(height, status.height);
        if (isAsFar(status.kind, stage)) return succeeded(signed.id, status);
      } else if (status?.kind === 'dropped') {
        sequence = undefined;
        throw new ClientError(status.code, `the node dropped the transaction ${signed.id}: ${explainCode(status.code)?.cause ?? 'it does not say why'}`);
      } else if (status?.kind === 'unknown') {
        // A node that was started anew has lost what waited in it.
        const refused = await submit(signed, undefined, endMs);
        if (refused !== undefined && !BUSY.includes(refused.code)) {
          sequence = undefined;
          throw refused;
        }
      }
      const leftMs = endMs - systemClock.nowMs();
      if (leftMs <= 0) throw clientFailureOfRpc('CLIENT_TIMEOUT', `the transaction ${signed.id} was not ${stage} within ${driverLimits.stalledMs / 1_000} s; it may still be`);
      await client.waitFor(signed.id, stage, { timeoutMs: Math.min(WAIT_MS, leftMs) }).catch(unheard);
      if (status === undefined) await pause(driverLimits.resendMs);
    }
  };

  return {
    async firstOf(key) {
      const { values: [record] } = await client.values([onceKey(wallet.account, key)]);
      if (record === undefined) return undefined;
      const { height: at, transactionId: id } = onceFromRecord(record);
      return { height: at, transaction: toHex(id) };
    },
    cost: (operations) => costOf(spec, bodyOf(operations, sequence ?? 0n)),
    send(operations, options = {}) {
      const sent = sending.then(() => sendNow(operations, options));
      sending = quiet(sent);
      return sent;
    },
  };
}

const STAGES: readonly string[] = ['included', 'safe', 'final'] satisfies readonly Stage[];

function isAsFar(reached: string, stage: Stage): boolean {
  return STAGES.indexOf(reached) >= STAGES.indexOf(stage);
}

function succeeded(id: string, included: Included): Included {
  const { receipt: { status, code, feePaid }, height } = included;
  if (status === 'ok') return included;
  throw new TransactionFailed(code, `${explainCode(code)?.cause ?? 'the operation failed'}; so says the receipt of transaction ${id} in block ${height}, which did nothing but pay ${feePaid}`, { id, height });
}

/** The node may be there again later. */
function unheard(error: unknown): undefined {
  if (!(error instanceof ClientError) || !UNHEARD.includes(error.code)) throw error;
}

async function quiet(work: Promise<unknown> | undefined): Promise<void> {
  await work?.catch(() => {});
}

async function nextHead(client: Client, signal: AbortSignal | undefined): Promise<void> {
  const stop = AbortSignal.any([AbortSignal.timeout(WAIT_MS), ...(signal === undefined ? [] : [signal])]);
  let heads = 0;
  // The first one tells of the head that is there.
  for await (const event of client.subscribe({ topic: 'heads' }, { signal: stop })) if (event.topic === 'heads' && ++heads === 2) return;
}
