import { ffgQuorum, ffgRules, ffgVoters } from '@vsys/finality-ffg';
import type { FfgRules } from '@vsys/finality-ffg';
import type { FfgCase, Group } from './ffg-world.ts';

export interface OrderedCase extends FfgCase {
  readonly order: 'any' | 'layers';
}

export interface FfgMutant {
  readonly name: string;
  readonly cases: readonly OrderedCase[];
}

/** Branches of one length that begin on a trunk: blocks in order of height. */
export function branches(count: number, length: number, trunk = 0): readonly number[] {
  const stem = Array.from({ length: trunk }, (_, i) => i);
  const rows = Array.from({ length: count * length }, (_, i) => (i < count ? trunk : trunk + i + 1 - count));
  return [...stem, ...rows];
}

/** One set of n voters, of which as many as it bears, and maybe more, are not honest. */
function one(n: number, more = 0): readonly Group[] {
  const byzantine = 2 * ffgQuorum(n) - n - 1 + more;
  return [{ sets: [0], honest: n - byzantine, byzantine }];
}

const apart: readonly Group[] = [{ sets: [0], honest: 3, byzantine: 1 }, { sets: [1], honest: 3, byzantine: 1 }];
const oneLeaves: readonly Group[] = [{ sets: [0], honest: 1, byzantine: 0 }, { sets: [0, 1], honest: 2, byzantine: 1 }, { sets: [1], honest: 1, byzantine: 0 }];
const eachItsOwn: readonly Group[] = [{ sets: [0], honest: 0, byzantine: 1 }, { sets: [0, 1], honest: 3, byzantine: 0 }, { sets: [1], honest: 0, byzantine: 1 }];
const halfLeave: readonly Group[] = [{ sets: [0], honest: 2, byzantine: 0 }, { sets: [0, 1], honest: 1, byzantine: 1 }, { sets: [1], honest: 2, byzantine: 0 }];
/** Announced in the first block, which both branches share; taken over at the first height at which a branch can show that it is final. */
const change = { announced: 1, at: [4] };
const anyTime = { announced: 1, at: [3, 4, 5, 6] };

/** Under the rules none of these has two final blocks that exclude each other. */
export const ffgCases: readonly OrderedCase[] = [
  { name: '4 voters, two branches of 3, any order', parents: branches(2, 3), groups: one(4), order: 'any' },
  { name: '4 voters, two branches of 4', parents: branches(2, 4), groups: one(4), order: 'layers' },
  { name: '4 voters, two branches of 5', parents: branches(2, 5), groups: one(4), order: 'layers' },
  { name: '4 voters, three branches of 4', parents: branches(3, 4), groups: one(4), order: 'layers' },
  { name: '5 voters, two branches of 4', parents: branches(2, 4), groups: one(5), order: 'layers' },
  { name: '5 voters, three branches of 4', parents: branches(3, 4), groups: one(5), order: 'layers' },
  { name: '7 voters, two branches of 5', parents: branches(2, 5), groups: one(7), order: 'layers' },
  { name: '7 voters, three branches of 4', parents: branches(3, 4), groups: one(7), order: 'layers' },
  { name: '4 voters, a trunk of 1 with two branches of 4', parents: branches(2, 4, 1), groups: one(4), order: 'layers' },
  { name: '4 then 4 others, two branches', parents: branches(2, 4, 1), groups: apart, change, order: 'layers' },
  { name: '4 then 4 others, two branches, taken over at any time', parents: branches(2, 4, 1), groups: apart, change: anyTime, order: 'layers' },
  { name: '4, of whom one leaves, two branches', parents: branches(2, 4, 1), groups: oneLeaves, change, order: 'layers' },
  { name: '4, of whom a dishonest one leaves for another, two branches', parents: branches(2, 4, 1), groups: eachItsOwn, change: anyTime, order: 'layers' },
  { name: '4, of whom half leave, two branches', parents: branches(2, 4, 1), groups: halfLeave, change, order: 'layers' },
];

/** Takes longer: every order, on the tree that the source rule needs. */
export const longFfgCases: readonly OrderedCase[] = [
  { name: '4 voters, a trunk of 2 with two branches of 4', parents: branches(2, 4, 2), groups: one(4), order: 'layers' },
  { name: '4 voters, two branches of 4, any order', parents: branches(2, 4), groups: one(4), order: 'any' },
  { name: '4 voters, three branches of 3, any order', parents: branches(3, 3), groups: one(4), order: 'any' },
  { name: '7 voters, three branches of 5', parents: branches(3, 5), groups: one(7), order: 'layers' },
  { name: '4 then 4 others, two branches of 5', parents: branches(2, 5, 1), groups: apart, change: anyTime, order: 'layers' },
  { name: '4 then 4 others, three branches', parents: branches(3, 4, 1), groups: apart, change: anyTime, order: 'layers' },
];

const without = (name: string, rules: Partial<FfgRules>, more: Partial<OrderedCase> = {}): OrderedCase => ({ name, parents: branches(2, 4), groups: one(4), order: 'layers', rules: { ...ffgRules, ...rules }, ...more });

/** Each is one rule less, and must be found in one of its cases. */
export const ffgMutants: readonly FfgMutant[] = [
  { name: 'no target rule: a second vote for a height', cases: [without('two branches of 4', { targetRises: () => true })] },
  { name: 'no source rule: a vote that spans another', cases: [without('two branches of 4', { sourceStays: () => true })] },
  { name: 'final without the direct child', cases: [without('two branches of 4', { finalises: () => true })] },
  { name: 'a quorum of one voter less', cases: [without('two branches of 4', { quorum: (n) => ffgQuorum(n) - 1 })] },
  { name: 'one dishonest voter more than it bears, of 4', cases: [without('two branches of 4', {}, { groups: one(4, 1) })] },
  { name: 'one dishonest voter more than it bears, of 5', cases: [without('two branches of 4', {}, { groups: one(5, 1) })] },
  { name: 'one dishonest voter more than it bears, of 7', cases: [without('two branches of 4', {}, { groups: one(7, 1) })] },
  { name: 'a change of sets without the joint quorum, sets apart', cases: [without('change', { votersDuringChange: (_before, now) => ffgVoters(now) }, { parents: branches(2, 4, 1), groups: apart, change })] },
  { name: 'a change of sets without the joint quorum, half of it leaving', cases: [without('change', { votersDuringChange: (_before, now) => ffgVoters(now) }, { parents: branches(2, 4, 1), groups: halfLeave, change })] },
  { name: 'a change of sets with a quorum of all together', cases: [without('change', { votersDuringChange: (before, now) => ffgVoters({ id: now.id, keys: [...before.keys, ...now.keys] }) }, { parents: branches(2, 4, 1), groups: apart, change })] },
  { name: 'a voter that forgets its last vote', cases: [without('two branches of 4', { remember: (memory) => memory })] },
];
