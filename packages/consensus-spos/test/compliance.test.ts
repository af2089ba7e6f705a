import { createSpos } from '@vsys/consensus-spos';
import { consensusCompliance, consensusTwins } from '@vsys/consensus/compliance';
import { describe, test } from '@jest/globals';
import { subjectOf, verifySignature } from './support.ts';

const module = createSpos({ verifySignature });

describe.each([3, 5])('spos@1 with %i seats keeps what it declares', (seats) => {
  consensusCompliance({ test, module, create: () => subjectOf(seats) });
});

describe('the suite knows each broken twin of spos@1', () => {
  consensusTwins({ test, module, create: () => subjectOf(3) });
});
