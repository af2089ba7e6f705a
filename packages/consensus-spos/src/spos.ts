import { accept, toHex } from '@vsys/primitives';
import type { ConsensusModule, VerifySignature } from '@vsys/consensus';
import { createSposEngine } from './engine.ts';
import { sposParamsFromBytes, sposParamsFromJson, sposParamsToBytes, sposParamsToJson, sposSafeDepth } from './params.ts';
import type { SposParams } from './params.ts';
import { FFG_MESSAGE_BYTES_MAX, FFG_MESSAGES_PER_PEER_PER_SECOND_MAX, ffgQuorum, ffgSafety } from '@vsys/finality-ffg';
import type { SposContext } from './context.ts';
import { finalityDepthOf } from './depth.ts';
import { evidence } from './ops.ts';
import { createSposRules } from './rules.ts';
import type { Seat } from './seat-list.ts';
import { createStakeContainer } from './stake/create-stake-container.ts';
import { verifyEvidence } from './stake/evidence.ts';

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
    provides: { finality: 'gadget', headers: 'pure', producers: 'changing', evidence: true },
    wire: { messageBytesMax: FFG_MESSAGE_BYTES_MAX, messagesPerPeerPerSecondMax: FFG_MESSAGES_PER_PEER_PER_SECOND_MAX },
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
      return accept({
        rules: createSposRules(params, options.verifySignature),
        containers: [createStakeContainer(params, { chainId, verifySignature: options.verifySignature })],
        engine: (keys) => createSposEngine({ params, chainId, verifySignature: options.verifySignature, keys }),
        faultsMax: faultsMaxOf(params),
        evidenceOperation: (proof) => evidence(proof),
        verifyEvidence: (proof) => {
          const offence = verifyEvidence({ chainId, slotMs: params.slotMs, verifySignature: options.verifySignature }, proof);
          return offence.ok ? accept({ scheme: 'ed25519', bytes: offence.value.key }) : offence;
        },
        describe: (context) => describeSpos(params, context?.standing.seats ?? params.seats),
      });
    },
  };
}

/** Seats that may be away: blocks go on without any number of them, finality does not. */
function faultsMaxOf(params: SposParams): number {
  const { length } = params.seats;
  return length - (params.finality === 'depth' ? finalityDepthOf(params, length) : ffgQuorum(length));
}

/** What operators should know: how many seats it takes to do harm. Below four, each of them must be trusted to be there. */
function describeSpos(params: SposParams, { length }: readonly Seat[]): Readonly<Record<string, number>> {
  const { slotMs, epochBlocks } = params;
  const common = { seats: length, ...(length < 4 ? { trustedOperators: length } : {}), slotMs, epochBlocks, seatsThatRuleProduction: Math.floor(length / 2) + 1 };
  if (params.finality === 'depth') {
    const depth = finalityDepthOf(params, length);
    return { ...common, safeDepth: sposSafeDepth(length), finalityDepth: depth, seatsThatStopFinality: length - depth + 1 };
  }
  const { quorum, votersThatStopFinality, equivocatorsThatBreakSafety } = ffgSafety(length);
  return { ...common, quorum, seatsThatStopFinality: votersThatStopFinality, equivocatorsThatBreakSafety };
}
