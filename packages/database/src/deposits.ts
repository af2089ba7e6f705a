/** Coins held for what is stored: docs/spec/database.md, "Deposits". */
import { accept, type AccountId, concatBytes, invariant, refuse, toHex, uint64ToBytes, type Verdict } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import type { OperationContext, StateAccess } from '@vsys/container';
import { balanceKey, moveCoins, numberFromRecord } from '@vsys/transaction';
import type { CollectionRecord } from './collection-record.ts';
import type { DatabaseParams } from './database-params.ts';
import { addToLedger, countOf, ledgerCountKey, type LedgerId, ledgerKeys } from './deposit-ledger.ts';
import { changeShares, type DepositMove, type DepositShare, endShares } from './deposit-shares.ts';
import type { DocumentMeta } from './document-record.ts';
import { databaseGas } from './gas.ts';
import type { Change, EntryMove } from './index-entries.ts';
import { collectionId, type DatabaseId, type DatabaseRecord } from './layout.ts';

/** Holds the coins of all deposits. Nobody has its key. */
export const DEPOSITS_ACCOUNT: AccountId = taggedHash('v/database-deposits').slice(0, 20);

/** Where documents change, and what is known about it. */
export interface Place {
  readonly database: DatabaseId;
  readonly collection: string;
  readonly databaseRecord: DatabaseRecord;
  readonly collectionRecord: CollectionRecord;
}

/** The ledger of a collection, of this making of it. */
export function collectionLedger({ database, collection, collectionRecord }: Omit<Place, 'databaseRecord'>): LedgerId {
  return concatBytes(database, ledgerMember(collection, collectionRecord));
}

/** The list of the collections of a database, of this making of it, in whose ledgers something is held. */
export function databaseLedger(database: DatabaseId, { drops = 0n }: DatabaseRecord): LedgerId {
  return concatBytes(database, uint64ToBytes(drops));
}

function ledgerMember(collection: string, { drops = 0n }: CollectionRecord): Uint8Array {
  return concatBytes(collectionId(collection), uint64ToBytes(drops));
}

/** Who holds how much of a document's deposit, in the order of their coming. */
export function sharesOf({ payer, deposit = 0n, shares = [] }: DocumentMeta): readonly DepositShare[] {
  if (payer === undefined) return [];
  return [{ payer, units: shares.reduce((rest, { units }) => rest - units, deposit) }, ...shares];
}

function withShares(meta: DocumentMeta, shares: readonly DepositShare[]): DocumentMeta {
  const { payer: _, deposit: __, shares: ___, ...rest } = meta;
  const [first, ...others] = shares;
  if (first === undefined) return rest;
  return { ...rest, payer: first.payer, deposit: shares.reduce((sum, { units }) => sum + units, 0n), ...(others.length === 0 ? {} : { shares: others }) };
}

/** What a change adds to the deposit due, below 0 where it takes away. Of entries that stay nothing is said, so that who edits pays for the edit alone. */
function unitsAdded({ key, bytesBefore, before, after }: Change, moves: readonly EntryMove[], { depositPerByte, depositPerKey }: DatabaseParams): bigint {
  let bytes = (after?.bson.length ?? 0) - bytesBefore;
  let keys = 0;
  if (before === undefined && after !== undefined) [bytes, keys] = [bytes + key.length, 1];
  for (const { from, to, idKey } of moves) {
    if (from !== undefined) [bytes, keys] = [bytes - from.length - idKey.length, keys - 1];
    if (to !== undefined) [bytes, keys] = [bytes + to.length + idKey.length, keys + 1];
  }
  return BigInt(bytes) * depositPerByte + BigInt(keys) * depositPerKey;
}

/**
 * Holds and gives back for some changes of one operation, all at once.
 *
 * @returns what is known about each document afterwards, in the order of the changes; of those that go nothing counts
 */
