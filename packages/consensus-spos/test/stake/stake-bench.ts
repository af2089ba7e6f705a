import { createGasMeter, createStateJournal, KeysNotLoaded } from '@vsys/container';
import type { BlockContext, Container, StateJournal } from '@vsys/container';
import { seatListFromBytes, SEAT_LIST_KEY, createStakeContainer, stakeDefaults } from '@vsys/consensus-spos';
import type { Seat, SposParams, StakeParams } from '@vsys/consensus-spos';
import { contendResultFromBytes, leaseRecordFromBytes, mintingBalance, stakeKey, stakeRecordFromBytes, SUPPLY_KEY, supplyRecordFromBytes } from '@vsys/consensus-spos/ops';
import type { ContendResult, StakeRecord } from '@vsys/consensus-spos/ops';
import { compareBytes, fromHex, toHex, uint64FromBytes } from '@vsys/primitives';
import type { AccountId } from '@vsys/primitives';
import { balanceKey, createCoinContainer, numberFromRecord, numberToRecord, transfer } from '@vsys/transaction';
import { paramsOf, seatOf, verifySignature } from '../support.ts';

export const CHAIN: Uint8Array = new Uint8Array(32).fill(7);
export const accountOf = (number: number): AccountId => new Uint8Array(20).fill(number);
export const keyOf = (number: number): Uint8Array => new Uint8Array(32).fill(number);

export interface BenchCall {
  readonly container: string;
  readonly payload: Uint8Array;
}

/** Blocks of calls over a state in memory, without fees: each call is a transaction of its own, or the calls of one are given together. */
export interface StakeBench {
  readonly height: number;
  readonly container: Container;
  readonly params: SposParams;
  /** Code or `ok` of each transaction, and its last result. */
  block(transactions?: readonly (readonly [actor: number, ...calls: BenchCall[]])[], author?: number): { readonly becomes: string; readonly result: Uint8Array }[];
  /** One transaction in a block. */
  run(actor: number, ...calls: BenchCall[]): string;
  contend(actor: number, call: BenchCall): ContendResult | string;
  blocks(count: number, author?: number): void;
  record(account: number): StakeRecord | undefined;
  balance(account: number): bigint;
  minting(account: number): bigint;
  seats(): readonly Seat[];
  /** Everything that exists, and what has been burned and minted. */
  coins(): { readonly there: bigint; readonly minted: bigint; readonly burned: bigint };
  readonly writes: number;
  readonly reads: number;
}

const seatAccounts = 4;

