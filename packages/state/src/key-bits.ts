/**
 * The bits of a key, as the tree branches on them: for each byte a 1 and the byte, most significant bit first; at the end a 0.
 * So the order of bit strings is the order of keys, and no key's bits begin another's, although keys may begin one another.
 */

/** @param key - or the prefix of a node, when `bit` is below the node's branch */
export function bitAt(key: Uint8Array, bit: number): 0 | 1 {
  const index = (bit / 9) | 0;
  const rest = bit - 9 * index;
  if (rest === 0) return index < key.length ? 1 : 0;
  return (((key[index] as number) >> (8 - rest)) & 1) as 0 | 1;
}

/**
 * Number of the first bit in which two keys differ; Infinity when they are equal.
 *
 * @param start - bits before it are known to be the same
 */
export function firstDifference(a: Uint8Array, b: Uint8Array, start = 0): number {
  const length = Math.min(a.length, b.length);
  for (let i = (start / 9) | 0; i < length; i++) {
    const difference = (a[i] as number) ^ (b[i] as number);
    if (difference !== 0) return 9 * i + 1 + Math.clz32(difference) - 24;
  }
  return a.length === b.length ? Infinity : 9 * length;
}

/** Whether bits `start` to `end` (not included) of a key are those of a prefix that has them. Looks at these bytes only. */
export function sharesBits(prefix: Uint8Array, key: Uint8Array, start: number, end: number): boolean {
  const whole = Math.floor(end / 9);
  const first = Math.floor(start / 9);
  if (whole > key.length) return false;
  for (let i = first; i < whole; i++) if (prefix[i] !== key[i]) return false;
  const rest = end - 9 * whole;
  if (rest === 0) return true;
  return whole < key.length && (((prefix[whole] as number) ^ (key[whole] as number)) & (0xff00 >> (rest - 1)) & 0xff) === 0;
}

/**
 * Puts the bytes that hold the first `bit` bits of a key, with the bits behind them cleared.
 *
 * @returns where they end
 */
export function putPrefix(bytes: Uint8Array, at: number, key: Uint8Array, bit: number): number {
  const whole = (bit / 9) | 0;
  for (let i = 0; i < whole; i++) bytes[at + i] = key[i] as number;
  const rest = bit - 9 * whole;
  if (rest === 0) return at + whole;
  bytes[at + whole] = (key[whole] as number) & (0xff00 >> (rest - 1));
  return at + whole + 1;
}

/** Bits `start` to `end` (not included) of a key, packed from the most significant bit, padded with zeros. */
export function packBits(key: Uint8Array, start: number, end: number): Uint8Array {
  const packed = new Uint8Array(Math.ceil((end - start) / 8));
  for (let i = start; i < end; i++) {
    if (bitAt(key, i) === 1) setPackedBit(packed, i - start, 1);
  }
  return packed;
}

/** All bits of a key, packed, and their number: 9 × length + 1. */
export function packKey(key: Uint8Array): Uint8Array {
  return packBits(key, 0, 9 * key.length + 1);
}

export function packedBit(packed: Uint8Array, bit: number): 0 | 1 {
  return (((packed[bit >> 3] as number) >> (7 - (bit & 7))) & 1) as 0 | 1;
}

export function setPackedBit(packed: Uint8Array, bit: number, value: 0 | 1): void {
  const mask = 0x80 >> (bit & 7);
  packed[bit >> 3] = value === 1 ? (packed[bit >> 3] as number) | mask : (packed[bit >> 3] as number) & ~mask;
}

/**
 * Where all keys below a path lie against one key: -1 all less, 1 all greater, 0 when the path begins the key's bits.
 *
 * @param path - packed bits, `length` of them
 * @param keyBits - `packKey` of the key
 */
export function comparePath(path: Uint8Array, length: number, keyBits: Uint8Array): -1 | 0 | 1 {
  const whole = length >> 3;
  for (let i = 0; i < whole; i++) {
    // Bits of a path that goes beyond the key's end differ before it, since only the end of a key has a 0 at its place.
    const difference = (path[i] as number) - (keyBits[i] ?? 0);
    if (difference !== 0) return difference < 0 ? -1 : 1;
  }
  const rest = length & 7;
  if (rest === 0) return 0;
  const mask = (0xff00 >> rest) & 0xff;
  const difference = ((path[whole] as number) & mask) - ((keyBits[whole] ?? 0) & mask);
  return difference === 0 ? 0 : difference < 0 ? -1 : 1;
}
