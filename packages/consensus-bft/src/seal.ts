import { concatBytes, equalBytes, uint32FromBytes, uint32ToBytes } from '@vsys/primitives';

/**
 * What travels beside a header: first the proposer's signature, later the precommits that made the block final. Both sign the id, so
 * one block has one id under either.
 */
export type BftSeal =
  | { readonly kind: 'proposal'; readonly signature: Uint8Array }
  | { readonly kind: 'certificate'; readonly round: number; readonly precommits: readonly { readonly seat: number; readonly signature: Uint8Array }[] };

const PROPOSAL = 0;
const CERTIFICATE = 1;
const ENTRY_BYTES = 66;

/** Proposal: 0, signature (64). Certificate: 1, round (4), count (2), then per precommit seat (2), signature (64), by ascending seat. */
export function bftSealToBytes(seal: BftSeal): Uint8Array {
  if (seal.kind === 'proposal') return concatBytes(Uint8Array.of(PROPOSAL), seal.signature);
  const { round, precommits } = seal;
  return concatBytes(Uint8Array.of(CERTIFICATE), uint32ToBytes(round), uint16(precommits.length), ...precommits.flatMap(({ seat, signature }) => [uint16(seat), signature]));
}

/** Undefined for what `bftSealToBytes` does not write. */
export function bftSealFromBytes(bytes: Uint8Array): BftSeal | undefined {
  if (bytes[0] === PROPOSAL) return bytes.length === 65 ? { kind: 'proposal', signature: bytes.slice(1) } : undefined;
  if (bytes[0] !== CERTIFICATE || bytes.length < 7) return undefined;
  const count = ((bytes[5] as number) << 8) | (bytes[6] as number);
  if (bytes.length !== 7 + count * ENTRY_BYTES) return undefined;
  const precommits = Array.from({ length: count }, (_, i) => {
    const at = 7 + i * ENTRY_BYTES;
    return { seat: ((bytes[at] as number) << 8) | (bytes[at + 1] as number), signature: bytes.slice(at + 2, at + ENTRY_BYTES) };
  });
  if (precommits.some(({ seat }, i) => i > 0 && seat <= (precommits[i - 1] as { seat: number }).seat)) return undefined;
  const seal = { kind: 'certificate', round: uint32FromBytes(bytes, 1), precommits } as const;
  return equalBytes(bftSealToBytes(seal), bytes) ? seal : undefined;
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 255);
}
