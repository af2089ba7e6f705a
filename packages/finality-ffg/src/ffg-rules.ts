import type { Height } from '@vsys/primitives';
import type { FfgMemory } from './memory.ts';
import { ffgQuorum, jointVoters } from './voters.ts';
import type { FfgSet, FfgVoters } from './voters.ts';

/** Of a link, what the rules look at. */
export interface FfgHeights {
  readonly source: { readonly height: Height };
  readonly target: { readonly height: Height };
}

/**
 * The rules that finality rests on, each by itself, so that tests can take one away and show that it is missed. After Buterin, Griffith: "Casper
 * the Friendly Finality Gadget" (arXiv 1710.09437), with heights for epochs.
 */
export interface FfgRules {
  /** Votes of a set that justify. Two such sets share a voter that is honest. */
  quorum(voters: number): number;
  /** No second vote for a height: commandment I. */
  targetRises(memory: FfgMemory, link: FfgHeights): boolean;
  /** With it, no vote that spans another one: commandment II. */
  sourceStays(memory: FfgMemory, link: FfgHeights): boolean;
  /** What a voter keeps of a vote. */
  remember(memory: FfgMemory, link: FfgHeights): FfgMemory;
  /** A certificate makes its source final when the target is the direct child. */
  finalises(link: FfgHeights): boolean;
  /** Until a block of the new set is final, the old set must agree too. */
  votersDuringChange(before: FfgSet, now: FfgSet): FfgVoters;
}

export const ffgRules: FfgRules = {
  quorum: ffgQuorum,
  targetRises: (memory, { target }) => target.height > memory.target,
  sourceStays: (memory, { source }) => source.height >= memory.source,
  remember: (_memory, { source, target }) => ({ source: source.height, target: target.height }),
  finalises: ({ source, target }) => target.height === source.height + 1,
  votersDuringChange: jointVoters,
};

/** Whether who remembers this may vote on the link. */
export function mayVote(memory: FfgMemory, link: FfgHeights, rules: FfgRules = ffgRules): boolean {
  return rules.targetRises(memory, link) && rules.sourceStays(memory, link);
}
