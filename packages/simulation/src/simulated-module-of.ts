import { accept, refuse, type Verdict } from '@vsys/primitives';
import { createSigner } from '@vsys/crypto';
import type { ConsensusModule, VerifySignature } from '@vsys/consensus';
import type { SimulatedModule } from './simulated-module.ts';

/**
 * Simulates a module that nobody described for the simulator, by what it declares: it begins a chain as `paramsOfNewChain` says, and
 * must survive what its kind of finality claims.
 *
 * @param create - the module, checking signatures with what it is given
 */
export function simulatedModuleOf(create: (verifySignature: VerifySignature) => ConsensusModule): Verdict<SimulatedModule> {
  const module = create(() => false);
  const name = module.id.split('@')[0] as string;
  const { paramsOfNewChain, provides: { finality, cuts } } = module;
  if (paramsOfNewChain === undefined) return refuse('SIMULATE_PARAMS', `${module.id} does not say how a new chain begins (paramsOfNewChain), and the simulator begins one with every seed`);
  if (finality === 'none') return refuse('SIMULATE_FINALITY', `${module.id} makes nothing final, and what the simulator judges is what was final`);
  const params: SimulatedModule['params'] = (seats, periodMs) => paramsOfNewChain.call(module, { periodMs, producers: seats });
  const tolerates = finality === 'depth' ? 'static' : 'any';
  const reorgBound = cuts === 'short' ? boundOf(module, params) : undefined;
  return accept({ name, create, params, tolerates, ...(reorgBound === undefined ? {} : { reorgBound }) });
}

function boundOf(module: ConsensusModule, params: SimulatedModule['params']): number | undefined {
  const bytes = module.paramsFromJson(params([createSigner('ed25519', new Uint8Array(32).fill(1))], 1_000));
  const opened = bytes.ok ? module.open(bytes.value, new Uint8Array(32) as Parameters<ConsensusModule['open']>[1]) : undefined;
  return opened?.ok === true ? opened.value.reorgBound : undefined;
}
