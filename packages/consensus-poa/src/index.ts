export { createPoaEngine } from './engine.ts';
export type { PoaState } from './engine.ts';
export { checkPoaParams, poaMajority, poaParamsFromBytes, poaParamsFromJson, poaParamsToBytes, poaParamsToJson } from './params.ts';
export type { PoaAuthority, PoaParams } from './params.ts';
export { createPoa } from './poa.ts';
export type { PoaOptions } from './poa.ts';
export { createPoaRules, poaDistance, poaDueMs, poaExtToBytes, poaFinalHeight } from './rules.ts';
export type { PoaCode, PoaContext } from './rules.ts';
