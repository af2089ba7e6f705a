import { consensusNames } from '@vsys/app-node/network';
import { FaultError } from './fault-error.ts';

/** What finality of a module holds through, where it is less than everything: see `SimulatedModule.tolerates` of `@vsys/simulation`. */
const byDepth: ReadonlySet<string> = new Set(['poa', 'eras']);

/** @throws FaultError when there is none of that name */
export function toleranceOf(module: string): 'any' | 'static' {
  if (!consensusNames().includes(module)) throw new FaultError('FAULTS_USAGE', `there is no module "${module}"; there are ${consensusNames().join(', ')}`);
  return byDepth.has(module) ? 'static' : 'any';
}
