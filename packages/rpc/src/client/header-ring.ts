import type { BlockId, Height, StateRoot } from '@vsys/primitives';

/** Id and state root of the newest blocks of one branch, in 64 bytes each. */
export interface HeaderRing {
  readonly oldest: Height;
  /** Of the block after the newest, or of one that takes the place of another; those above it are forgotten. */
  put(height: Height, id: BlockId, stateRoot: StateRoot): void;
  /** Undefined above the newest and below the oldest. */
  id(height: Height): BlockId | undefined;
  stateRoot(height: Height): StateRoot | undefined;
}

const ENTRY_BYTES = 64;
const HASH_BYTES = 32;

/** One block of memory, since an object for each header would take ten times as much. @param first - height of the first block put */
export function createHeaderRing(blocksMax: number, first: Height): HeaderRing {
  const ring = new Uint8Array(blocksMax * ENTRY_BYTES);
  let oldest = first;
  let newest = first - 1;
  const read = (height: Height, from: number): Uint8Array | undefined => {
    if (height < oldest || height > newest) return undefined;
    const at = (height % blocksMax) * ENTRY_BYTES + from;
    return ring.slice(at, at + HASH_BYTES);
  };
  return {
    get oldest() {
      return oldest;
    },
    put(height, id, stateRoot) {
      const at = (height % blocksMax) * ENTRY_BYTES;
      ring.set(id, at);
      ring.set(stateRoot, at + HASH_BYTES);
      newest = height;
      oldest = Math.max(oldest, height - blocksMax + 1);
    },
    id: (height) => read(height, 0),
    stateRoot: (height) => read(height, HASH_BYTES),
  };
}
