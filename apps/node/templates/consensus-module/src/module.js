// @ts-check
import { accept, toHex } from '@vsys/primitives';
import { createEngine } from './engine.js';
import { paramsFromBytes, paramsFromJson, paramsToBytes, paramsToJson, quorumOf } from './params.js';
import { createRules } from './rules.js';

/**
 * Producers take turns, a slot each; a block is final when two thirds of them sealed above it. A rule to begin with: change it, and let the
 * suite say what no longer holds.
 *
 * @param {{ readonly verifySignature: import('@vsys/consensus').VerifySignature }} parts
 * @returns {import('@vsys/consensus').ConsensusModule<import('./rules.js').Context>}
 */
export function createModule({ verifySignature }) {
  return {
    id: '__NAME__@1',
    // By these the laws are chosen that the module is held to.
    provides: { finality: 'depth', headers: 'pure' },
    needs: { clock: true, compute: false, keySchemes: ['ed25519'] },
    paramsFromJson: (json) => {
      const params = paramsFromJson(json);
      return params.ok ? accept(paramsToBytes(params.value)) : params;
    },
    paramsToJson: (bytes) => {
      const params = paramsFromBytes(bytes);
      return params.ok ? accept(paramsToJson(params.value)) : params;
    },
    paramsOfNewChain: ({ periodMs, producers }) => ({ slotMs: periodMs, producers: producers.map(({ account, publicKey }) => ({ account: toHex(account), key: toHex(publicKey.bytes) })) }),
    open: (bytes) => {
      const opened = paramsFromBytes(bytes);
      if (!opened.ok) return opened;
      const params = opened.value;
      const { length } = params.producers;
      return accept({
        rules: createRules(params, verifySignature),
        engine: (keys) => createEngine(params, keys),
        containers: [],
        faultsMax: length - quorumOf(length),
        describe: () => ({ producers: length, slotMs: params.slotMs, quorum: quorumOf(length) }),
      });
    },
  };
}
