import type { ConsensusModule } from '@vsys/consensus';
import { createPow } from './pow.ts';

export { createPow } from './pow.ts';
export type { PowOptions } from './pow.ts';
export type { PowParams } from './params.ts';
export { createPowRules, nextWork, powExtFromBytes, powExtToBytes, targetOf } from './rules.ts';
export type { PowContext, PowExt } from './rules.ts';

/** What `consensus.modules` of a node looks for in a package. */
export const consensusModules = (): readonly ConsensusModule[] => [createPow() as ConsensusModule];
