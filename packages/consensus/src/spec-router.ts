import { createRouter, type Router } from '@vsys/container';
import type { ChainSpec } from '@vsys/data-format';
import { COIN } from '@vsys/transaction';
import type { Consensus } from './module.ts';

/**
 * The containers that a chain runs: those that its spec names, the coin, and those of its consensus module. A node may carry more of
 * them for other chains; an operation of one of those would be valid on some nodes of this chain and not on the others. Those of the module come from
 * the module and last, whatever the router has: who forgot them would get other states.
 */
export function routerOfSpec(spec: ChainSpec, router: Router, consensus: Consensus): Router {
  const names = new Set([COIN, ...spec.containers.map(({ name }) => name)]);
  const own = new Set(consensus.containers.map(({ name }) => name));
  return createRouter([...router.containers.filter(({ name }) => names.has(name) && !own.has(name)), ...consensus.containers]);
}
