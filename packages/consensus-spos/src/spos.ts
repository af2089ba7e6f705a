import { accept, toHex } from '@vsys/primitives';
import type { ConsensusModule, VerifySignature } from '@vsys/consensus';
import { createSposEngine } from './engine.ts';
import { sposParamsFromBytes, sposParamsFromJson, sposParamsToBytes, sposParamsToJson, sposSafeDepth } from './params.ts';
import type { SposContext } from './context.ts';
import { createSposRules } from './rules.ts';
import { createStakeContainer } from './stake/create-stake-container.ts';

export interface SposOptions {
  readonly verifySignature: VerifySignature;
}

/**
 * Supernode Proof of Stake: absolute slots, one block per slot, seats that stand for an epoch and hand over through finality.
 *
 * @example
 * const spos = createSpos({ verifySignature });
 * const opened = spos.open(spec.consensus.params, chainId);
 * if (opened.ok) createEngineHost({ engine: opened.value.engine(keys), view, ports }).start();
 */
export function createSpos(options: SposOptions): ConsensusModule<SposContext> {
  return {
    id: 'spos@1',
    provides: { finality: 'depth', headers: 'pure' },
    needs: { clock: true, compute: false, keySchemes: ['ed25519'] },
    paramsFromJson: (json) => {
      const params = sposParamsFromJson(json);
      return params.ok ? accept(sposParamsToBytes(params.value)) : params;
    },
    paramsToJson: (bytes) => {
      const params = sposParamsFromBytes(bytes);
      return params.ok ? accept(sposParamsToJson(params.value)) : params;
    },
    paramsOfNewChain: ({ periodMs, producers }) => ({ slotMs: periodMs, slots: producers.length, seats: producers.map(({ account, publicKey }, seat) => ({ seat, account: toHex(account), mintKey: toHex(publicKey.bytes) })) }),
    open: (bytes, chainId) => {
      const opened = sposParamsFromBytes(bytes);
      if (!opened.ok) return opened;
      const params = opened.value;
      const seats = params.seats.length;
      return accept({
        rules: createSposRules(params, options.verifySignature),
        containers: [createStakeContainer(params, { chainId, verifySignature: options.verifySignature })],
        engine: (keys) => createSposEngine(params, keys),
        describe: () => ({
          seats,
          slotMs: params.slotMs,
          epochBlocks: params.epochBlocks,
          safeDepth: sposSafeDepth(seats),
          finalityDepth: params.finalityDepth,
          seatsThatRuleProduction: Math.floor(seats / 2) + 1,
          seatsThatStopFinality: seats - params.finalityDepth + 1,
        }),
      });
    },
  };
}
