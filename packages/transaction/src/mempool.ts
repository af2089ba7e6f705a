import { type Height, type Refusal, type Verdict, accept, equalBytes, refuse, toHex } from '@vsys/primitives';
import type { StateView } from '@vsys/state';
import { type AdmissionCode, type CheckedTransaction, feeCeiling, isExpired } from './admission.ts';
import { balanceKey, numberFromRecord, sequenceKey } from './coin.ts';
import type { FeeRules } from '@vsys/data-format';

export interface MempoolLimits {
  readonly transactionsMax: number;
  readonly bytesMax: number;
  /** Per payer, so that one account cannot fill the pool. */
  readonly perPayerMax: number;
  /** How far ahead of its lane's next sequence a transaction may wait. */
  readonly aheadMax: bigint;
}

export const mempoolDefaults: MempoolLimits = { transactionsMax: 50_000, bytesMax: 64 << 20, perPayerMax: 10_000, aheadMax: 4_096n };

/** Transactions that wait for a block. Order: by lane and sequence; lanes in order of arrival. */
export interface Mempool {
  readonly size: number;
  readonly bytes: number;
  has(idHex: string): boolean;
  get(idHex: string): CheckedTransaction | undefined;
  /** The transaction of exactly these bytes, without decoding them. It may miss one that is there; then the id finds it. */
  getSame(bytes: Uint8Array): CheckedTransaction | undefined;
  /** Admits transactions whose signatures passed, against the state after the head. Resubmitting is harmless. */
  add(checked: readonly CheckedTransaction[], view: StateView, nextHeight: Height): Promise<readonly Verdict<'pooled' | 'known', AdmissionCode>[]>;
  /** Candidates for a block on this state, in an order in which they can execute. */
  candidates(view: StateView, nextHeight: Height, limits: { readonly bytesMax: number; readonly gasMax: bigint }): Promise<readonly CheckedTransaction[]>;
  /** Forgets what a block included, and what can never be included after it: used sequences and expired ones, which it returns. */
  settle(included: readonly CheckedTransaction[], height: Height): readonly { readonly checked: CheckedTransaction; readonly reason: 'TX_EXPIRED' | 'TX_SEQUENCE_USED' }[];
  /** Puts back what a reorganisation took out of the chain. */
  restore(checked: readonly CheckedTransaction[]): void;
  /** Ids in order of arrival, for relaying. */
  all(): Iterable<CheckedTransaction>;
}

interface Lane {
  readonly key: Uint8Array;
  readonly bySequence: Map<bigint, CheckedTransaction>;
}

