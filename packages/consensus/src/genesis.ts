import { type Verdict, accept, invariant, refuse } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { bodyRoot, type ChainSpec, chainId, emptyHistory, type Header, historyRoot, receiptsRoot } from '@vsys/data-format';
import type { Router } from '@vsys/container';
import type { StateWrite } from '@vsys/state';
import { balanceKey, numberToRecord } from '@vsys/transaction';
import type { Consensus } from './module.ts';

/**
 * State before the first block: what the spec's containers begin with, those of its consensus module, which begin with the parameters of the
 * module, and the balances it gives.
 */
export function genesisWrites(spec: ChainSpec, router: Router, consensus: Pick<Consensus, 'containers'>): Verdict<readonly StateWrite[], 'CHAIN_CONTAINER'> {
  const writes: StateWrite[] = [];
  for (const { name, version, params } of spec.containers) {
    const container = router.find(name);
    if (!container.ok) return refuse('CHAIN_CONTAINER', `the chain needs the container "${name}@${version}", which this node does not have; add it where the node is composed`);
    if (container.value.version !== version) {
      return refuse('CHAIN_CONTAINER', `the chain needs "${name}@${version}", this node has version ${container.value.version}; use a release that has it`);
    }
    writes.push(...(container.value.genesis?.(params) ?? []));
  }
  for (const container of consensus.containers) {
    const isNamed = spec.containers.some(({ name }) => name === container.name);
    if (!isNamed) writes.push(...(container.genesis?.(spec.consensus.params) ?? []));
  }
  for (const { account, amount } of spec.balances) writes.push({ key: balanceKey(account), value: numberToRecord(amount) });
  return accept(writes);
}

/** The first header: a function of the spec and of the state's root after `genesisWrites`. It has no seal; its authority is its hash. */
export function genesisHeader(spec: ChainSpec, stateRoot: Uint8Array): Header {
  invariant(stateRoot.length === 32, 'a state root has 32 bytes');
  const seats = taggedHash('v/seats', spec.consensus.params);
  return {
    version: 1, chainId: chainId(spec), height: 0, parent: new Uint8Array(32), timeMs: spec.genesisTimeMs, bodyRoot: bodyRoot([]), receiptsRoot: receiptsRoot([]), stateRoot,
    seatSetRoot: seats, nextSeatSetRoot: seats, historyRoot: historyRoot(emptyHistory), gasUsed: 0n, ext: new Uint8Array(),
    ...(spec.mainReference === undefined ? {} : { mainReference: spec.mainReference }),
  };
}
