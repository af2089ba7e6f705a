import { accept, toHex } from '@vsys/primitives';
import { createAuthorityContainer, reportAuthority } from '@vsys/consensus';
import type { ConsensusModule, VerifySignature } from '@vsys/consensus';
import { createBftEngine } from './engine.ts';
import { verifyBftEvidence } from './evidence.ts';
import { bftParamsFromBytes, bftParamsFromJson, bftParamsToBytes, bftParamsToJson, bftQuorum } from './params.ts';
import { BFT_CONTAINER, createBftRules } from './rules.ts';
import type { BftContext } from './rules.ts';
import type { VoteRules } from './vote-rules.ts';
import { BFT_MESSAGE_BYTES_MAX } from './wire.ts';

export interface BftOptions {
  readonly verifySignature: VerifySignature;
  /** For tests, which take single rules away. */
  readonly votes?: VoteRules;
}

/**
 * Instant finality by votes: a block is head only when more than two thirds of the validators precommitted it, and then it is final.
 *
 * @example
 * const bft = createBft({ verifySignature });
 * const params = bft.paramsFromJson({ periodMs: 1000, validators: [{ account, key }] });
 */
export function createBft(options: BftOptions): ConsensusModule<BftContext> {
  const { verifySignature, votes } = options;
  return {
    id: 'bft@1',
    provides: { finality: 'instant', headers: 'pure', producers: 'changing', evidence: true },
    wire: { messageBytesMax: BFT_MESSAGE_BYTES_MAX, messagesPerPeerPerSecondMax: 1_024 },
    needs: { clock: true, compute: false, keySchemes: ['ed25519'] },
    paramsFromJson: (json) => {
      const params = bftParamsFromJson(json);
      return params.ok ? accept(bftParamsToBytes(params.value)) : params;
    },
    paramsToJson: (bytes) => {
      const params = bftParamsFromBytes(bytes);
      return params.ok ? accept(bftParamsToJson(params.value)) : params;
    },
    paramsOfNewChain: ({ periodMs, producers }) => ({ periodMs, timeoutMs: Math.min(periodMs, 60_000), validators: producers.map(({ account, publicKey }) => ({ account: toHex(account), key: toHex(publicKey.bytes) })) }),
    open: (bytes, chainId) => {
      const opened = bftParamsFromBytes(bytes);
      if (!opened.ok) return opened;
      const params = opened.value;
      return accept({
        rules: createBftRules(params, chainId, verifySignature),
        containers: [createAuthorityContainer({ name: BFT_CONTAINER, authorities: params.validators, verifyEvidence: (proof) => verifyBftEvidence(chainId, verifySignature, proof) })],
        engine: (keys) => createBftEngine({ params, chainId, verifySignature, ...(votes === undefined ? {} : { votes }) }, keys),
        // What is head is final.
        reorgBound: 0,
        faultsMax: params.validators.length - bftQuorum(params.validators.length),
        evidenceOperation: (proof) => reportAuthority(BFT_CONTAINER, proof),
        verifyEvidence: (proof) => {
          const offence = verifyBftEvidence(chainId, verifySignature, proof);
          return offence.ok ? accept({ scheme: 'ed25519', bytes: offence.value.key }) : offence;
        },
        describe: (head) => {
          const validators = (head?.validators ?? params.validators).length;
          const quorum = bftQuorum(validators);
          return {
            validators,
            periodMs: params.periodMs,
            quorum,
            validatorsThatMayBeAway: validators - quorum,
            validatorsThatStopTheChain: validators - quorum + 1,
            equivocatorsThatBreakSafety: 2 * quorum - validators,
          };
        },
      });
    },
  };
}
