import { equalBytes } from '@vsys/primitives';
import type { Height } from '@vsys/primitives';
import type { PublicKeyOf } from '@vsys/consensus';
import type { BftValidator } from './params.ts';
import { bftProposer } from './rules.ts';

/** The validators of one height, and what follows from who they are. */
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
  keyOf(seat: number): PublicKeyOf;
  proposer(height: Height, round: number): number;
}

export function createCommittee(validators: readonly BftValidator[], keys: readonly PublicKeyOf[], quorumOf: (validators: number) => number): Committee {
  const n = validators.length;
  const quorum = quorumOf(n);
  return {
    validators, n, quorum, honestMin: n - quorum + 1,
    own: validators.flatMap(({ key }, seat) => (keys.some((one) => one.scheme === 'ed25519' && equalBytes(one.bytes, key)) ? [seat] : [])),
    keyOf: (seat) => ({ scheme: 'ed25519', bytes: (validators[seat] as BftValidator).key }),
    proposer: (height, round) => bftProposer({ validators }, height, round),
  };
}
