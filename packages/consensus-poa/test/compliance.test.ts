import { createPoa } from '@vsys/consensus-poa';
import { consensusCompliance, consensusTwins } from '@vsys/consensus/compliance';
import { describe, test } from '@jest/globals';
import { subjectOf, verifySignature } from './support.ts';

const module = createPoa({ verifySignature });

describe.each([3, 5])('poa@1 with %i authorities keeps what it declares', (authorities) => {
  consensusCompliance({ test, module, create: () => subjectOf(authorities) });
});

describe('the suite knows each broken twin of poa@1', () => {
  consensusTwins({ test, module, create: () => subjectOf(3) });
});
