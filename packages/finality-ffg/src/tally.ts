import { toHex } from '@vsys/primitives';
import type { Height } from '@vsys/primitives';
import type { FfgCertificate } from './certificate.ts';
import { ballotToBytes } from './link.ts';
import type { FfgBallot } from './link.ts';
import type { FfgVote } from './vote.ts';
import { hasQuorum } from './voters.ts';
import type { FfgVoters } from './voters.ts';

/** A vote that holds, under the name of what it says. */
export interface CountedVote {
  readonly name: string;
  readonly vote: FfgVote;
}

/** Votes by voter (key in hex), those for the highest targets. Never changed in place. */
export type FfgTally = ReadonlyMap<string, readonly CountedVote[]>;

/** Votes of one voter that are kept. */
export const FFG_VOTES_PER_VOTER_MAX = 32;
/** Of these, votes for one height: the first, and one that shows that the voter signed twice. */
export const FFG_VOTES_PER_HEIGHT_MAX = 2;
/** Voters whose votes are kept: those of the last sets. */
export const FFG_TALLY_VOTERS_MAX = 512;

export function nameOf(ballot: FfgBallot): string {
  return toHex(ballotToBytes(ballot));
}

/** False: it is known, or there is no room for it. */
export function hasRoom(tally: FfgTally, voter: string, { name, vote }: CountedVote): boolean {
  const known = tally.get(voter);
  if (known === undefined) return tally.size < FFG_TALLY_VOTERS_MAX;
  if (known.some((one) => one.name === name)) return false;
  if (known.filter((one) => one.vote.target.height === vote.target.height).length >= FFG_VOTES_PER_HEIGHT_MAX) return false;
  return known.length < FFG_VOTES_PER_VOTER_MAX || vote.target.height > (known[0] as CountedVote).vote.target.height;
}

/** With this vote, and without the voter's lowest when it has too many. */
export function withVote(tally: FfgTally, voter: string, counted: CountedVote): FfgTally {
  const votes = [...(tally.get(voter) ?? []), counted].toSorted((a, b) => a.vote.target.height - b.vote.target.height);
  return new Map(tally).set(voter, votes.slice(-FFG_VOTES_PER_VOTER_MAX));
}

/** Without votes for what is final already. */
export function withoutBelow(tally: FfgTally, height: Height): FfgTally {
  const kept = [...tally].map(([voter, votes]) => [voter, votes.filter(({ vote }) => vote.target.height > height)] as const);
  return new Map(kept.filter(([, votes]) => votes.length > 0));
}

/** The votes for this ballot, by seat among the voters. */
export function votesFor(tally: FfgTally, name: string, voters: FfgVoters): ReadonlyMap<number, FfgVote> {
  const found = new Map<number, FfgVote>();
  voters.keys.forEach((key, seat) => {
    const counted = tally.get(toHex(key))?.find((one) => one.name === name);
    if (counted !== undefined) found.set(seat, counted.vote);
  });
  return found;
}

/** A certificate, when a quorum voted for this ballot. It has no more signatures than it needs, those that count twice first. */
export function certificateFor(tally: FfgTally, ballot: FfgBallot, voters: FfgVoters, quorum: (voters: number) => number): FfgCertificate | undefined {
  const votes = votesFor(tally, nameOf(ballot), voters);
  if (!hasQuorum(voters, new Set(votes.keys()), quorum)) return undefined;
  const setsOf = (seat: number): number => voters.seats.filter((seats) => seats.includes(seat)).length;
  const chosen = new Set<number>();
  for (const seat of [...votes.keys()].toSorted((a, b) => setsOf(b) - setsOf(a) || a - b)) {
    const isNeeded = voters.seats.some((seats) => seats.includes(seat) && seats.filter((one) => chosen.has(one)).length < quorum(seats.length));
    if (isNeeded) chosen.add(seat);
  }
  const signers = [...chosen].toSorted((a, b) => a - b).map((seat) => ({ seat, signature: (votes.get(seat) as FfgVote).signature }));
  const [first, second] = voters.sets;
  const { setId, source, target } = ballot;
  return { setId, source, target, setIds: second === undefined ? [first.id] : [first.id, second.id], voters: voters.keys.length, signers };
}
