import { accept, type ChainId, refuse, type Verdict } from '@vsys/primitives';
import type { HeaderRules, VerifySignature } from '@vsys/consensus/rules';
import { bftParamsFromBytes, createBftRules } from '@vsys/consensus-bft/rules';
import { createErasRules, erasFromBytes, type RuledEra } from '@vsys/consensus-eras/rules';
import { createPoaRules, poaParamsFromBytes } from '@vsys/consensus-poa/rules';
import { createSposRules, sposParamsFromBytes } from '@vsys/consensus-spos/rules';

/** Opens the rules of headers of one consensus module from the parameters in the spec. */
export type OpenRules = (params: Uint8Array, chainId: ChainId, verifySignature: VerifySignature) => Verdict<HeaderRules>;

/** A light client is the rules of headers and nothing else of a module: an application carries all of them in some kilobytes. */
const known: Readonly<Record<string, OpenRules>> = {
  'bft@1': (params, chainId, verify) => opened(bftParamsFromBytes(params), (read) => createBftRules(read, chainId, verify) as HeaderRules),
  'poa@1': (params, _chainId, verify) => opened(poaParamsFromBytes(params), (read) => createPoaRules(read, verify) as HeaderRules),
  'spos@1': (params, _chainId, verify) => opened(sposParamsFromBytes(params), (read) => createSposRules(read, verify) as HeaderRules),
};

/** Eras run any of the other modules, also those that an application adds. */
function openEras(params: Uint8Array, chainId: ChainId, verifySignature: VerifySignature, more: Readonly<Record<string, OpenRules>>): Verdict<HeaderRules> {
  const eras = erasFromBytes(params);
  if (!eras.ok) return eras;
  const ruled: RuledEra[] = [];
  for (const era of eras.value) {
    const rules = era.module === ERAS ? refuse('CLIENT_MODULE', `an era runs "${ERAS}" itself, which no chain does`) : openRules(era.module, era.params, chainId, verifySignature, more);
    if (!rules.ok) return rules;
    ruled.push({ ...era, rules: rules.value });
  }
  return accept(createErasRules(ruled) as HeaderRules);
}

const ERAS = 'eras@1';

/** @param more - of modules that do not come with this package, by their id */
export function openRules(module: string, params: Uint8Array, chainId: ChainId, verifySignature: VerifySignature, more: Readonly<Record<string, OpenRules>> = {}): Verdict<HeaderRules> {
  if (module === ERAS) return openEras(params, chainId, verifySignature, more);
  const open = Object.hasOwn(more, module) ? more[module] : Object.hasOwn(known, module) ? known[module] : undefined;
  return open === undefined ? refuse('CLIENT_MODULE', `the chain is agreed on by "${module}", whose rules are not here; there are ${[...Object.keys(known), ERAS, ...Object.keys(more)].join(', ')}`) : open(params, chainId, verifySignature);
}

function opened<T>(params: Verdict<T>, make: (params: T) => HeaderRules): Verdict<HeaderRules> {
  return params.ok ? accept(make(params.value)) : params;
}
