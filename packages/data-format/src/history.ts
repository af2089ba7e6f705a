import type { BlockId, Hash } from '@vsys/primitives';
import { sha256, taggedHash } from '@vsys/crypto/hash';

/**
 * Accumulator of block ids (a Merkle mountain range): one peak per set bit of the count, highest first. A header commits to all blocks
 * before it in 32 bytes, and a proof that an old block belongs to the chain is logarithmic.
 */
export interface BlockHistory {
  /** Blocks in it: those below the header's height. */
  readonly count: number;
  readonly peaks: readonly Hash[];
}

export const emptyHistory: BlockHistory = { count: 0, peaks: [] };

export function appendToHistory({ count, peaks }: BlockHistory, id: BlockId): BlockHistory {
  const next = [...peaks];
  let peak = taggedHash('v/history', id);
  // As in adding 1 to a binary number: every low bit that is set merges.
  for (let rest = count; rest % 2 === 1; rest = Math.floor(rest / 2)) peak = sha256(next.pop() as Hash, peak);
  return { count: count + 1, peaks: [...next, peak] };
}

export function historyRoot({ count, peaks }: BlockHistory): Hash {
  const size = new Uint8Array(8);
  new DataView(size.buffer).setBigUint64(0, BigInt(count));
  return taggedHash('v/history/root', size, ...peaks);
}
