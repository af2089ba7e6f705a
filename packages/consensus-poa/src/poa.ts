import { accept, toHex } from '@vsys/primitives';
import type { ConsensusModule, VerifySignature } from '@vsys/consensus';
import { createPoaEngine } from './engine.ts';
import { poaMajority, poaParamsFromBytes, poaParamsFromJson, poaParamsToBytes, poaParamsToJson } from './params.ts';
import { createPoaRules } from './rules.ts';
import type { PoaContext } from './rules.ts';

export interface PoaOptions {
  readonly verifySignature: VerifySignature;
}

/**
 * Proof of authority: a list of keys that take turns; those after an absent one step in after a backoff.
 *
 * @example
 * const poa = createPoa({ verifySignature });
 * const params = poa.paramsFromJson({ periodMs: 1000, authorities: [{ account, key }] });
 */
export function createPoa(options: PoaOptions): ConsensusModule<PoaContext> {
  return {
    id: 'poa@1',
    provides: { finality: 'depth', headers: 'pure' },
    needs: { clock: true, compute: false, keySchemes: ['ed25519'] },
    paramsFromJson: (json) => {
      const params = poaParamsFromJson(json);
      return params.ok ? accept(poaParamsToBytes(params.value)) : params;
    },
    paramsToJson: (bytes) => {
      const params = poaParamsFromBytes(bytes);
      return params.ok ? accept(poaParamsToJson(params.value)) : params;
    },
    paramsOfNewChain: ({ periodMs, producers }) => ({ periodMs, authorities: producers.map(({ account, publicKey }) => ({ account: toHex(account), key: toHex(publicKey.bytes) })) }),
    open: (bytes) => {
      const opened = poaParamsFromBytes(bytes);
      if (!opened.ok) return opened;
      const params = opened.value;
      const authorities = params.authorities.length;
      return accept({
        rules: createPoaRules(params, options.verifySignature),
        containers: [],
        engine: (keys) => createPoaEngine(params, keys),
        faultsMax: authorities - Math.max(params.finalityDepth, poaMajority(authorities)),
        // Of a majority of blocks in a row no two are by one authority, so so many are final with the block that ends them.
        ...(params.finalityDepth <= poaMajority(authorities) ? { reorgBound: params.finalityDepth } : {}),
        describe: () => ({
          authorities,
          periodMs: params.periodMs,
          finalityDepth: params.finalityDepth,
          authoritiesThatMustBePresent: poaMajority(authorities),
          authoritiesThatStopFinality: authorities - params.finalityDepth + 1,
        }),
      });
    },
  };
}
