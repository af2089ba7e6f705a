/**
 * What each account holds in the deposits of one collection, so that a drop can give it back without a look at the documents: a list of accounts, each with a
 * place. docs/spec/database.md, "Deposits".
 */
import { type AccountId, concatBytes, invariant, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { StateAccess } from '@vsys/container';
import { systemKey } from './system-keys.ts';

/** Names a ledger: a collection of one making, or a list of such. */
export type LedgerId = Uint8Array;

interface Entry {
  readonly place: bigint;
  readonly units: bigint;
}

export function ledgerCountKey(ledger: LedgerId): Uint8Array {
  return systemKey('ledger', ledger);
}

const entryKey = (ledger: LedgerId, account: AccountId): Uint8Array => systemKey('ledgerEntry', ledger, account);
const placeKey = (ledger: LedgerId, place: bigint): Uint8Array => systemKey('ledgerPlace', ledger, uint64ToBytes(place));

/** Keys that `addToLedger` reads of an account. */
export function ledgerKeys(ledger: LedgerId, account: AccountId): readonly Uint8Array[] {
  return [ledgerCountKey(ledger), entryKey(ledger, account)];
}

/** What an account holds there. */
export function heldInLedger(state: StateAccess, ledger: LedgerId, account: AccountId): bigint {
  return entryFromRecord(state.get(entryKey(ledger, account)))?.units ?? 0n;
}

/** @param units - above 0: more; below 0: less, at most what is there */
export function addToLedger(state: StateAccess, ledger: LedgerId, account: AccountId, units: bigint): void {
  const count = countOf(state, ledger);
  const entry = entryFromRecord(state.get(entryKey(ledger, account)));
  const place = entry?.place ?? count;
  const after = (entry?.units ?? 0n) + units;
  invariant(after >= 0n, 'a deposit gives back no more than it holds');
  if (entry === undefined) {
    if (after === 0n) return;
    state.set(placeKey(ledger, place), account);
    setCount(state, ledger, count + 1n);
  }
  if (after > 0n) state.set(entryKey(ledger, account), concatBytes(uint64ToBytes(place), uint64ToBytes(after)));
  else remove(state, ledger, account, place, count);
}

/** Takes the last account out of the list. Undefined: the list is empty. */
export function takeFromLedger(state: StateAccess, ledger: LedgerId): { readonly account: AccountId; readonly units: bigint } | undefined {
  const count = countOf(state, ledger);
  if (count === 0n) return undefined;
  const account = state.get(placeKey(ledger, count - 1n));
  invariant(account !== undefined, 'a list of deposits has all its places');
  const { units } = entryFromRecord(state.get(entryKey(ledger, account))) as Entry;
  remove(state, ledger, account, count - 1n, count);
  return { account, units };
}

/** Keys of the last places, for who takes them; then, once these are known, of their entries. */
export function lastPlaces(state: StateAccess, ledger: LedgerId, most: number): readonly AccountId[] {
  const count = Number(countOf(state, ledger));
  const places = Array.from({ length: Math.min(count, most) }, (_, i) => placeKey(ledger, BigInt(count - 1 - i)));
  state.need(places);
  const accounts = places.map((key) => state.get(key) as AccountId);
  state.need(accounts.map((account) => entryKey(ledger, account)));
  return accounts;
}

/** The last place moves to the one that is free. */
function remove(state: StateAccess, ledger: LedgerId, account: AccountId, place: bigint, count: bigint): void {
  const last = count - 1n;
  if (place !== last) {
    const moved = state.get(placeKey(ledger, last));
    invariant(moved !== undefined, 'a list of deposits has all its places');
    const { units } = entryFromRecord(state.get(entryKey(ledger, moved))) as Entry;
    state.set(placeKey(ledger, place), moved);
    state.set(entryKey(ledger, moved), concatBytes(uint64ToBytes(place), uint64ToBytes(units)));
  }
  state.set(placeKey(ledger, last), undefined);
  state.set(entryKey(ledger, account), undefined);
  setCount(state, ledger, last);
}

export function countOf(state: StateAccess, ledger: LedgerId): bigint {
  const record = state.get(ledgerCountKey(ledger));
  return record === undefined ? 0n : uint64FromBytes(record);
}

function setCount(state: StateAccess, ledger: LedgerId, count: bigint): void {
  state.set(ledgerCountKey(ledger), count === 0n ? undefined : uint64ToBytes(count));
}

function entryFromRecord(record: Uint8Array | undefined): Entry | undefined {
  return record === undefined ? undefined : { place: uint64FromBytes(record), units: uint64FromBytes(record, 8) };
}
