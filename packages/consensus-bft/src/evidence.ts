import { accept, concatBytes, equalBytes, refuse } from '@vsys/primitives';
import type { ChainId, Height, Verdict } from '@vsys/primitives';
import { evidencePairFromBytes, evidencePairToBytes, sealMessage } from '@vsys/consensus/rules';
import type { VerifySignature } from '@vsys/consensus/rules';
import { blockId, sealedHeaderFromBytes, sealedHeaderToBytes } from '@vsys/data-format';
import { bftRoundOf } from './rules.ts';
import { bftSealFromBytes } from './seal.ts';
import type { Proposal } from './state.ts';
import { isSameId } from './tally.ts';
import { PREVOTE, reproposalFromBytes, reproposalMessage, reproposalToBytes, voteFromBytes, voteMessage, voteToBytes } from './vote.ts';
import type { Vote } from './vote.ts';

/** What a proof shows: this key signed two things of which it may sign one. Whose it is, and whether it decided that height, is for who keeps the list. */
export interface BftOffence {
  readonly key: Uint8Array;
  readonly kind: 'double proposal' | 'double prevote' | 'double precommit';
  readonly height: Height;
  readonly round: number;
}

const VOTES = 1;
const PROPOSALS = 2;
const FRESH = 0;
const AGAIN = 1;
const KEY_BYTES = 32;

/** 1, the key (32), then two votes, each behind its length (4). */
export function voteEvidence(key: Uint8Array, a: Vote, b: Vote): Uint8Array {
  return concatBytes(Uint8Array.of(VOTES), key, evidencePairToBytes([voteToBytes(a), voteToBytes(b)]));
}

/** 2, the key (32), then two proposals, each behind its length (4): 0 and a sealed header, or 1 and a reproposal. */
export function proposalEvidence(key: Uint8Array, a: Proposal, b: Proposal): Uint8Array {
  return concatBytes(Uint8Array.of(PROPOSALS), key, evidencePairToBytes([proposalToBytes(a), proposalToBytes(b)]));
}

function proposalToBytes({ signed }: Proposal): Uint8Array {
  return signed.kind === 'fresh' ? concatBytes(Uint8Array.of(FRESH), sealedHeaderToBytes(signed)) : concatBytes(Uint8Array.of(AGAIN), reproposalToBytes(signed.reproposal));
}

/** Judges a proof by itself: anyone can who knows the chain's id. */
export function verifyBftEvidence(chainId: ChainId, verifySignature: VerifySignature, proof: Uint8Array): Verdict<BftOffence, 'BFT_EVIDENCE'> {
  const wrong = (message: string): Verdict<BftOffence, 'BFT_EVIDENCE'> => refuse('BFT_EVIDENCE', message);
  const key = proof.slice(1, 1 + KEY_BYTES);
  const parts = evidencePairFromBytes(proof.subarray(1 + KEY_BYTES));
  if (parts === undefined) return wrong('expected a key and two signed things');
  const isSigned = (message: Uint8Array, signature: Uint8Array): boolean => verifySignature({ scheme: 'ed25519', bytes: key }, message, signature);
  if (proof[0] === VOTES) {
    const [a, b] = parts.map(voteFromBytes);
    if (a === undefined || b === undefined) return wrong('expected two votes');
    if (a.height !== b.height || a.round !== b.round || a.step !== b.step) return wrong('the votes are not of one height, round and step');
    if (isSameId(a.id, b.id)) return wrong('both votes are for the same');
    if (![a, b].every((vote) => isSigned(voteMessage(chainId, vote), vote.signature))) return wrong('a signature does not hold');
    return accept({ key, kind: a.step === PREVOTE ? 'double prevote' : 'double precommit', height: a.height, round: a.round });
  }
  if (proof[0] !== PROPOSALS) return wrong('there is no such kind of proof');
  const [a, b] = parts.map((part) => proposalFromBytes(chainId, part));
  if (a === undefined || b === undefined) return wrong('expected two proposals');
  if (a.height !== b.height || a.round !== b.round) return wrong('the proposals are not of one height and round');
  if (equalBytes(a.message, b.message)) return wrong('both proposals are the same');
  if (![a, b].every(({ message, signature }) => isSigned(message, signature))) return wrong('a signature does not hold');
  return accept({ key, kind: 'double proposal', height: a.height, round: a.round });
}

function proposalFromBytes(chainId: ChainId, bytes: Uint8Array): { readonly height: Height; readonly round: number; readonly message: Uint8Array; readonly signature: Uint8Array } | undefined {
  if (bytes[0] === AGAIN) {
    const again = reproposalFromBytes(bytes.slice(1));
    return again === undefined ? undefined : { height: again.height, round: again.round, message: reproposalMessage(chainId, again), signature: again.signature };
  }
  const sealed = bytes[0] === FRESH ? sealedHeaderFromBytes(bytes.slice(1)) : undefined;
  if (sealed?.ok !== true || sealed.value.header.ext.length < 4 || !equalBytes(sealed.value.header.chainId, chainId)) return undefined;
  const { header, seal } = sealed.value;
  const parsed = bftSealFromBytes(seal);
  if (parsed?.kind !== 'proposal') return undefined;
  return { height: header.height, round: bftRoundOf(header.ext), message: sealMessage(blockId(header)), signature: parsed.signature };
}
