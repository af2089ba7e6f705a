import type { Hash } from '@vsys/primitives';
import { sha256, taggedHash } from '@vsys/crypto/hash';

/**
 * Root of a list: leaves are tagged hashes of the items, inner nodes sha256(left ‖ right), an odd node moves up unchanged; the count is
 * hashed in last, so that no two lists share a root.
 */
export function listRoot(tag: string, items: readonly Uint8Array[]): Hash {
  let level = items.map((item) => taggedHash(tag, item));
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] as Uint8Array;
      const right = level[i + 1];
      above.push(right === undefined ? left : sha256(left, right));
    }
    level = above;
  }
  const count = new Uint8Array(4);
  new DataView(count.buffer).setUint32(0, items.length);
  return taggedHash(`${tag}/root`, count, level[0] ?? new Uint8Array());
}
