// @ts-check
import { createModule } from './module.js';

/**
 * What a node asks a package for that its config names in `consensus.modules`.
 *
 * @param {{ readonly verifySignature: import('@vsys/consensus').VerifySignature }} parts - what is the node's to choose
 * @returns {readonly import('@vsys/consensus').ConsensusModule[]}
 */
export function consensusModules(parts) {
  return [/** @type {import('@vsys/consensus').ConsensusModule} */ (createModule(parts))];
}
