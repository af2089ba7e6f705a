import { accept, concatBytes, equalBytes, refuse } from '@vsys/primitives';
import type { ChainId, Height, Verdict } from '@vsys/primitives';
import { evidencePairFromBytes, evidencePairToBytes, sealMessage } from '@vsys/consensus/rules';
import type { VerifySignature } from '@vsys/consensus/rules';
import { blockId, sealedHeaderFromBytes, sealedHeaderToBytes } from '@vsys/data-format';
import type { SealedHeader } from '@vsys/data-format';
import { verifyFfgEvidence } from '@vsys/finality-ffg';
import type { FfgOffence } from '@vsys/finality-ffg';

/** What a proof shows by itself: this key signed two things of which it may sign one. Whose key it is stands in the state. */
export type Offence = { readonly key: Uint8Array; readonly kind: 'two headers'; readonly slot: number } | { readonly key: Uint8Array; readonly kind: FfgOffence['kind']; readonly height: Height };

export interface EvidenceRules {
  readonly chainId: ChainId;
  readonly slotMs: number;
  readonly verifySignature: VerifySignature;
}

const HEADERS = 1;
const VOTES = 2;

/** 1, the minting key (32), then two sealed headers, each behind its length (4). */
export function headerEvidence(mintKey: Uint8Array, a: SealedHeader, b: SealedHeader): Uint8Array {
  return concatBytes(Uint8Array.of(HEADERS), mintKey, evidencePairToBytes([sealedHeaderToBytes(a), sealedHeaderToBytes(b)]));
}

/** 2, then what the gadget says of two votes. @param proof - of `ffgEvidence` */
export function voteEvidence(proof: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(VOTES), proof);
}

/** Judges a proof without state: anyone who knows the chain can. */
export function verifyEvidence(rules: EvidenceRules, proof: Uint8Array): Verdict<Offence, 'SPOS_EVIDENCE'> {
  switch (proof[0]) {
    case HEADERS: return verifyHeaders(rules, proof.subarray(1));
    case VOTES: {
      const judged = verifyFfgEvidence(rules.chainId, rules.verifySignature, proof.slice(1));
      return judged.ok ? judged : refuse('SPOS_EVIDENCE', judged.message);
    }
    default: return refuse('SPOS_EVIDENCE', 'there is no such kind of proof');
  }
}

/** What a proof says, for who knows that its signatures hold. */
export function offenceOf(rules: EvidenceRules, proof: Uint8Array): Verdict<Offence, 'SPOS_EVIDENCE'> {
  return verifyEvidence({ ...rules, verifySignature: () => true }, proof);
}

function verifyHeaders({ chainId, slotMs, verifySignature }: EvidenceRules, proof: Uint8Array): Verdict<Offence, 'SPOS_EVIDENCE'> {
  const wrong = (message: string): Verdict<Offence, 'SPOS_EVIDENCE'> => refuse('SPOS_EVIDENCE', message);
  const key = proof.slice(0, 32);
  const [a, b] = evidencePairFromBytes(proof.subarray(32))?.map(sealedHeaderFromBytes) ?? [];
  if (a?.ok !== true || b?.ok !== true) return wrong('expected a key and two sealed headers');
  const sealed = [a.value, b.value];
  if (!sealed.every(({ header }) => equalBytes(header.chainId, chainId))) return wrong('a header is of another chain');
  const [slot, other] = sealed.map(({ header }) => Math.floor(header.timeMs / slotMs)) as [number, number];
  if (slot !== other) return wrong(`the headers are of slots ${slot} and ${other}`);
  const ids = sealed.map(({ header }) => blockId(header)) as [Uint8Array, Uint8Array];
  if (equalBytes(ids[0], ids[1])) return wrong('both headers are the same');
  const isByKey = ({ seal }: SealedHeader, i: number): boolean => verifySignature({ scheme: 'ed25519', bytes: key }, sealMessage(ids[i] as Uint8Array), seal);
  return sealed.every(isByKey) ? accept({ key, kind: 'two headers', slot }) : wrong('a seal is not by the key');
}
