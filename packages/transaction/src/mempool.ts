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
  readonly name: string;
  readonly payer: string;
  readonly key: Uint8Array;
  readonly bySequence: Map<bigint, CheckedTransaction>;
}

export function createMempool(fees: FeeRules, limits: MempoolLimits = mempoolDefaults): Mempool {
  const byId = new Map<string, { readonly checked: CheckedTransaction; readonly lane: Lane }>();
  const byEnd = new Map<string, CheckedTransaction>();
  const lanes = new Map<string, Lane>();
  const perPayer = new Map<string, number>();
  let bytes = 0;

  /** No later than the first expiry of what is in it: until then nobody looks for one. */
  let firstExpiry = Number.POSITIVE_INFINITY;

  const laneOf = ({ transaction: { body } }: CheckedTransaction): Lane => {
    const payer = toHex(body.payer);
    const name = `${payer}/${body.lane}`;
    return lanes.get(name) ?? { name, payer, key: sequenceKey(body.payer, body.lane), bySequence: new Map<bigint, CheckedTransaction>() };
  };
  const insert = (checked: CheckedTransaction, lane: Lane): void => {
    const { sequence, validUntil } = checked.transaction.body;
    lane.bySequence.set(sequence, checked);
    lanes.set(lane.name, lane);
    byId.set(checked.idHex, { checked, lane });
    byEnd.set(endOf(checked.bytes), checked);
    bytes += checked.bytes.length;
    firstExpiry = Math.min(firstExpiry, validUntil);
    perPayer.set(lane.payer, (perPayer.get(lane.payer) ?? 0) + 1);
  };
  const remove = ({ idHex }: CheckedTransaction): void => {
    const found = byId.get(idHex);
    if (found === undefined) return;
    const { checked: held, lane } = found;
    byId.delete(idHex);
    const end = endOf(held.bytes);
    if (byEnd.get(end) === held) byEnd.delete(end);
    lane.bySequence.delete(held.transaction.body.sequence);
    if (lane.bySequence.size === 0) lanes.delete(lane.name);
    bytes -= held.bytes.length;
    const left = (perPayer.get(lane.payer) ?? 1) - 1;
    if (left === 0) perPayer.delete(lane.payer);
    else perPayer.set(lane.payer, left);
  };

  const admit = (checked: CheckedTransaction, next: bigint, balance: bigint, height: Height): Verdict<'pooled' | 'known', AdmissionCode> => {
    if (byId.has(checked.idHex)) return accept('known');
    const { body } = checked.transaction;
    if (isExpired(checked, height)) return refuse('TX_EXPIRED', `valid until height ${body.validUntil}, the next block is ${height}`);
    if (body.sequence < next) return refuse('TX_SEQUENCE_USED', `lane ${body.lane} stands at ${next}, the transaction has ${body.sequence}`, { next });
    if (body.sequence > next + limits.aheadMax) return refuse('TX_SEQUENCE_AHEAD', `lane ${body.lane} stands at ${next}; at most ${limits.aheadMax} may wait ahead`, { next });
    const lane = laneOf(checked);
    const other = lane.bySequence.get(body.sequence);
    if (other !== undefined) return refuse('TX_SEQUENCE_USED', `another transaction of lane ${body.lane} waits with sequence ${body.sequence}`, { waiting: other.idHex });
    if (balance < feeCeiling(fees, checked.bytes.length, body.gasMax)) return refuse('TX_CANNOT_PAY', `the payer holds ${balance}, the transaction may cost more`);
    return roomFor(checked, lane) ?? (insert(checked, lane), accept('pooled'));
  };
  const roomFor = (checked: CheckedTransaction, lane: Lane): Refusal<AdmissionCode> | undefined => {
    const full = byId.size >= limits.transactionsMax || bytes + checked.bytes.length > limits.bytesMax;
    if (full) return refuse('TX_POOL_FULL', `the pool holds ${byId.size} transactions, ${bytes} bytes; send it again after the next block`);
    if ((perPayer.get(lane.payer) ?? 0) >= limits.perPayerMax) {
      return refuse('TX_POOL_FULL', `this payer has ${limits.perPayerMax} transactions waiting; send it again after the next block`);
    }
    return undefined;
  };

  return {
    get size() { return byId.size; },
    get bytes() { return bytes; },
    has: (idHex) => byId.has(idHex),
    get: (idHex) => byId.get(idHex)?.checked,
    getSame(wanted) {
      const found = byEnd.get(endOf(wanted));
      return found !== undefined && equalBytes(found.bytes, wanted) ? found : undefined;
    },
    *all() {
      for (const { checked } of byId.values()) yield checked;
    },
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
        const lane = laneOf(checked);
        remove(checked);
        const rival = lane.bySequence.get(checked.transaction.body.sequence);
        if (rival === undefined) continue;
        remove(rival);
        gone.push({ checked: rival, reason: 'TX_SEQUENCE_USED' });
      }
      if (firstExpiry > height) return gone;
      firstExpiry = Number.POSITIVE_INFINITY;
      for (const { checked } of byId.values()) {
        if (isExpired(checked, height + 1)) {
          remove(checked);
          gone.push({ checked, reason: 'TX_EXPIRED' });
        } else firstExpiry = Math.min(firstExpiry, checked.transaction.body.validUntil);
      }
      return gone;
    },
    restore(checked) {
      // Back in without the limits: they had their place before, and dropping them here would lose what was acknowledged.
      for (const one of checked) {
        const lane = laneOf(one);
        if (!byId.has(one.idHex) && !lane.bySequence.has(one.transaction.body.sequence)) insert(one, lane);
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
