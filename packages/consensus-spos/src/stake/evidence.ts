import { accept, concatBytes, equalBytes, refuse, uint32FromBytes, uint32ToBytes } from '@vsys/primitives';
import type { ChainId, Verdict } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus/rules';
import type { VerifySignature } from '@vsys/consensus/rules';
import { blockId, sealedHeaderFromBytes, sealedHeaderToBytes } from '@vsys/data-format';
import type { SealedHeader } from '@vsys/data-format';

/** What a proof shows by itself: this key signed two things of which it may sign one. Whose key it is stands in the state. */
export interface Offence {
  readonly key: Uint8Array;
  readonly kind: 'two headers';
  readonly slot: number;
}

export interface EvidenceRules {
  readonly chainId: ChainId;
  readonly slotMs: number;
  readonly verifySignature: VerifySignature;
}

const HEADERS = 1;

/** 1, the minting key (32), then two sealed headers, each behind its length (4). */
export function headerEvidence(mintKey: Uint8Array, a: SealedHeader, b: SealedHeader): Uint8Array {
  return concatBytes(Uint8Array.of(HEADERS), mintKey, ...[a, b].map(sealedHeaderToBytes).flatMap((one) => [uint32ToBytes(one.length), one]));
}

/** Judges a proof without state: anyone who knows the chain can. */
export function verifyEvidence(rules: EvidenceRules, proof: Uint8Array): Verdict<Offence, 'SPOS_EVIDENCE'> {
  const read = readProof(rules, proof);
  if (!read.ok) return read;
  const { offence, signed } = read.value;
  const holds = signed.every(({ message, signature }) => rules.verifySignature({ scheme: 'ed25519', bytes: offence.key }, message, signature));
  return holds ? accept(offence) : refuse('SPOS_EVIDENCE', 'a signature is not by the key');
}

/** What a proof says, for who knows that its signatures hold. */
export function offenceOf(rules: EvidenceRules, proof: Uint8Array): Verdict<Offence, 'SPOS_EVIDENCE'> {
  const read = readProof(rules, proof);
  return read.ok ? accept(read.value.offence) : read;
}

interface Proof {
  readonly offence: Offence;
  readonly signed: readonly { readonly message: Uint8Array; readonly signature: Uint8Array }[];
}

function readProof(rules: EvidenceRules, proof: Uint8Array): Verdict<Proof, 'SPOS_EVIDENCE'> {
  const wrong = (message: string): Verdict<Proof, 'SPOS_EVIDENCE'> => refuse('SPOS_EVIDENCE', message);
  if (proof[0] !== HEADERS) return wrong('there is no such kind of proof');
  const key = proof.slice(1, 33);
  const headers = pairOf(proof.subarray(33))?.map(sealedHeaderFromBytes);
  const [a, b] = headers ?? [];
  if (a?.ok !== true || b?.ok !== true) return wrong('expected a key and two sealed headers');
  const [one, other] = [a.value, b.value];
  const slots = [one, other].map(({ header }) => Math.floor(header.timeMs / rules.slotMs));
  const slot = slots[0] as number;
  if (![one, other].every(({ header }) => equalBytes(header.chainId, rules.chainId))) return wrong('a header is of another chain');
  if (slots[1] !== slot) return wrong(`the headers are of slots ${slots.join(' and ')}`);
  const ids = [one, other].map(({ header }) => blockId(header));
  if (equalBytes(ids[0] as Uint8Array, ids[1] as Uint8Array)) return wrong('both headers are the same');
  return accept({ offence: { key, kind: 'two headers', slot }, signed: [one, other].map(({ seal }, i) => ({ message: sealMessage(ids[i] as Uint8Array), signature: seal })) });
}

/** Exactly two, each behind its length. */
function pairOf(bytes: Uint8Array): readonly Uint8Array[] | undefined {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (parts.length === 2 || bytes.length - at < 4) return undefined;
    const length = uint32FromBytes(bytes, at);
    if (length > bytes.length - at - 4) return undefined;
    parts.push(bytes.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts.length === 2 ? parts : undefined;
}
