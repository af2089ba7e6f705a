import { consensusCompliance, consensusTwins } from '@vsys/consensus/compliance';
import { describe, test } from '@jest/globals';
import { createSubject, module } from './subject.ts';

describe('pow@1 keeps what it declares', () => {
  consensusCompliance({ test, module, create: createSubject });
});

describe('the suite knows each broken twin of pow@1', () => {
  consensusTwins({ test, module, create: createSubject });
});
