/**
 * How many bytes of transactions a block of ours takes, learned from how long the last ones took. A block that is not ready in its slot is
 * lost, and the next would be just as large: without this, a pool that holds more than the machine builds in a slot stops the chain.
 * A choice of this node only: no rule depends on it.
 */
export interface BuildRoom {
  readonly bytes: number;
  /** Told after each build: what was taken, how long it took, and how long it should have taken at most; below 0 when it was too late before it began. */
  took(build: { readonly bytes: number; readonly tookMs: number; readonly wantedMs: number }): void;
}

/** @param bytesMin - never less: the largest transaction must always find room */
export function createBuildRoom({ bytesMin, bytesMax }: { readonly bytesMin: number; readonly bytesMax: number }): BuildRoom {
  let room = bytesMax;
  return {
    get bytes() {
      return Math.min(room, bytesMax);
    },
    took({ bytes, tookMs, wantedMs }) {
      if (tookMs >= wantedMs) room = Math.max(bytesMin, Math.floor(bytes * (wantedMs <= 0 ? 0.5 : wantedMs / tookMs)));
      // A block that was nearly empty says little about a full one.
      else if (2 * bytes >= room) room = Math.min(bytesMax, Math.floor(room * Math.min(2, wantedMs / tookMs)));
    },
  };
}
