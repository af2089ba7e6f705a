import type { Amount, Height } from '@vsys/primitives';

/**
 * What a seat passes on to its lessors, per leased coin and block. A reward goes into the pot and leaves it evenly over the blocks of the
 * spread, so that a lease for the one block in which the seat earns gets no more than its blocks' worth. Nobody iterates over leases: `perCoin` is the
 * sum, over all blocks, of what one coin earned, and a lease remembers where it stood when it began.
 */
export interface Interest {
  /** Not yet given to any lease. */
  readonly pot: Amount;
  /** Height at which the pot is empty, if nothing is added. */
  readonly endsAt: Height;
  /** Height up to which it was given. */
  readonly at: Height;
  /** In 2^-64 of an atomic unit, from the begin on. */
  readonly perCoin: bigint;
  /** What the division by the leased coins left over, in 2^-64. */
  readonly rest: bigint;
  /** Given to leases and not yet paid. */
  readonly owed: Amount;
}

/** Where a lease stands. */
export interface Earning {
  readonly amount: Amount;
  readonly perCoin: bigint;
  /** Below one unit, in 2^-64: carried on, so that claiming often pays as much as claiming once. */
  readonly rest: bigint;
}

const SCALE = 64n;

export const noInterest: Interest = { pot: 0n, endsAt: 0, at: 0, perCoin: 0n, rest: 0n, owed: 0n };

/** Gives what the blocks up to `at` bring. */
export function accrue(interest: Interest, leased: Amount, at: Height): Interest {
  if (at <= interest.at) return interest;
  if (leased === 0n || interest.pot === 0n) return { ...interest, at };
  const span = interest.endsAt - interest.at;
  const blocks = at - interest.at;
  const given = blocks >= span ? interest.pot : (interest.pot * BigInt(blocks)) / BigInt(span);
  const scaled = (given << SCALE) + interest.rest;
  return { pot: interest.pot - given, endsAt: interest.endsAt, at, perCoin: interest.perCoin + scaled / leased, rest: scaled % leased, owed: interest.owed + given };
}

/** @param interest - accrued up to `at` */
export function addToPot(interest: Interest, amount: Amount, at: Height, spread: number): Interest {
  return amount === 0n ? interest : { ...interest, pot: interest.pot + amount, endsAt: at + spread };
}

/** What a lease earned since it stood where it stands. @param interest - accrued */
export function earned(interest: Interest, { amount, perCoin, rest }: Earning): { readonly paid: Amount; readonly rest: bigint } {
  const scaled = amount * (interest.perCoin - perCoin) + rest;
  return { paid: scaled >> SCALE, rest: scaled & ((1n << SCALE) - 1n) };
}

/** All that is left when the last lease has gone: fractions that nobody is owed, and the pot. */
export function closeInterest(interest: Interest): { readonly interest: Interest; readonly left: Amount } {
  return { interest: { ...interest, pot: 0n, endsAt: 0, rest: 0n, owed: 0n }, left: interest.pot + interest.owed };
}