/** Seats 0, 4, 8 and 12 of accounts 1 to 4. @param balances - of accounts by number */
export function createStakeBench(stake: Partial<StakeParams>, balances: Readonly<Record<number, bigint>>, more: Partial<SposParams> = {}): StakeBench {
  const params = paramsOf(seatAccounts, {
    slots: 60, gap: 4, epochBlocks: 1, seats: Array.from({ length: seatAccounts }, (_, i) => seatOf(i, 4 * i)), stake: { ...stakeDefaults, contendFee: 0n, contendMinimum: 0n, ...stake }, ...more });
  const container = createStakeContainer(params, { chainId: CHAIN, verifySignature });
  const coin = createCoinContainer();
  const state = new Map<string, Uint8Array>((container.genesis?.(new Uint8Array()) ?? []).map(({ key, value }) => [toHex(key), value]));
  for (const [number, amount] of Object.entries(balances)) state.set(toHex(balanceKey(accountOf(Number(number)))), numberToRecord(amount) as Uint8Array);
  let [height, writes, reads] = [0, 0, 0];

  const load = (journal: StateJournal, keys: readonly Uint8Array[]): void => {
    reads += keys.length;
    for (const key of keys) journal.load(key, state.get(toHex(key)));
  };
  const untilLoaded = <T>(journal: StateJournal, undo: () => void, run: () => T): T => {
    for (;;) {
      try {
        return run();
      } catch (thrown) {
        if (!(thrown instanceof KeysNotLoaded)) throw thrown;
        undo();
        load(journal, thrown.keys);
      }
    }
  };
  const runTransaction = (journal: StateJournal, block: BlockContext, actor: AccountId, calls: readonly BenchCall[]): { becomes: string; result: Uint8Array } => {
    let result = new Uint8Array();
    for (const [index, { container: name, payload }] of calls.entries()) {
      const runs = name === container.name ? container : coin;
      const checked = runs.check(payload);
      if (!checked.ok) return { becomes: checked.code, result: new Uint8Array() };
      const done = untilLoaded(journal, () => journal.revertOperation(), () =>
        runs.execute(payload, { block, transactionId: new Uint8Array(32), index, count: calls.length, actor, payer: actor, signers: [actor], state: journal, gas: createGasMeter(10_000_000n) }));
      if (!done.ok) {
        journal.revert();
        return { becomes: done.code, result: new Uint8Array() };
      }
      journal.endOperation();
      result = Uint8Array.from(done.value);
    }
    journal.commit();
    return { becomes: 'ok', result };
  };
  const record = (account: number): StakeRecord | undefined => {
    const bytes = state.get(toHex(stakeKey(accountOf(account))));
    return bytes === undefined ? undefined : stakeRecordFromBytes(bytes);
  };
  const supply = (): { minted: bigint; burned: bigint } => supplyRecordFromBytes(state.get(toHex(SUPPLY_KEY)));
  const bench: StakeBench = {
    get height() { return height; },
    get writes() { return writes; },
    get reads() { return reads; },
    container, params,
    block(transactions = [], author) {
      height++;
      const block: BlockContext = { chainId: CHAIN, height, timeMs: 1_000 * height, parent: new Uint8Array(32) };
      const journal = createStateJournal();
      const results = transactions.map(([actor, ...calls]) => runTransaction(journal, block, accountOf(actor), calls));
      const prefix = balanceKey(new Uint8Array());
      const changed = journal.writes().filter(({ key }) => toHex(key).startsWith(toHex(prefix))).map(({ key }) => key.slice(prefix.length)).sort(compareBytes);
      untilLoaded(journal, () => journal.revert(), () => container.endBlock?.({ block, ...(author === undefined ? {} : { author: accountOf(author) }), balancesChanged: changed, state: journal }));
      journal.commit();
      const kept = journal.writes();
      writes += kept.length;
      for (const { key, value } of kept) {
        if (value === undefined) state.delete(toHex(key));
        else state.set(toHex(key), value);
      }
      return results;
    },
    run: (actor, ...calls) => bench.block([[actor, ...calls]])[0]!.becomes,
    contend(actor, call) {
      const [done] = bench.block([[actor, call]]);
      return contendResultFromBytes(done!.result) ?? done!.becomes;
    },
    blocks(count, author) {
      for (let i = 0; i < count; i++) bench.block([], author);
    },
    record,
    balance: (account) => numberFromRecord(state.get(toHex(balanceKey(accountOf(account))))),
    minting(account) {
      const found = record(account);
      return found === undefined ? 0n : mintingBalance(params.stake, found.weight, bench.balance(account) + found.leasedIn, height);
    },
    seats() {
      const list = seatListFromBytes(state.get(toHex(SEAT_LIST_KEY)) ?? new Uint8Array());
      if (!list.ok) throw new RangeError(list.message);
      return list.value;
    },
    coins() {
      let there = 0n;
      for (const [hex, value] of state) {
        const key = fromHex(hex);
        if (hex.startsWith(toHex(balanceKey(new Uint8Array())))) there += uint64FromBytes(value);
        else if (key[5] === 2) {
          const { bond, interest } = stakeRecordFromBytes(value);
          there += bond + interest.pot + interest.owed;
        } else if (key[5] === 3) there += leaseRecordFromBytes(value).amount;
      }
      return { there, ...supply() };
    },
  };
  return bench;
}

export const pay = (to: number, amount: bigint): BenchCall => transfer(accountOf(to), amount);
