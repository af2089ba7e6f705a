// @ts-check
import { describe, test } from 'node:test';
import { consensusCompliance, consensusTwins } from '@vsys/consensus/compliance';
import { createSubject, module } from './subject.js';

describe('__NAME__@1 keeps what it declares', () => {
  consensusCompliance({ test, module, create: createSubject });
});

describe('the suite knows each broken twin of __NAME__@1', () => {
  consensusTwins({ test, module, create: createSubject });
});
