import { changeChecks } from './compliance-changes.ts';
import type { ConsensusCheck, Declared } from './compliance-check.ts';
import { clockChecks } from './compliance-clocks.ts';
import { cutChecks } from './compliance-cuts.ts';
import { effectChecks } from './compliance-effects.ts';
import { evidenceChecks } from './compliance-evidence.ts';
import { finalityChecks } from './compliance-finality.ts';
import { foldChecks } from './compliance-fold.ts';
import { livenessChecks } from './compliance-liveness.ts';
import { producingChecks } from './compliance-producing.ts';
import { refusalChecks } from './compliance-refusals.ts';
import { restartChecks } from './compliance-restarts.ts';

/** All laws; a module owes those of `checksUnder`. */
export const consensusChecks: readonly ConsensusCheck[] = [
  ...foldChecks, ...refusalChecks, ...finalityChecks, ...producingChecks, ...effectChecks, ...cutChecks, ...livenessChecks, ...restartChecks, ...clockChecks, ...changeChecks, ...evidenceChecks,
];

/** The laws that a module of these capabilities is held to. */
export function checksUnder(declared: Declared): readonly ConsensusCheck[] {
  return consensusChecks.filter(({ under }) => under === undefined || under(declared));
}
