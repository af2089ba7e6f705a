import { equalBytes } from '@vsys/primitives';
import type { BlockId } from '@vsys/primitives';
import { bftQuorum } from './params.ts';

/** A block, and the round in which a quorum prevoted for it. */
export interface Polka {
  readonly round: number;
  readonly id: BlockId;
}

/** A round's proposal: fresh without `validRound`, else one whose prevotes of that round are the reason. */
export interface Proposed {
  readonly round: number;
  readonly id: BlockId;
  readonly validRound: number | undefined;
}

/**
 * The rules that agreement rests on, each by itself, so that tests can take one away and show that it is missed.
 * After Buchman, Kwon, Milosevic: "The latest gossip on BFT consensus", algorithm 1; the lines are named.
 */
export interface VoteRules {
  /** Votes that decide. Two such sets share a validator that is honest. */
  quorum(validators: number): number;
  /** Lines 22 and 28: a locked validator prevotes for its own block, or for one that a quorum prevoted for since it locked. */
  mayPrevote(locked: Polka | undefined, proposed: Proposed): boolean;
  /** Line 28: an older round counts as a reason only with a quorum of its prevotes for this very block. */
  hasReason(proposed: Proposed, prevotesOfValidRound: number, quorum: number): boolean;
  /** Line 36: who precommits locks on the block, so that a later round cannot decide against it. */
  lock(locked: Polka | undefined, polka: Polka): Polka | undefined;
  /** Line 42: what a quorum prevoted for is proposed again, or the locked ones would wait for ever. */
  keepValid(valid: Polka | undefined, polka: Polka): Polka | undefined;
  /** Line 55: so many validators are in a later round that one of them is honest. */
  skipsTo(validatorsThere: number, validators: number, quorum: number): boolean;
}

export const voteRules: VoteRules = {
  quorum: bftQuorum,
  mayPrevote: (locked, { id, validRound }) => locked === undefined || equalBytes(locked.id, id) || (validRound !== undefined && locked.round <= validRound),
  hasReason: ({ round, validRound }, prevotes, quorum) => validRound === undefined || (validRound < round && prevotes >= quorum),
  lock: (_locked, polka) => polka,
  keepValid: (_valid, polka) => polka,
  skipsTo: (there, validators, quorum) => there > validators - quorum,
};
