import { createSpos } from '@vsys/consensus-spos';
import { consensusCompliance, consensusTwins } from '@vsys/consensus/compliance';
import type { Declared } from '@vsys/consensus/compliance';
import { describe, test } from '@jest/globals';
import { byDepth, subjectOf, verifySignature } from './support.ts';

const voting: Declared = createSpos({ verifySignature });
/** What a chain without the gadget may be held to. */
const depth: Declared = { ...voting, provides: { ...voting.provides, finality: 'depth' } };

describe.each([['by voting', 3, voting, {}], ['by voting', 5, voting, {}], ['by depth', 4, depth, byDepth(4)]] as const)('spos@1 with finality %s of %i seats keeps what it declares', (_, seats, module, finality) => {
  consensusCompliance({ test, module, create: () => subjectOf(seats, finality) });
});

describe.each([['voting', voting, {}], ['depth', depth, byDepth(3)]] as const)('the suite knows each broken twin of spos@1 with finality by %s', (_, module, finality) => {
  consensusTwins({ test, module, create: () => subjectOf(3, finality) });
});
