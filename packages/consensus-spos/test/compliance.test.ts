import { brokenTwinsUnder, consensusChecks, consensusCompliance } from '@vsys/consensus/compliance';
import { describe, expect, test } from '@jest/globals';
import { subjectOf } from './support.ts';

describe.each([3, 5])('spos@1 with %i seats keeps what every consensus module promises', (seats) => {
  consensusCompliance({ test, create: () => subjectOf(seats) });
});

describe('the suite finds each broken twin of spos@1', () => {
  test.each(brokenTwinsUnder('depth'))('$name', async (twin) => {
    const check = consensusChecks.find(({ name }) => name === twin.failedBy);
    await expect(check?.run(() => twin.breakSubject(subjectOf(3)))).rejects.toThrow(twin.sentence);
  });
});
