import { createRouter, type Router } from '@vsys/container';
import type { ChainSpec } from '@vsys/data-format';
import { COIN } from '@vsys/transaction';
import type { Consensus } from './module.ts';

/**
 * The containers that a chain runs, in order of name: those that its spec names, the coin, and those of its consensus module, which whoever composes need not list. A node may
 * carry more of them for other chains; an operation of one of those would be valid on some nodes of this chain and not on the others. Nor may the order
 * be that of the composition: containers end a block one after the other.
 */
export function routerOfSpec(spec: ChainSpec, router: Router, consensus: Consensus): Router {
  const names = new Set([COIN, ...spec.containers.map(({ name }) => name), ...consensus.containers.map(({ name }) => name)]);
  const listed = router.containers.filter(({ name }) => names.has(name));
  const brought = consensus.containers.filter(({ name }) => listed.every((other) => other.name !== name));
  return createRouter([...listed, ...brought].toSorted((a, b) => (a.name < b.name ? -1 : 1)));
}
