import { type AccountId, accept, compareBytes, equalBytes, refuse, uint32FromBytes, uint32ToBytes, type Verdict } from '@vsys/primitives';
import type { OperationContext, StateAccess } from '@vsys/container';
import { balanceKey, moveCoins, numberFromRecord, numberToRecord } from '@vsys/transaction';
import { commitmentOf, heightFromRecord, heightToRecord, nameFromRecord, nameKey, type NameRecord, nameToRecord, ownedKey, PARAMS_KEY, PRESENT, primaryKey, queueKey, reservationKey, skeletonKey, textFromRecord, textToRecord } from './layout.ts';
import { nameGas, nameLimits as limits } from './limits.ts';
import { skeletonOf } from './name-form.ts';
import { type NameParams, nameParamsFromBytes } from './name-params.ts';
import { auctionPrice, type Standing, standingOf, termPrice } from './standing.ts';

export type GlobalNameCode =
  | 'NAME_RESERVED' | 'NAME_NO_RESERVATION' | 'NAME_TOO_EARLY' | 'NAME_TAKEN' | 'NAME_CONFUSABLE' | 'NAME_KEPT_BACK' | 'NAME_BUSY' | 'NAME_STANDING' | 'NAME_NOT_OWNER' | 'NAME_NO_OFFER'
  | 'NAME_FAR' | 'NAME_TARGET' | 'NAME_CANNOT_PAY' | 'COIN_INSUFFICIENT' | 'COIN_OVERFLOW';

interface Named { readonly name: string }
interface Led extends Named { readonly to: AccountId }
type Done = Verdict<void, GlobalNameCode>;

/** A second one of the same commitment would make it younger: it is refused. */
export function reserve({ commitment }: { readonly commitment: Uint8Array }, { state, gas, block }: OperationContext): Done {
  const key = reservationKey(commitment);
  const queue = queueKey(block.height);
  state.need([key, queue]);
  if (state.get(key) !== undefined) return refuse('NAME_RESERVED', 'this commitment is reserved already');
  const waiting = state.get(queue);
  const place = waiting === undefined ? 0 : uint32FromBytes(waiting);
  if (place >= limits.reservationsPerBlockMax) return refuse('NAME_BUSY', `a block takes ${limits.reservationsPerBlockMax} reservations; try again in the next`);
  gas.charge(3n * nameGas.keyWrite);
  state.set(key, heightToRecord(block.height));
  state.set(queue, uint32ToBytes(place + 1));
  state.set(queueKey(block.height, place), commitment);
  return accept(undefined);
}

/** Forgets the reservations that this block was the last one for. */
export function forgetReservations(state: StateAccess, height: number): void {
  state.need([PARAMS_KEY]);
  const from = height - paramsIn(state).reserveMax;
  if (from < 0) return;
  const queue = queueKey(from);
  const waiting = state.get(queue);
  if (waiting === undefined) return;
  const places = Array.from({ length: uint32FromBytes(waiting) }, (_, place) => queueKey(from, place));
  state.need(places);
  const commitments = places.map((place) => state.get(place) as Uint8Array);
  state.need(commitments.map(reservationKey));
  for (const [i, commitment] of commitments.entries()) {
    const made = state.get(reservationKey(commitment));
    // Revealed ones are gone, and may have been made again since.
    if (made !== undefined && heightFromRecord(made) === from) state.set(reservationKey(commitment), undefined);
    state.set(places[i] as Uint8Array, undefined);
  }
  state.set(queue, undefined);
}