export function createMempool(fees: FeeRules, limits: MempoolLimits = mempoolDefaults): Mempool {
  const byId = new Map<string, CheckedTransaction>();
  const byEnd = new Map<string, CheckedTransaction>();
  const lanes = new Map<string, Lane>();
  const perPayer = new Map<string, number>();
  let bytes = 0;

  const laneName = (checked: CheckedTransaction): string => `${toHex(checked.transaction.body.payer)}/${checked.transaction.body.lane}`;
  const insert = (checked: CheckedTransaction): void => {
    const { payer, lane, sequence } = checked.transaction.body;
    const name = laneName(checked);
    const found = lanes.get(name) ?? { key: sequenceKey(payer, lane), bySequence: new Map<bigint, CheckedTransaction>() };
    found.bySequence.set(sequence, checked);
    lanes.set(name, found);
    byId.set(checked.idHex, checked);
    byEnd.set(endOf(checked.bytes), checked);
    bytes += checked.bytes.length;
    const payerName = toHex(payer);
    perPayer.set(payerName, (perPayer.get(payerName) ?? 0) + 1);
  };
  const remove = (checked: CheckedTransaction): void => {
    const held = byId.get(checked.idHex);
    if (held === undefined) return;
    byId.delete(checked.idHex);
    const end = endOf(held.bytes);
    if (byEnd.get(end) === held) byEnd.delete(end);
    const name = laneName(checked);
    const lane = lanes.get(name);
    lane?.bySequence.delete(checked.transaction.body.sequence);
    if (lane?.bySequence.size === 0) lanes.delete(name);
    bytes -= held.bytes.length;
    const payerName = toHex(checked.transaction.body.payer);
    const left = (perPayer.get(payerName) ?? 1) - 1;
    if (left === 0) perPayer.delete(payerName);
    else perPayer.set(payerName, left);
  };

  const admit = (checked: CheckedTransaction, next: bigint, balance: bigint, height: Height): Verdict<'pooled' | 'known', AdmissionCode> => {
    if (byId.has(checked.idHex)) return accept('known');
    const { body } = checked.transaction;
    if (isExpired(checked, height)) return refuse('TX_EXPIRED', `valid until height ${body.validUntil}, the next block is ${height}`);
    if (body.sequence < next) return refuse('TX_SEQUENCE_USED', `lane ${body.lane} stands at ${next}, the transaction has ${body.sequence}`, { next });
    if (body.sequence > next + limits.aheadMax) return refuse('TX_SEQUENCE_AHEAD', `lane ${body.lane} stands at ${next}; at most ${limits.aheadMax} may wait ahead`, { next });
    const other = lanes.get(laneName(checked))?.bySequence.get(body.sequence);
    if (other !== undefined) return refuse('TX_SEQUENCE_USED', `another transaction of lane ${body.lane} waits with sequence ${body.sequence}`, { waiting: other.idHex });
    if (balance < feeCeiling(fees, checked.bytes.length, body.gasMax)) return refuse('TX_CANNOT_PAY', `the payer holds ${balance}, the transaction may cost more`);
    return roomFor(checked) ?? (insert(checked), accept('pooled'));
  };
  const roomFor = (checked: CheckedTransaction): Refusal<AdmissionCode> | undefined => {
    const full = byId.size >= limits.transactionsMax || bytes + checked.bytes.length > limits.bytesMax;
    if (full) return refuse('TX_POOL_FULL', `the pool holds ${byId.size} transactions, ${bytes} bytes; send it again after the next block`);
    if ((perPayer.get(toHex(checked.transaction.body.payer)) ?? 0) >= limits.perPayerMax) {
      return refuse('TX_POOL_FULL', `this payer has ${limits.perPayerMax} transactions waiting; send it again after the next block`);
    }
    return undefined;
  };

  return {
    get size() { return byId.size; },
    get bytes() { return bytes; },
    has: (idHex) => byId.has(idHex),
    get: (idHex) => byId.get(idHex),
    getSame(wanted) {
      const found = byEnd.get(endOf(wanted));
      return found !== undefined && equalBytes(found.bytes, wanted) ? found : undefined;
    },
    all: () => byId.values(),
    async add(checked, view, nextHeight) {
      const keys = checked.flatMap(({ transaction: { body } }) => [sequenceKey(body.payer, body.lane), balanceKey(body.payer)]);
      const values = await view.getMany(keys);
      return checked.map((one, i) => admit(one, numberFromRecord(values[2 * i]), numberFromRecord(values[2 * i + 1]), nextHeight));
    },
    async candidates(view, nextHeight, { bytesMax, gasMax }) {
      const list = [...lanes.values()];
      const next = (await view.getMany(list.map((lane) => lane.key))).map(numberFromRecord);
      return pick(list, next, nextHeight, bytesMax, gasMax);
    },
    settle(included, height) {
      const gone: { checked: CheckedTransaction; reason: 'TX_EXPIRED' | 'TX_SEQUENCE_USED' }[] = [];
      for (const checked of included) {
        remove(checked);
        const { sequence } = checked.transaction.body;
        const rival = lanes.get(laneName(checked))?.bySequence.get(sequence);
        if (rival === undefined) continue;
        remove(rival);
        gone.push({ checked: rival, reason: 'TX_SEQUENCE_USED' });
      }
      for (const checked of byId.values()) {
        if (!isExpired(checked, height + 1)) continue;
        remove(checked);
        gone.push({ checked, reason: 'TX_EXPIRED' });
      }
      return gone;
    },
    restore(checked) {
      // Back in without the limits: they had their place before, and dropping them here would lose what was acknowledged.
      for (const one of checked) {
        if (!byId.has(one.idHex) && lanes.get(laneName(one))?.bySequence.has(one.transaction.body.sequence) !== true) insert(one);
      }
    },
  };
}

/** Transactions end in a signature, so their last bytes tell them apart; whoever makes two that end alike loses the short cut for one. */
function endOf(bytes: Uint8Array): string {
  return toHex(bytes.subarray(-16));
}

/** One transaction of each lane in turn, each lane in its own order, until the block is full. */
function pick(lanes: readonly Lane[], next: bigint[], height: Height, bytesMax: number, gasMax: bigint): CheckedTransaction[] {
  const picked: CheckedTransaction[] = [];
  let bytes = 0;
  let gas = 0n;
  let live = lanes.map((_, i) => i);
  while (live.length > 0) {
    const still: number[] = [];
    for (const i of live) {
      const found = (lanes[i] as Lane).bySequence.get(next[i] as bigint);
      if (found === undefined || isExpired(found, height)) continue;
      if (bytes + found.bytes.length > bytesMax || gas + found.transaction.body.gasMax > gasMax) continue;
      picked.push(found);
      bytes += found.bytes.length;
      gas += found.transaction.body.gasMax;
      next[i] = (next[i] as bigint) + 1n;
      still.push(i);
    }
    live = still;
  }
  return picked;
}
