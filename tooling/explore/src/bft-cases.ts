import { bftQuorum, voteRules } from '@vsys/consensus-bft';
import type { VoteRules } from '@vsys/consensus-bft';
import type { BftCase } from './bft-model.ts';

function of(n: number, values: number, rounds: number, more = 0, rules: Partial<VoteRules> = {}): BftCase {
  const byzantine = 2 * bftQuorum(n) - n - 1 + more;
  return { name: `${n} validators, ${values} values, ${rounds} rounds`, honest: n - byzantine, byzantine, values, rounds, rules: { ...voteRules, ...rules } };
}

export const bftCases: readonly BftCase[] = [of(4, 2, 3), of(4, 3, 3), of(5, 2, 3), of(7, 2, 3)];
export const longBftCases: readonly BftCase[] = [of(4, 2, 5), of(7, 2, 4), of(7, 3, 3)];

/** Each is one rule less. What keeps a height from stopping, the valid block and the way to later rounds, costs no agreement, and is not among them. */
export const bftMutants: readonly { readonly name: string; readonly cases: readonly BftCase[] }[] = [
  { name: 'bft: a locked validator prevotes for anything', cases: [of(4, 2, 3, 0, { mayPrevote: () => true })] },
  { name: 'bft: nobody locks', cases: [of(4, 2, 3, 0, { lock: () => undefined })] },
  { name: 'bft: the first lock stays, whatever is precommitted later', cases: [of(4, 2, 4, 0, { lock: (locked, polka) => locked ?? polka })] },
  { name: 'bft: any older round is a reason', cases: [of(4, 2, 3, 0, { hasReason: () => true })] },
  { name: 'bft: a reason from before the lock unlocks', cases: [of(4, 2, 4, 0, { mayPrevote: (locked, proposed) => proposed.validRound !== undefined || voteRules.mayPrevote(locked, proposed) })] },
  { name: 'bft: a quorum of one validator less', cases: [of(4, 2, 3, 0, { quorum: (n) => bftQuorum(n) - 1 })] },
  { name: 'bft: one dishonest validator more than it bears, of 4', cases: [of(4, 2, 3, 1)] },
  { name: 'bft: one dishonest validator more than it bears, of 7', cases: [of(7, 2, 3, 1)] },
];
