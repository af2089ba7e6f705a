import { checksUnder } from './compliance-checks.ts';
import { must, usual } from './compliance-check.ts';
import type { Declared } from './compliance-check.ts';
import { brokenTwinsUnder } from './compliance-twins.ts';
import type { ConsensusSubject } from './compliance-bench.ts';

export { createBench } from './compliance-bench.ts';
export type { Bench, BenchBlock, BenchOptions, ConsensusSubject, Handover } from './compliance-bench.ts';
export { createBenchNetwork } from './compliance-network.ts';
export type { BenchNetwork, NetworkOptions } from './compliance-network.ts';
export type { BenchNode } from './compliance-node.ts';
export { checksUnder, consensusChecks } from './compliance-checks.ts';
export type { ConsensusCheck, Declared, Property } from './compliance-check.ts';
export { brokenTwins, brokenTwinsUnder } from './compliance-twins.ts';
export type { BrokenTwin } from './compliance-twins.ts';

export interface ComplianceOptions<C> {
  /** The runner's own, such as jest's. */
  readonly test: (name: string, run: () => Promise<void>) => void;
  /** The module, or what it declares: by it the laws are chosen. Absent: finality by depth, of blocks that keys seal. */
  readonly module?: Declared;
  /** A fresh subject for each check, always of the same parameters and keys. At least three producers. */
  create(): ConsensusSubject<C> | Promise<ConsensusSubject<C>>;
}

/**
 * What a consensus module promises, as far as it declares it. Ten lines to join:
 *
 * @example
 * consensusCompliance({ test, module, create: () => ({ consensus, spec, genesis, keys, sign, blockId }) });
 */
export function consensusCompliance<C>({ test, create, module = usual }: ComplianceOptions<C>): void {
  for (const check of checksUnder(module)) test(check.name, () => check.run(create, module));
}

/** Holds the suite to the module: each broken twin of it must be failed by the law that it breaks, for the reason that it is broken. A twin that passes shows that the suite is blind for this module. */
export function consensusTwins<C>({ test, create, module = usual }: ComplianceOptions<C>): void {
  for (const { name, failedBy, sentence, breakSubject } of brokenTwinsUnder(module)) {
    test(`finds the one that ${name}`, async () => {
      const check = checksUnder(module).find((one) => one.name === failedBy);
      must(check !== undefined, `there is no law "${failedBy}"`);
      const found = await check.run(async () => breakSubject(await create()), module).then(() => 'nothing', (error: unknown) => (error as Error).message);
      must(found.includes(sentence), `the law "${failedBy}" should have found "${sentence}" and found ${found}`);
    });
  }
}
