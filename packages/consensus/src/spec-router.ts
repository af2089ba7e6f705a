import { createRouter, type Router } from '@vsys/container';
import type { ChainSpec } from '@vsys/data-format';
import { COIN } from '@vsys/transaction';
import type { Consensus } from './module.ts';

/**
 * The containers that a chain runs: those that its spec names and the coin, in order of name, then those of its consensus module. A node may carry more of
 * them for other chains; an operation of one of those would be valid on some nodes of this chain and not on the others. Nor does the order follow
 * the composition: containers end a block one after the other. Those of the module come from the module, whatever the router has, and see what all others did.
 */
export function routerOfSpec(spec: ChainSpec, router: Router, consensus: Consensus): Router {
  const names = new Set([COIN, ...spec.containers.map(({ name }) => name)]);
  const own = new Set(consensus.containers.map(({ name }) => name));
  const listed = router.containers.filter(({ name }) => names.has(name) && !own.has(name));
  return createRouter([...listed.toSorted((a, b) => (a.name < b.name ? -1 : 1)), ...consensus.containers]);
}
