import { describe, expect, test } from '@jest/globals';
import { voteRules } from '@vsys/consensus-bft';
import type { VoteRules } from '@vsys/consensus-bft';
import { isSplit, runAdversary } from './adversary.ts';

/** The first seed in which two honest validators decide differently. */
function firstSplit(seeds: number, votes: VoteRules): number | undefined {
  for (let seed = 1; seed <= seeds; seed++) if (isSplit(runAdversary({ seed, votes }))) return seed;
  return undefined;
}

describe('an adversary with one of four keys and the whole network', () => {
  test('splits no two honest validators, in runs of which many decide', () => {
    let decided = 0;
    for (let seed = 1; seed <= 100; seed++) {
      const run = runAdversary({ seed, votes: voteRules });
      expect([seed, isSplit(run)]).toEqual([seed, false]);
      if (run.decided.some((id) => id !== undefined)) decided++;
    }
    expect(decided).toBeGreaterThan(30);
  }, 120_000);

  test('runs the same from the same seed', () => {
    expect(runAdversary({ seed: 52, votes: voteRules })).toEqual(runAdversary({ seed: 52, votes: voteRules }));
  });

  // What random runs are too blunt for (reasons of reproposals, locks left too early) the scenarios of vote-rules.test.ts find.
  test.each<readonly [string, Partial<VoteRules>]>([
    ['the lock is not asked', { mayPrevote: () => true }],
    ['nobody locks', { lock: () => undefined }],
    ['two of four decide', { quorum: () => 2 }],
  ])('splits them when %s', (_, change) => {
    expect(firstSplit(200, { ...voteRules, ...change })).toBeDefined();
  }, 120_000);
});
