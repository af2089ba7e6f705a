import { accept, equalBytes, refuse, uint64ToBytes } from '@vsys/primitives';
import type { AccountId, Amount, Verdict } from '@vsys/primitives';
import { balanceKey } from '@vsys/transaction';
import { SEATS_MAX } from '../seat-list.ts';
import type { Seat } from '../seat-list.ts';
import { contendResultToBytes } from './contend-result.ts';
import type { ContendResult } from './contend-result.ts';
import { mintingBalance } from './minting-balance.ts';
import type { StakeCallContext } from './stake-call-context.ts';
import { keyOwnerKey, stakeKey } from './stake-layout.ts';
import type { StakeRecord } from './stake-record.ts';

export type SeatCode =
  | 'SPOS_CONTEND_LAST' | 'SPOS_NO_SEAT' | 'SPOS_NOT_ENROLLED' | 'SPOS_HOLDS_SEAT' | 'SPOS_BARRED' | 'SPOS_KEY_TAKEN' | 'SPOS_INSUFFICIENT'
  | 'SPOS_NOT_HOLDER' | 'SPOS_FLOOR' | 'SPOS_NO_BOND' | 'SPOS_BOND_HELD' | 'SPOS_ENROLLED';

export function runEnroll({ draft, actor }: StakeCallContext): Verdict<Uint8Array, SeatCode> {
  if (draft.record(actor) !== undefined) return refuse('SPOS_ENROLLED', 'the account is enrolled already');
  draft.save(actor, draft.enrolled(actor));
  return accept(new Uint8Array());
}

/**
 * A lost contest is a result: it stands in the block and its fee is burned. So nothing may follow in its transaction: an operation that
 * fails where the contest is lost would undo the fee with it. Refusals are what a contender can know before.
 */
export function runContend(call: StakeCallContext, bid: Omit<Seat, 'account'>): Verdict<Uint8Array, SeatCode> {
  const { params, draft, actor } = call;
  const seats = draft.seats();
  const holder = seats.find(({ index }) => index === bid.index);
  const allowed = mayContend(call, bid, seats);
  if (!allowed.ok) return allowed;
  const own = allowed.value;
  const bond = params.bond > own.bond ? params.bond - own.bond : 0n;
  const have = draft.balance(actor);
  if (have < params.contendFee + bond) return refuse('SPOS_INSUFFICIENT', `the account holds ${have}, fee and bond are ${params.contendFee + bond}`);
  draft.setBalance(actor, have - params.contendFee);
  draft.burn(params.contendFee);
  const result = compare(call, own, holder);
  if (result.outcome !== 'won') return accept(contendResultToBytes(result));
  if (holder !== undefined) loseSeat(call, holder.account);
  draft.setBalance(actor, have - params.contendFee - bond);
  draft.save(actor, { ...own, seat: bid.index, bond: own.bond + bond, bondFreeAt: 0, barredUntil: 0 });
  draft.setSeats([...seats.filter(({ index }) => index !== bid.index), { ...bid, account: actor }].sort((a, b) => a.index - b.index));
  keepKeys(call, bid);
  return accept(contendResultToBytes(result));
}

export function runRelease(call: StakeCallContext, seat: number): Verdict<Uint8Array, SeatCode> {
  const { params, draft, actor } = call;
  const own = draft.record(actor);
  if (own?.seat !== seat) return refuse('SPOS_NOT_HOLDER', `the account does not hold seat ${seat}`);
  const seats = draft.seats();
  if (seats.length <= params.seatsFloor) return refuse('SPOS_FLOOR', `${seats.length} seats are occupied, and at ${params.seatsFloor} or fewer none is released`);
  draft.setSeats(seats.filter(({ index }) => index !== seat));
  draft.save(actor, { ...own, seat: undefined, bondFreeAt: afterEpochs(call, params.bondEpochs) });
  return accept(new Uint8Array());
}

export function runSetKeys(call: StakeCallContext, keys: Pick<Seat, 'mintKey' | 'voteKey'>): Verdict<Uint8Array, SeatCode> {
  const { draft, actor } = call;
  const own = draft.record(actor);
  if (own?.seat === undefined) return refuse('SPOS_NOT_HOLDER', 'the account holds no seat');
  const free = areKeysFree(call, keys);
  if (!free.ok) return free;
  draft.setSeats(draft.seats().map((seat) => (seat.index === own.seat ? { ...seat, mintKey: keys.mintKey, voteKey: keys.voteKey } : seat)));
  keepKeys(call, keys);
  return accept(new Uint8Array());
}

