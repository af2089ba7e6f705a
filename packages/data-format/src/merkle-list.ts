import { type Hash, uint32ToBytes } from '@vsys/primitives';
import { sha256Pairs, taggedHash } from '@vsys/crypto/hash';

/**
 * Root of a list: leaves are tagged hashes of the items, inner nodes sha256(left ‖ right), an odd node moves up unchanged; the count is
 * hashed in last, so that no two lists share a root.
 */
export function listRoot(tag: string, items: readonly Uint8Array[]): Hash {
  let level = new Uint8Array(32 * items.length);
  for (const [i, item] of items.entries()) level.set(taggedHash(tag, item), 32 * i);
  while (level.length > 32) {
    const paired = level.length - (level.length % 64);
    const above = new Uint8Array(paired / 2 + (level.length - paired));
    sha256Pairs(level.subarray(0, paired), above.subarray(0, paired / 2));
    above.set(level.subarray(paired), paired / 2);
    level = above;
  }
  return taggedHash(`${tag}/root`, uint32ToBytes(items.length), level);
}
