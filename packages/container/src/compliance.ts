import type { DefineTest } from '@vsys/primitives/compliance';
import type { ContainerSubject } from './compliance-bench.ts';
import { checkLaws } from './compliance-check-laws.ts';
import { endLaws } from './compliance-end-laws.ts';
import { executionLaws } from './compliance-execution-laws.ts';

export { ComplianceError } from '@vsys/primitives/compliance';
export type { DefineTest } from '@vsys/primitives/compliance';
export { apply as applyWrites, rowsIn } from './compliance-bench.ts';
export type { BenchState, ContainerCall, ContainerSubject } from './compliance-bench.ts';
export { createContainerBench } from './container-bench.ts';
export type { BenchCall, ContainerBench, ContainerBenchOptions } from './container-bench.ts';

export interface ContainerCompliance {
  readonly test: DefineTest;
  /** A fresh container with the same story each time. */
  readonly create: () => ContainerSubject;
}

/**
 * The laws of `Container`, as tests named by what they ask. Hand in the runner's `test`: nothing of a runner is imported.
 *
 * @example
 * containerCompliance({ test, create: () => ({ container: createMine(), malformed: [Uint8Array.of(9)], story: [
 *   { payload: good, actor, becomes: 'ok' },
 *   { payload: good, actor: stranger, becomes: 'MINE_NOT_OWNER' },
 * ] }) });
 */
export function containerCompliance({ test, create }: ContainerCompliance): void {
  for (const [name, law] of [...checkLaws, ...executionLaws, ...endLaws]) test(name, async () => law(create));
}