export function runSetShare({ params, draft, actor, height }: StakeCallContext, permille: number): Verdict<Uint8Array, SeatCode> {
  const own = draft.record(actor);
  if (own === undefined) return refuse('SPOS_NOT_ENROLLED', 'the account is not enrolled');
  const now = shareAt(own, height);
  // Less comes after a notice, so that lessors can leave before it: a holder cannot lower its share just for its own slot.
  const later = permille < now && params.shareNotice > 0;
  draft.save(actor, { ...own, share: later ? now : permille, nextShare: permille, nextShareAt: later ? height + params.shareNotice : 0 });
  return accept(new Uint8Array());
}

/** Result: what was paid (8). */
export function runClaimBond({ draft, actor, height }: StakeCallContext): Verdict<Uint8Array, SeatCode> {
  const own = draft.record(actor);
  if (own === undefined || own.bond === 0n) return refuse('SPOS_NO_BOND', 'the account has no bond');
  if (own.seat !== undefined) return refuse('SPOS_BOND_HELD', `the bond stays while the account holds seat ${own.seat}`);
  if (height < own.bondFreeAt) return refuse('SPOS_BOND_HELD', `the bond is free from height ${own.bondFreeAt} on, this is ${height}`);
  draft.save(actor, { ...own, bond: 0n });
  draft.credit(actor, own.bond);
  return accept(uint64ToBytes(own.bond));
}

/** In thousandths. */
export function shareAt(record: StakeRecord, height: number): number {
  return height >= record.nextShareAt ? record.nextShare : record.share;
}

/** Of a holder who had less minting balance than another. */
function loseSeat(call: StakeCallContext, account: AccountId): void {
  const { params, draft } = call;
  draft.save(account, { ...draft.enrolled(account), seat: undefined, barredUntil: afterEpochs(call, params.rebar), bondFreeAt: afterEpochs(call, params.bondEpochs) });
}

function afterEpochs({ round, height }: StakeCallContext, epochs: number): number {
  return height + epochs * round.epochBlocks;
}

function mayContend(call: StakeCallContext, bid: Omit<Seat, 'account'>, seats: readonly Seat[]): Verdict<StakeRecord, SeatCode> {
  const { round: { slots, gap }, draft, actor, height, isLast } = call;
  const holder = seats.find(({ index }) => index === bid.index);
  draft.state.need(holder === undefined ? [] : [stakeKey(holder.account), balanceKey(holder.account)]);
  if (!isLast) return refuse('SPOS_CONTEND_LAST', 'contend must be the last operation of its transaction');
  if (bid.index >= slots || bid.index % gap !== 0) return refuse('SPOS_NO_SEAT', `seats are multiples of ${gap} below ${slots}, found ${bid.index}`);
  if (holder === undefined && seats.length >= SEATS_MAX) return refuse('SPOS_NO_SEAT', `all ${SEATS_MAX} seats that a list holds are occupied`);
  const own = draft.record(actor);
  if (own === undefined) return refuse('SPOS_NOT_ENROLLED', 'the account is not enrolled, so its coins do not count yet');
  if (own.seat !== undefined) return refuse('SPOS_HOLDS_SEAT', `the account holds seat ${own.seat}, and may hold one`);
  if (own.convicted) return refuse('SPOS_BARRED', 'the account lost a seat on evidence');
  if (height < own.barredUntil) return refuse('SPOS_BARRED', `the account was displaced and may contend from height ${own.barredUntil} on, this is ${height}`);
  const free = areKeysFree(call, bid);
  return free.ok ? accept(own) : free;
}

function compare({ params, draft, actor, height }: StakeCallContext, own: StakeRecord, holder: Seat | undefined): ContendResult {
  const effective = draft.balance(actor) + own.leasedIn;
  const mine = mintingBalance(params, own.weight, effective, height);
  const theirs = holder === undefined ? 0n : balanceOf(holder.account);
  return { outcome: effective < params.contendMinimum ? 'small' : mine > theirs ? 'won' : 'weak', own: mine, holders: theirs };

  function balanceOf(account: AccountId): Amount {
    const record = draft.enrolled(account);
    return mintingBalance(params, record.weight, draft.balance(account) + record.leasedIn, height);
  }
}

function areKeysFree({ draft: { state }, actor }: StakeCallContext, { mintKey, voteKey }: Pick<Seat, 'mintKey' | 'voteKey'>): Verdict<void, SeatCode> {
  for (const key of [mintKey, voteKey]) {
    const owner = state.get(keyOwnerKey(key));
    // Not even by who used it before: evidence must find one account.
    if (owner !== undefined && !equalBytes(owner, actor)) return refuse('SPOS_KEY_TAKEN', 'the key belongs to another account, now or before');
  }
  return accept(undefined);
}

function keepKeys({ draft: { state }, actor }: StakeCallContext, { mintKey, voteKey }: Pick<Seat, 'mintKey' | 'voteKey'>): void {
  for (const key of [mintKey, voteKey]) state.set(keyOwnerKey(key), actor);
}