export function holdDeposits(
  changes: readonly Change[], moves: readonly EntryMove[], place: Place, params: DatabaseParams, { state, gas, payer }: Pick<OperationContext, 'state' | 'gas' | 'payer'>,
): Verdict<readonly DocumentMeta[], 'DB_DEPOSIT'> {
  if (params.depositPerByte === 0n && params.depositPerKey === 0n) return accept(changes.map(({ metaBefore }) => metaBefore));
  const movesOf = Map.groupBy(moves, ({ idKey }) => idKey);
  const metas: DocumentMeta[] = [];
  const due = new Map<string, DepositMove>();
  for (const change of changes) {
    const shares = sharesOf(change.metaBefore);
    const changed = change.after === undefined ? { shares: [], moves: endShares(shares) } : changeShares(shares, unitsAdded(change, movesOf.get(change.idKey) ?? [], params), payer);
    metas.push(withShares(change.metaBefore, changed.shares));
    for (const { account, units } of changed.moves) due.set(toHex(account), { account, units: (due.get(toHex(account))?.units ?? 0n) + units });
  }
  const paid = settle([...due.values()].filter(({ units }) => units !== 0n), place, state, gas);
  return paid.ok ? accept(metas) : paid;
}

/** What goes back goes first; then the writer, who alone can owe something, pays. */
function settle(due: readonly DepositMove[], place: Place, state: StateAccess, gas: OperationContext['gas']): Verdict<void, 'DB_DEPOSIT'> {
  if (due.length === 0) return accept(undefined);
  const ledger = collectionLedger(place);
  state.need(depositKeys(place, due.map(({ account }) => account)));
  const before = countOf(state, ledger);
  for (const { account, units } of due.toSorted((a, b) => (a.units < b.units ? -1 : 1))) {
    gas.charge(DEPOSIT_KEYS * databaseGas.keyWrite);
    if (units < 0n) giveBack(state, account, -units);
    else {
      const moved = moveCoins(state, account, DEPOSITS_ACCOUNT, units);
      if (!moved.ok) return refuseDeposit(state, account, units);
    }
    addToLedger(state, ledger, account, units);
  }
  const after = countOf(state, ledger);
  const list = databaseLedger(place.database, place.databaseRecord);
  const member = ledgerMember(place.collection, place.collectionRecord);
  if (before === 0n && after > 0n) addToLedger(state, list, member, 1n);
  if (before > 0n && after === 0n) addToLedger(state, list, member, -1n);
  return accept(undefined);
}

/** Two balances, and an entry with its place and the count. */
const DEPOSIT_KEYS = 5n;

function refuseDeposit(state: StateAccess, account: AccountId, needs: bigint): Verdict<never, 'DB_DEPOSIT'> {
  const holds = numberFromRecord(state.get(balanceKey(account)));
  return refuse('DB_DEPOSIT', `what this adds takes a deposit of ${needs}, which its payer has back when it goes; the payer holds ${holds}, ${needs - holds} are missing`, { needs, holds, missing: needs - holds });
}

/** Coins that were held return to who paid them. */
export function giveBack(state: StateAccess, account: AccountId, units: bigint): void {
  const moved = moveCoins(state, DEPOSITS_ACCOUNT, account, units);
  invariant(moved.ok, 'the deposits hold what they owe');
}

/** A collection that is dropped is no longer on its database's list: its ledger is given back by itself. */
export function leaveDatabaseLedger(place: Place, { state, gas }: Pick<OperationContext, 'state' | 'gas'>): void {
  state.need(depositKeys(place, []));
  if (countOf(state, collectionLedger(place)) === 0n) return;
  gas.charge(3n * databaseGas.keyWrite);
  addToLedger(state, databaseLedger(place.database, place.databaseRecord), ledgerMember(place.collection, place.collectionRecord), -1n);
}

/** Keys that deposits of some accounts read and write, in one collection. */
export function depositKeys(place: Place, accounts: readonly AccountId[]): readonly Uint8Array[] {
  const list = databaseLedger(place.database, place.databaseRecord);
  return [
    balanceKey(DEPOSITS_ACCOUNT), ledgerCountKey(collectionLedger(place)), ...ledgerKeys(list, ledgerMember(place.collection, place.collectionRecord)),
    ...accounts.flatMap((account) => [balanceKey(account), ...ledgerKeys(collectionLedger(place), account)]),
  ];
}
