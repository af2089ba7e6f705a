import { equalBytes } from '@vsys/primitives';
import type { Height } from '@vsys/primitives';
import type { PublicKeyOf } from '@vsys/consensus';
import type { BftValidator } from './params.ts';
import { bftProposer } from './rules.ts';

/** The validators of one height, and what follows from who they are. Data, as all that the state of an engine holds. */
export interface Committee {
  readonly validators: readonly BftValidator[];
  /** How many they are. */
  readonly n: number;
  /** Votes that decide. */
  readonly quorum: number;
  /** So many cannot all be dishonest. */
  readonly honestMin: number;
  /** Seats of this node's keys. */
  readonly own: readonly number[];
}

export function createCommittee(validators: readonly BftValidator[], keys: readonly PublicKeyOf[], quorumOf: (validators: number) => number): Committee {
  const n = validators.length;
  const quorum = quorumOf(n);
  return {
    validators, n, quorum, honestMin: n - quorum + 1,
    own: validators.flatMap(({ key }, seat) => (keys.some((one) => one.scheme === 'ed25519' && equalBytes(one.bytes, key)) ? [seat] : [])),
  };
}

/** @param seat - one of this committee */
export function keyOfSeat({ validators }: Committee, seat: number): PublicKeyOf {
  return { scheme: 'ed25519', bytes: (validators[seat] as BftValidator).key };
}

export function proposerOf({ validators }: Committee, height: Height, round: number): number {
  return bftProposer({ validators }, height, round);
}
