import { concatBytes, uint32FromBytes, uint32ToBytes } from '@vsys/primitives';

/** Two signed things that contradict each other, each behind its length (4, big-endian). */
export function evidencePairToBytes(pair: readonly [Uint8Array, Uint8Array]): Uint8Array {
  return concatBytes(...pair.flatMap((one) => [uint32ToBytes(one.length), one]));
}

/** Undefined unless there are exactly two and nothing more. */
export function evidencePairFromBytes(bytes: Uint8Array): readonly Uint8Array[] | undefined {
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
