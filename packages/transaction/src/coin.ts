import { type AccountId, type Verdict, accept, concatBytes, refuse, uint32ToBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import { type Container, type StateAccess, containerPrefix } from '@vsys/container';
import type { Operation } from '@vsys/data-format';

/**
 * The native coin: balances, and the sequence numbers of each account's lanes. Fees are taken from it, so it belongs to the
 * transaction layer and is on every chain; to operations it is a container like any other, with one payload: a transfer.
 */
export const COIN = 'coin';

const prefix = containerPrefix(COIN);
const BALANCE = concatBytes(prefix, Uint8Array.of(1));
const SEQUENCE = concatBytes(prefix, Uint8Array.of(2));
const TRANSFER_BYTES = 28;
const AMOUNT_MAX = 0xffff_ffff_ffff_ffffn;
/** Two keys read and written. */
const TRANSFER_GAS = 200n;

export function balanceKey(account: AccountId): Uint8Array {
  return concatBytes(BALANCE, account);
}

/** The account whose balance stands under a key, if it is one of those. */
export function accountOfBalanceKey(key: Uint8Array): AccountId | undefined {
  return key.length === BALANCE.length + 20 && BALANCE.every((byte, i) => key[i] === byte) ? key.slice(BALANCE.length) : undefined;
}

export function sequenceKey(account: AccountId, lane: number): Uint8Array {
  return concatBytes(SEQUENCE, account, uint32ToBytes(lane));
}

/** An absent record is 0, and 0 is stored as absence: one state has one form. */
export function numberFromRecord(record: Uint8Array | undefined): bigint {
  return record === undefined ? 0n : uint64FromBytes(record);
}

export function numberToRecord(value: bigint): Uint8Array | undefined {
  return value === 0n ? undefined : uint64ToBytes(value);
}

/** Moves coins; refuses what the sender does not have. */
export function moveCoins(state: StateAccess, from: AccountId, to: AccountId, amount: bigint): Verdict<void, 'COIN_INSUFFICIENT' | 'COIN_OVERFLOW'> {
  const fromKey = balanceKey(from);
  const toKey = balanceKey(to);
  const have = numberFromRecord(state.get(fromKey));
  if (have < amount) return refuse('COIN_INSUFFICIENT', `the account holds ${have}, the transfer needs ${amount}`);
  state.set(fromKey, numberToRecord(have - amount));
  // Read after the debit, so that a transfer to oneself changes nothing.
  const receives = numberFromRecord(state.get(toKey)) + amount;
  if (receives > AMOUNT_MAX) return refuse('COIN_OVERFLOW', 'the receiver would hold more than 2^64 - 1 units');
  state.set(toKey, numberToRecord(receives));
  return accept(undefined);
}

/** @param amount - atomic units, from 1 to 2^64 - 1 */
export function transfer(to: AccountId, amount: bigint): Operation {
  return { container: COIN, payload: concatBytes(to, uint64ToBytes(amount)) };
}

export function createCoinContainer(): Container {
  return {
    name: COIN,
    version: 1,
    check(payload) {
      if (payload.length !== TRANSFER_BYTES) return refuse('COIN_PAYLOAD', `a transfer is ${TRANSFER_BYTES} bytes (account, amount), found ${payload.length}`);
      if (uint64FromBytes(payload, 20) === 0n) return refuse('COIN_PAYLOAD', 'amount must be above 0');
      return accept(undefined);
    },
    actionOf: () => 'transfer',
    touches: (payload, actor) => [balanceKey(actor), balanceKey(payload.subarray(0, 20))],
    execute(payload, { actor, state, gas }) {
      gas.charge(TRANSFER_GAS);
      const moved = moveCoins(state, actor, payload.slice(0, 20), uint64FromBytes(payload, 20));
      return moved.ok ? accept(new Uint8Array()) : moved;
    },
  };
}