export function reveal({ name, salt }: Named & { readonly salt: Uint8Array }, context: OperationContext): Done {
  const { state, actor, block: { height } } = context;
  const commitment = commitmentOf(salt, name, actor);
  const skeleton = skeletonOf(name);
  state.need([PARAMS_KEY, reservationKey(commitment), nameKey(name), skeletonKey(skeleton), balanceKey(actor)]);
  const params = paramsIn(state);
  if (params.reserved.includes(name)) return refuse('NAME_KEPT_BACK', `this chain keeps "${name}" back`);
  const reservation = state.get(reservationKey(commitment));
  if (reservation === undefined) return refuse('NAME_NO_RESERVATION', `nobody reserved this name with this salt for this actor, or it was more than ${params.reserveMax} blocks ago`);
  const reservedAt = heightFromRecord(reservation);
  const age = height - reservedAt;
  if (age < params.reserveMin) return refuse('NAME_TOO_EARLY', `the reservation is ${age} blocks old, it must be ${params.reserveMin}`, { from: reservedAt + params.reserveMin });
  const like = state.get(skeletonKey(skeleton));
  if (like !== undefined && textFromRecord(like) !== name && standing(textFromRecord(like), params, context).standing !== 'free') {
    return refuse('NAME_CONFUSABLE', `it looks like "${textFromRecord(like)}", which somebody has`);
  }
  const { record: before, standing: was } = standing(name, params, context);
  const wins = was === 'free' || (was === 'contested' && isOlder({ reservedAt, commitment }, before as NameRecord));
  if (!wins) return refuse('NAME_TAKEN', `"${name}" is ${was}${was === 'contested' ? ', and its reservation is older' : ''}`, { standing: was });
  // Whoever is put out again had paid for nothing: the price goes to them.
  const paid = was === 'contested' ? moveCoins(state, actor, (before as NameRecord).owner, termPrice(name, params)) : burn(context, termPrice(name, params));
  if (!paid.ok) return paid;
  state.set(reservationKey(commitment), undefined);
  state.set(skeletonKey(skeleton), textToRecord(name));
  write(name, before, { owner: actor, reservedAt, commitment, contestUntil: height + params.contest, expires: height + params.term }, context);
  return accept(undefined);
}

/** By anyone, for the owner. */
export function renew({ name }: Named, context: OperationContext): Done {
  return change(name, ['held', 'grace'], context, (record, params) => {
    const expires = record.expires + params.term;
    if (expires > context.block.height + limits.termsAheadMax * params.term) return refuse('NAME_FAR', `a name is paid at most ${limits.termsAheadMax} terms ahead`);
    const paid = burn(context, termPrice(name, params));
    return paid.ok ? accept({ ...record, expires }) : paid;
  });
}

export function redeem({ name }: Named, context: OperationContext): Done {
  return changeOwn(name, ['redemption'], context, (record, params) => {
    const paid = burn(context, termPrice(name, params) * BigInt(params.redemptionFactor));
    return paid.ok ? accept({ ...record, expires: context.block.height + params.term }) : paid;
  });
}

/** Where it led, and to whom it was offered, was the business of the last owner. */
export function buy({ name }: Named, context: OperationContext): Done {
  return change(name, ['auction'], context, (record, params) => {
    const { height } = context.block;
    const paid = burn(context, auctionPrice(name, record, params, height));
    return paid.ok ? accept({ owner: context.actor, reservedAt: height, commitment: record.commitment, contestUntil: height - 1, expires: height + params.term }) : paid;
  });
}

/** To oneself: takes an offer back. */
export function offer({ name, to }: Led, context: OperationContext): Done {
  return changeOwn(name, ['held'], context, (record) => {
    const { offeredTo: _, ...rest } = record;
    return accept(equalBytes(to, record.owner) ? rest : { ...rest, offeredTo: to });
  });
}

export function acceptOffer({ name }: Named, context: OperationContext): Done {
  return change(name, ['held'], context, (record) => {
    const { offeredTo, target: _, ...rest } = record;
    if (offeredTo === undefined || !equalBytes(offeredTo, context.actor)) return refuse('NAME_NO_OFFER', `"${name}" is not offered to this actor`);
    return accept({ ...rest, owner: context.actor });
  });
}

export function setTarget({ name, to }: Led, context: OperationContext): Done {
  return changeOwn(name, ['contested', 'held'], context, (record) => accept({ ...record, target: to }));
}

