import { invariant, toHex } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';

/** One list of voters. Its id is the root that headers commit to, so that a certificate can be tied to a header. */
export interface FfgSet {
  /** 32 bytes, from whoever owns the list: a hash of it. */
  readonly id: Uint8Array;
  /** Ed25519 keys that vote, in the order of the list; no two are equal. */
  readonly keys: readonly Uint8Array[];
}

/** Who votes for a block: one set, or, after a change of sets, the one before and the one now, each of which must reach its quorum. */
export interface FfgVoters {
  /** What votes sign as `setId`: the id of the set, or a hash of both ids. */
  readonly id: Uint8Array;
  readonly sets: readonly [FfgSet] | readonly [FfgSet, FfgSet];
  /** All keys, each once: those of the first set in its order, then those that only the second has. A voter's seat is its position here. */
  readonly keys: readonly Uint8Array[];
  /** For each set, the seats of its members. */
  readonly seats: readonly (readonly number[])[];
}

/** Voters of one set, at most. */
export const FFG_SET_MAX = 128;
/** Voters for one block, at most: two sets that share nobody. */
export const FFG_VOTERS_MAX = 256;

/** More than two thirds: floor(2n/3) + 1. Below four voters, all of them. */
export function ffgQuorum(voters: number): number {
  return Math.floor((2 * voters) / 3) + 1;
}

export interface FfgSafety {
  readonly quorum: number;
  /** Voters that may be away, and blocks still become final. */
  readonly votersThatMayBeAway: number;
  readonly votersThatStopFinality: number;
  /** Voters that must sign what they may not, and can be shown to have, before two blocks that exclude each other are final. */
  readonly equivocatorsThatBreakSafety: number;
}

/** What an operator should know of a set. */
export function ffgSafety(voters: number): FfgSafety {
  const quorum = ffgQuorum(voters);
  return { quorum, votersThatMayBeAway: voters - quorum, votersThatStopFinality: voters - quorum + 1, equivocatorsThatBreakSafety: 2 * quorum - voters };
}

/** Members that may leave a set in one change, so that those who leave cannot stop the quorum of the old set: less than a third. */
export function ffgTurnoverMax(voters: number): number {
  return voters - ffgQuorum(voters);
}

/** Members of the one that the other has not. */
export function ffgLeavers(before: FfgSet, now: FfgSet): number {
  const stay = new Set(now.keys.map(toHex));
  return before.keys.filter((key) => !stay.has(toHex(key))).length;
}

export function ffgVoters(set: FfgSet): FfgVoters {
  checkSet(set);
  return { id: set.id, sets: [set], keys: set.keys, seats: [set.keys.map((_, i) => i)] };
}

/** Both sets at once: a key that is in both votes once, and counts in both. */
export function jointVoters(before: FfgSet, now: FfgSet): FfgVoters {
  checkSet(before);
  checkSet(now);
  const keys = [...before.keys];
  const seatOf = new Map(keys.map((key, i) => [toHex(key), i]));
  const seats = now.keys.map((key) => {
    const name = toHex(key);
    const seat = seatOf.get(name) ?? keys.push(key) - 1;
    seatOf.set(name, seat);
    return seat;
  });
  return { id: jointId(before.id, now.id), sets: [before, now], keys, seats: [before.keys.map((_, i) => i), seats] };
}

export function jointId(before: Uint8Array, now: Uint8Array): Uint8Array {
  return taggedHash('v/ffg/joint', before, now);
}

/** A quorum of each set is among these seats. */
export function hasQuorum(voters: FfgVoters, signers: ReadonlySet<number>, quorum: (voters: number) => number = ffgQuorum): boolean {
  return voters.seats.every((seats) => seats.filter((seat) => signers.has(seat)).length >= quorum(seats.length));
}

function checkSet({ id, keys }: FfgSet): void {
  invariant(id.length === 32 && keys.length >= 1 && keys.length <= FFG_SET_MAX, 'a set of voters has an id and 1 to 128 keys', { voters: keys.length });
}
