import { invariant } from '@vsys/primitives';
import type { AccountId, Amount, Height } from '@vsys/primitives';
import type { StateAccess } from '@vsys/container';
import { balanceKey, numberFromRecord, numberToRecord } from '@vsys/transaction';
import { SEAT_LIST_KEY, seatListFromBytes, seatListToBytes } from '../seat-list.ts';
import type { Seat } from '../seat-list.ts';
import { noInterest } from './interest.ts';
import { emptyWeight } from './minting-balance.ts';
import { stakeKey, SUPPLY_KEY, TOUCHED_KEY } from './stake-layout.ts';
import type { StakeParams } from './stake-params.ts';
import { stakeRecordFromBytes, stakeRecordToBytes, supplyRecordFromBytes, supplyRecordToBytes } from './stake-record.ts';
import type { StakeRecord } from './stake-record.ts';

/** The state as the operations of `spos` see it: records, coins and seats instead of bytes. */
export interface StakeDraft {
  readonly state: StateAccess;
  record(account: AccountId): StakeRecord | undefined;
  /** The record of an account, or that of one that is enrolled in this block. */
  enrolled(account: AccountId): StakeRecord;
  /** Keeps a record, and has the end of the block look at what its account holds by then. */
  save(account: AccountId, record: StakeRecord): void;
  balance(account: AccountId): Amount;
  setBalance(account: AccountId, amount: Amount): void;
  credit(account: AccountId, amount: Amount): void;
  seats(): readonly Seat[];
  setSeats(seats: readonly Seat[]): void;
  burn(amount: Amount): void;
}

export function createStakeDraft(params: StakeParams, height: Height, state: StateAccess): StakeDraft {
  const record = (account: AccountId): StakeRecord | undefined => {
    const bytes = state.get(stakeKey(account));
    return bytes === undefined ? undefined : stakeRecordFromBytes(bytes);
  };
  const balance = (account: AccountId): Amount => numberFromRecord(state.get(balanceKey(account)));
  const setBalance = (account: AccountId, amount: Amount): void => state.set(balanceKey(account), numberToRecord(amount));
  return {
    state, record, balance, setBalance,
    enrolled: (account) => record(account) ?? newStakeRecord(params, height),
    save(account, kept) {
      if (kept.touched !== undefined) return state.set(stakeKey(account), stakeRecordToBytes(kept));
      const touched = state.get(TOUCHED_KEY) ?? 'last';
      state.set(stakeKey(account), stakeRecordToBytes({ ...kept, touched }));
      state.set(TOUCHED_KEY, account);
    },
    credit(account, amount) {
      if (amount > 0n) setBalance(account, balance(account) + amount);
    },
    seats() {
      const list = seatListFromBytes(state.get(SEAT_LIST_KEY) ?? new Uint8Array());
      invariant(list.ok, 'the list of seats is there from genesis on');
      return list.value;
    },
    setSeats: (seats) => state.set(SEAT_LIST_KEY, seatListToBytes(seats)),
    burn(amount) {
      if (amount === 0n) return;
      const supply = supplyRecordFromBytes(state.get(SUPPLY_KEY));
      state.set(SUPPLY_KEY, supplyRecordToBytes({ ...supply, burned: supply.burned + amount }));
    },
  };
}

export function newStakeRecord(params: StakeParams, height: Height): StakeRecord {
  return {
    seat: undefined, convicted: false, barredUntil: 0, leasedIn: 0n, leases: 0, nextLease: 0, bond: 0n, bondFreeAt: 0,
    share: 0, nextShare: 0, nextShareAt: 0, interest: noInterest, weight: emptyWeight(params, height), touched: undefined,
  };
}
