import { consensusCompliance, consensusTwins } from '@vsys/consensus/compliance';
import type { Declared } from '@vsys/consensus/compliance';
import { describe, test } from '@jest/globals';
import { subjectOf } from './support.ts';

const needs: Declared['needs'] = { clock: true, compute: false, keySchemes: ['ed25519'] };
/** Of a chain whose last era votes. */
const voting: Declared = { provides: { finality: 'gadget', headers: 'pure' }, needs };
/** Of one in all of whose eras producers change, and are found out. */
const changing: Declared = { provides: { finality: 'depth', headers: 'pure', producers: 'changing', evidence: true }, needs };

describe('eras@1 from poa to spos keeps what every consensus module promises', () => {
  consensusCompliance({ test, module: voting, create: () => subjectOf(3, [['poa', 3], ['spos']]) });
});

describe('eras@1 from spos to bft keeps what every consensus module promises', () => {
  consensusCompliance({ test, module: changing, create: () => subjectOf(4, [['spos', 4], ['bft']]) });
});

describe('eras@1 from bft to poa keeps what every consensus module promises', () => {
  consensusCompliance({ test, create: () => subjectOf(4, [['bft', 4], ['poa']]) });
});

describe('the suite knows each broken twin of eras@1', () => {
  consensusTwins({ test, create: () => subjectOf(3, [['poa', 1_000], ['spos']]) });
});
