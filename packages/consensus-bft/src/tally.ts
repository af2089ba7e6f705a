import { equalBytes, toHex } from '@vsys/primitives';
import type { BlockId } from '@vsys/primitives';
import { PREVOTE } from './vote.ts';
import type { Vote, VoteStep } from './vote.ts';

/**
 * Votes of one step of a round, by seat: the first that was heard, then others that the seat signed too. No two of a seat are for one
 * id, so `size` and keys count seats, and a seat counts once for an id.
 */
export type StepVotes = ReadonlyMap<number, readonly Vote[]>;

export interface RoundTally {
  readonly prevotes: StepVotes;
  readonly precommits: StepVotes;
}

/** Votes of one height, by round. Never changed in place. */
export type Tally = ReadonlyMap<number, RoundTally>;

const EMPTY: RoundTally = { prevotes: new Map(), precommits: new Map() };

export function roundOf(tally: Tally, round: number): RoundTally {
  return tally.get(round) ?? EMPTY;
}

export function votesOf(tally: Tally, round: number, step: VoteStep): StepVotes {
  const found = roundOf(tally, round);
  return step === PREVOTE ? found.prevotes : found.precommits;
}

export function withVote(tally: Tally, vote: Vote): Tally {
  const found = roundOf(tally, vote.round);
  const before = votesOf(tally, vote.round, vote.step);
  if (hasVoted(before, vote.seat, vote.id)) return tally;
  const votes = new Map(before).set(vote.seat, [...(before.get(vote.seat) ?? []), vote]);
  return new Map(tally).set(vote.round, vote.step === PREVOTE ? { ...found, prevotes: votes } : { ...found, precommits: votes });
}

export function hasVoted(votes: StepVotes, seat: number, id: BlockId | undefined): boolean {
  return votes.get(seat)?.some((vote) => isSameId(vote.id, id)) === true;
}

/** The votes that so many validators gave for it, by ascending seat. */
export function votesFor(votes: StepVotes, id: BlockId | undefined): readonly Vote[] {
  return [...votes.values()].flat().filter((vote) => isSameId(vote.id, id)).toSorted((a, b) => a.seat - b.seat);
}

/** Validators that voted for it. */
export function countFor(votes: StepVotes, id: BlockId | undefined): number {
  let count = 0;
  for (const seat of votes.keys()) if (hasVoted(votes, seat, id)) count++;
  return count;
}

/**
 * Whether a seat's vote for another block than before may be missing in a quorum that somebody saw. In each such quorum at least `honestMin` seats
 * signed nothing else, so here too their first votes are for the block, or will be. No more than three blocks can have so many: that bounds what is kept.
 */
export function isBacked(votes: StepVotes, { seat, id }: Pick<Vote, 'seat' | 'id'>, honestMin: number): boolean {
  if (id === undefined) return false;
  const others = [...votes].filter(([other, [first]]) => other !== seat && isSameId(first?.id, id));
  return others.length >= honestMin;
}

/** The block, or nothing (`id: undefined`), that so many validators voted for. */
export function decidedBy(votes: StepVotes, quorum: number): { readonly id: BlockId | undefined } | undefined {
  const counts = new Map<string, { readonly id: BlockId | undefined; count: number }>();
  for (const { id } of [...votes.values()].flat()) {
    const key = id === undefined ? '' : toHex(id);
    const entry = counts.get(key) ?? { id, count: 0 };
    entry.count++;
    counts.set(key, entry);
    if (entry.count >= quorum) return { id };
  }
  return undefined;
}

/** Whether all validators voted, and not enough of them for any block. */
export function isSplitUp(votes: StepVotes, validators: number, quorum: number): boolean {
  return votes.size === validators && decidedBy(votes, quorum)?.id === undefined;
}

/** Validators that voted in this round. */
export function seatsIn({ prevotes, precommits }: RoundTally): ReadonlySet<number> {
  return new Set([...prevotes.keys(), ...precommits.keys()]);
}

export function isSameId(a: BlockId | undefined, b: BlockId | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}
