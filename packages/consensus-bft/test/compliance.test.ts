import { createBft } from '@vsys/consensus-bft';
import { consensusCompliance, consensusTwins } from '@vsys/consensus/compliance';
import { describe, test } from '@jest/globals';
import { subjectOf, verifySignature } from './support.ts';

const module = createBft({ verifySignature });

describe.each([4, 7])('bft@1 with %i validators keeps what it declares', (validators) => {
  consensusCompliance({ test, module, create: () => subjectOf(validators) });
});

describe('the suite knows each broken twin of bft@1', () => {
  consensusTwins({ test, module, create: () => subjectOf(4) });
});