export function clearTarget({ name }: Named, context: OperationContext): Done {
  return changeOwn(name, ['contested', 'held', 'grace'], context, (record) => {
    const { target: _, ...rest } = record;
    return accept(rest);
  });
}

/** Only by a name that leads back: so nobody goes by somebody else's. */
export function setPrimary({ name }: Named, context: OperationContext): Done {
  const { state, actor, gas } = context;
  state.need([PARAMS_KEY, nameKey(name)]);
  const { record, standing: is } = standing(name, paramsIn(state), context);
  if (is !== 'held' || record?.target === undefined || !equalBytes(record.target, actor)) return refuse('NAME_TARGET', `"${name}" does not lead to this actor, or is not held`);
  gas.charge(nameGas.keyWrite);
  state.set(primaryKey(actor), textToRecord(name));
  return accept(undefined);
}

function isOlder(one: Pick<NameRecord, 'reservedAt' | 'commitment'>, other: Pick<NameRecord, 'reservedAt' | 'commitment'>): boolean {
  return one.reservedAt !== other.reservedAt ? one.reservedAt < other.reservedAt : compareBytes(one.commitment, other.commitment) < 0;
}

type Changed = (record: NameRecord, params: NameParams) => Verdict<NameRecord, GlobalNameCode>;

function changeOwn(name: string, standings: readonly Standing[], context: OperationContext, changed: Changed): Done {
  return change(name, standings, context, (record, params) => equalBytes(record.owner, context.actor) ? changed(record, params) : refuse('NAME_NOT_OWNER', `"${name}" belongs to somebody else`));
}

function change(name: string, standings: readonly Standing[], context: OperationContext, changed: Changed): Done {
  context.state.need([PARAMS_KEY, nameKey(name), balanceKey(context.actor)]);
  const params = paramsIn(context.state);
  const { record, standing: is } = standing(name, params, context);
  if (record === undefined || !standings.includes(is)) return refuse('NAME_STANDING', `"${name}" is ${is}; for this it must be ${standings.join(' or ')}`, { standing: is });
  const after = changed(record, params);
  if (!after.ok) return after;
  write(name, record, after.value, context);
  return accept(undefined);
}

function standing(name: string, params: NameParams, { state, block }: OperationContext): { readonly record: NameRecord | undefined; readonly standing: Standing } {
  const bytes = state.get(nameKey(name));
  const record = bytes === undefined ? undefined : nameFromRecord(bytes);
  return { record, standing: standingOf(record, params, block.height) };
}

function write(name: string, before: NameRecord | undefined, after: NameRecord, { state, gas }: OperationContext): void {
  const moves = before === undefined || !equalBytes(before.owner, after.owner);
  gas.charge(nameGas.keyWrite * (moves ? 3n : 1n));
  state.set(nameKey(name), nameToRecord(after));
  if (!moves) return;
  if (before !== undefined) state.set(ownedKey(before.owner, name), undefined);
  state.set(ownedKey(after.owner, name), PRESENT);
}

/** A name is rented from nobody: what it costs is nobody's any more. */
function burn({ state, actor }: OperationContext, amount: bigint): Verdict<void, 'NAME_CANNOT_PAY'> {
  const key = balanceKey(actor);
  const have = numberFromRecord(state.get(key));
  if (have < amount) return refuse('NAME_CANNOT_PAY', `the actor holds ${have}, the name costs ${amount}`, { have, amount });
  state.set(key, numberToRecord(have - amount));
  return accept(undefined);
}

const read = new WeakMap<Uint8Array, NameParams>();

/** Genesis wrote them, so they are there and hold. */
function paramsIn(state: StateAccess): NameParams {
  const bytes = state.get(PARAMS_KEY) as Uint8Array;
  const known = read.get(bytes);
  if (known !== undefined) return known;
  const params = nameParamsFromBytes(bytes) as Extract<ReturnType<typeof nameParamsFromBytes>, { ok: true }>;
  read.set(bytes, params.value);
  return params.value;
}
