import { equalBytes, toHex } from '@vsys/primitives';
import type { BlockId } from '@vsys/primitives';
import { PREVOTE } from './vote.ts';
import type { Vote, VoteStep } from './vote.ts';

/** Votes of one round, by seat. */
export interface RoundTally {
  readonly prevotes: ReadonlyMap<number, Vote>;
  readonly precommits: ReadonlyMap<number, Vote>;
}

/** Votes of one height, by round. Never changed in place. */
export type Tally = ReadonlyMap<number, RoundTally>;

const EMPTY: RoundTally = { prevotes: new Map(), precommits: new Map() };

export function roundOf(tally: Tally, round: number): RoundTally {
  return tally.get(round) ?? EMPTY;
}

export function votesOf(tally: Tally, round: number, step: VoteStep): ReadonlyMap<number, Vote> {
  const found = roundOf(tally, round);
  return step === PREVOTE ? found.prevotes : found.precommits;
}

export function withVote(tally: Tally, vote: Vote): Tally {
  const found = roundOf(tally, vote.round);
  const votes = new Map(votesOf(tally, vote.round, vote.step)).set(vote.seat, vote);
  return new Map(tally).set(vote.round, vote.step === PREVOTE ? { ...found, prevotes: votes } : { ...found, precommits: votes });
}

export function countFor(votes: ReadonlyMap<number, Vote>, id: BlockId | undefined): number {
  let count = 0;
  for (const vote of votes.values()) if (isSameId(vote.id, id)) count++;
  return count;
}

/** The block, or nothing (`id: undefined`), that so many votes are for. */
export function decidedBy(votes: ReadonlyMap<number, Vote>, quorum: number): { readonly id: BlockId | undefined } | undefined {
  const counts = new Map<string, { readonly id: BlockId | undefined; count: number }>();
  for (const { id } of votes.values()) {
    const key = id === undefined ? '' : toHex(id);
    const entry = counts.get(key) ?? { id, count: 0 };
    entry.count++;
    counts.set(key, entry);
    if (entry.count >= quorum) return { id };
  }
  return undefined;
}

/** Validators that voted in this round. */
export function seatsIn({ prevotes, precommits }: RoundTally): ReadonlySet<number> {
  return new Set([...prevotes.keys(), ...precommits.keys()]);
}

export function isSameId(a: BlockId | undefined, b: BlockId | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}
