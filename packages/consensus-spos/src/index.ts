export { createSposEngine } from './engine.ts';
export type { SposState } from './engine.ts';
export { checkSposParams, sposDefaults, sposParamsFromBytes, sposParamsFromJson, sposParamsToBytes, sposParamsToJson, sposQuorum, sposSafeDepth } from './params.ts';
export type { SposParams, SposSeat } from './params.ts';
export { createSposRules, seatOfSlot, slotOfTime, sposExtToBytes, sposFinalHeight } from './rules.ts';
export type { SposCode, SposContext } from './rules.ts';
export { createSpos } from './spos.ts';
export type { SposOptions } from './spos.ts';
