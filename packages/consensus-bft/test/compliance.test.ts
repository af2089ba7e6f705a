import { brokenTwinsUnder, consensusChecks, consensusCompliance } from '@vsys/consensus/compliance';
import { describe, expect, test } from '@jest/globals';
import { subjectOf } from './support.ts';

describe.each([4, 7])('bft@1 with %i validators keeps what every consensus module promises', (validators) => {
  consensusCompliance({ test, create: () => subjectOf(validators) });
});

describe('the suite finds each broken twin of bft@1', () => {
  test.each(brokenTwinsUnder('instant'))('$name', async (twin) => {
    const check = consensusChecks.find(({ name }) => name === twin.failedBy);
    await expect(check?.run(() => twin.breakSubject(subjectOf(4)))).rejects.toThrow(twin.sentence);
  });
});
