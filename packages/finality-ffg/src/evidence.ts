import { accept, compareBytes, concatBytes, equalBytes, refuse } from '@vsys/primitives';
import type { ChainId, Height, Verdict } from '@vsys/primitives';
import type { VerifySignature } from '@vsys/consensus/rules';
import { BALLOT_BYTES, ballotFromBytes, ballotToBytes, ffgVoteMessage } from './link.ts';
import type { FfgBallot } from './link.ts';

/** What a proof shows: this key signed two votes of which it may sign one. */
export interface FfgOffence {
  readonly key: Uint8Array;
  readonly kind: 'double vote' | 'surround vote';
  /** Of the higher target. */
  readonly height: Height;
}

/** A ballot with a signature of it. */
export type SignedBallot = FfgBallot & { readonly signature: Uint8Array };

const DOUBLE = 1;
const SURROUND = 2;
const SIGNED_BYTES = BALLOT_BYTES + 64;
export const FFG_EVIDENCE_BYTES: number = 1 + 32 + 2 * SIGNED_BYTES;

/** Two votes for one height are one too many, whatever they differ in; and none may span another: s1 < s2 < t2 < t1. */
export function offenceOf(a: FfgBallot, b: FfgBallot): FfgOffence['kind'] | undefined {
  if (a.target.height === b.target.height) return equalBytes(ballotToBytes(a), ballotToBytes(b)) ? undefined : 'double vote';
  return surrounds(a, b) || surrounds(b, a) ? 'surround vote' : undefined;
}

/** Kind (1: double, 2: surround), key (32), two ballots (112), each with its signature (64): for a double vote in the order of their bytes, else the outer one first. Undefined: no offence. */
export function ffgEvidence(key: Uint8Array, a: SignedBallot, b: SignedBallot): Uint8Array | undefined {
  const kind = offenceOf(a, b);
  if (kind === undefined) return undefined;
  const isInOrder = kind === 'double vote' ? compareBytes(ballotToBytes(a), ballotToBytes(b)) < 0 : surrounds(a, b);
  const [first, second] = isInOrder ? [a, b] : [b, a];
  return concatBytes(Uint8Array.of(kind === 'double vote' ? DOUBLE : SURROUND), key, ...[first, second].flatMap((one) => [ballotToBytes(one), one.signature]));
}

/** Judges a proof by itself. Whether the key held a seat is for who punishes. */
export function verifyFfgEvidence(chainId: ChainId, verifySignature: VerifySignature, proof: Uint8Array): Verdict<FfgOffence, 'FFG_EVIDENCE'> {
  const wrong = (message: string): Verdict<FfgOffence, 'FFG_EVIDENCE'> => refuse('FFG_EVIDENCE', message);
  if (proof.length !== FFG_EVIDENCE_BYTES) return wrong(`expected ${FFG_EVIDENCE_BYTES} bytes, found ${proof.length}`);
  const key = proof.slice(1, 33);
  const [a, b] = [33, 33 + SIGNED_BYTES].map((at) => {
    const ballot = ballotFromBytes(proof, at);
    return ballot === undefined ? undefined : { ...ballot, signature: proof.slice(at + BALLOT_BYTES, at + SIGNED_BYTES) };
  });
  if (a === undefined || b === undefined) return wrong('the source of a vote is not below its target');
  const kind = offenceOf(a, b);
  const again = ffgEvidence(key, a, b);
  if (kind === undefined || again === undefined) return wrong('both votes may be signed');
  if (!equalBytes(again, proof)) return wrong('the votes stand in another order or kind than their own');
  if (![a, b].every((one) => verifySignature({ scheme: 'ed25519', bytes: key }, ffgVoteMessage(chainId, one), one.signature))) return wrong('a signature does not hold');
  return accept({ key, kind, height: Math.max(a.target.height, b.target.height) });
}

function surrounds(outer: FfgBallot, inner: FfgBallot): boolean {
  return outer.source.height < inner.source.height && inner.target.height < outer.target.height;
}
