import { concatBytes } from '@vsys/primitives';
import { BALLOT_BYTES, ballotFromBytes, ballotToBytes } from './link.ts';
import type { FfgBallot } from './link.ts';

/** One signed vote. */
export interface FfgVote extends FfgBallot {
  /** Position among the voters of the target. */
  readonly seat: number;
  readonly signature: Uint8Array;
}

export const FFG_VOTE_BYTES: number = BALLOT_BYTES + 2 + 64;

/** Set (32), source (40), target (40), seat (2), signature (64). */
export function ffgVoteToBytes(vote: FfgVote): Uint8Array {
  return concatBytes(ballotToBytes(vote), Uint8Array.of(vote.seat >> 8, vote.seat & 255), vote.signature);
}

/** Strict: one byte string per vote. */
export function ffgVoteFromBytes(bytes: Uint8Array): FfgVote | undefined {
  const ballot = bytes.length === FFG_VOTE_BYTES ? ballotFromBytes(bytes) : undefined;
  if (ballot === undefined) return undefined;
  return { ...ballot, seat: ((bytes[BALLOT_BYTES] as number) << 8) | (bytes[BALLOT_BYTES + 1] as number), signature: bytes.slice(BALLOT_BYTES + 2) };
}
