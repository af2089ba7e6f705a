import type { ConsensusCheck, Declared } from './compliance-check.ts';
import { cutChecks } from './compliance-cuts.ts';
import { effectChecks } from './compliance-effects.ts';
import { finalityChecks } from './compliance-finality.ts';
import { foldChecks } from './compliance-fold.ts';
import { producingChecks } from './compliance-producing.ts';
import { refusalChecks } from './compliance-refusals.ts';

/** All laws; a module owes those of `checksUnder`. */
export const consensusChecks: readonly ConsensusCheck[] = [...foldChecks, ...refusalChecks, ...finalityChecks, ...producingChecks, ...effectChecks, ...cutChecks];

/** The laws that a module of these capabilities is held to. */
export function checksUnder(declared: Declared): readonly ConsensusCheck[] {
  return consensusChecks.filter(({ under }) => under === undefined || under(declared));
}
