import { brokenTwinsUnder, consensusChecks, consensusCompliance } from '@vsys/consensus/compliance';
import { describe, expect, test } from '@jest/globals';
import { byDepth, subjectOf } from './support.ts';

describe.each([['by voting', 3, {}], ['by voting', 5, {}], ['by depth', 4, byDepth(4)]])('spos@1 with finality %s of %i seats keeps what every consensus module promises', (_, seats, finality) => {
  consensusCompliance({ test, create: () => subjectOf(seats, finality) });
});

describe.each([['gadget', {}], ['depth', byDepth(3)]] as const)('the suite finds each broken twin of spos@1 with finality by %s', (kind, finality) => {
  test.each(brokenTwinsUnder(kind))('$name', async (twin) => {
    const check = consensusChecks.find(({ name }) => name === twin.failedBy);
    await expect(check?.run(() => twin.breakSubject(subjectOf(3, finality)))).rejects.toThrow(twin.sentence);
  });
});
