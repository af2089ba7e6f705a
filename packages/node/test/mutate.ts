import { concatBytes, type createSeededRandom, uint32ToBytes } from '@vsys/primitives';

export type Seeded = ReturnType<typeof createSeededRandom>;

/** Bytes that were valid, or parts of them, made wrong in one of the ways that wires and attackers have. */
export function mutate(random: Seeded, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = random.below(bytes.length + 1);
  switch (random.below(10)) {
    case 0: return bytes.slice(0, at);
    case 1: return concatBytes(bytes, random.bytes(1 + random.below(64)));
    case 2: return random.bytes(random.below(200));
    case 3: return concatBytes(bytes.subarray(0, at), other.subarray(random.below(other.length + 1)));
    // A length or a count that says much more than there is.
    case 4: return concatBytes(bytes.subarray(0, at), uint32ToBytes(0xffff_ffff), bytes.subarray(at));
    case 5: return concatBytes(bytes.subarray(0, at), bytes);
    case 6: return bytes.map((byte, i) => (i === at ? 0xff : byte));
    case 7: return new Uint8Array(random.below(2_000));
    case 8: return concatBytes(bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + random.below(8))));
    default: return bytes.map((byte, i) => (i === at || random.below(200) === 0 ? byte ^ (1 << random.below(8)) : byte));
  }
}

export function pick<T>(random: Seeded, list: readonly T[]): T {
  return list[random.below(list.length)] as T;
}
