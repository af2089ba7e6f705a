import { consensusChecks } from './compliance-checks.ts';
import type { ConsensusSubject } from './compliance-bench.ts';

export { createBench } from './compliance-bench.ts';
export type { Bench, BenchBlock, BenchOptions, ConsensusSubject } from './compliance-bench.ts';
export { createBenchNetwork } from './compliance-network.ts';
export type { BenchNetwork } from './compliance-network.ts';
export { consensusChecks } from './compliance-checks.ts';
export type { ConsensusCheck } from './compliance-checks.ts';
export { brokenTwins, brokenTwinsUnder } from './compliance-twins.ts';
export type { BrokenTwin } from './compliance-twins.ts';

export interface ComplianceOptions<C> {
  /** The runner's own, such as jest's. */
  readonly test: (name: string, run: () => Promise<void>) => void;
  /** A fresh subject for each check, always of the same parameters and keys. At least three producers. */
  create(): ConsensusSubject<C> | Promise<ConsensusSubject<C>>;
}

/**
 * What every consensus module with a linear history promises. Ten lines to join:
 *
 * @example
 * consensusCompliance({ test, create: () => ({ consensus, spec, genesis, keys, sign, blockId }) });
 */
export function consensusCompliance<C>({ test, create }: ComplianceOptions<C>): void {
  for (const check of consensusChecks) test(check.name, () => check.run(create));
}
