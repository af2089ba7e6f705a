import { brokenTwinsUnder, consensusChecks, consensusCompliance } from '@vsys/consensus/compliance';
import { describe, expect, test } from '@jest/globals';
import { subjectOf } from './support.ts';

describe.each([3, 5])('poa@1 with %i authorities keeps what every consensus module promises', (authorities) => {
  consensusCompliance({ test, create: () => subjectOf(authorities) });
});

describe('the suite finds each broken twin of poa@1', () => {
  test.each(brokenTwinsUnder('depth'))('$name', async (twin) => {
    const check = consensusChecks.find(({ name }) => name === twin.failedBy);
    await expect(check?.run(() => twin.breakSubject(subjectOf(3)))).rejects.toThrow(twin.sentence);
  });
});
