/** Opaque weight of a branch: only the consensus module knows what the numbers mean. Compared left to right; longer wins a tie. */
export type Rank = readonly bigint[];

/** Returns a negative number, 0 or a positive one. */
export function compareRanks(a: Rank, b: Rank): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a[i] as bigint;
    const y = b[i] as bigint;
    if (x !== y) return x < y ? -1 : 1;
  }
  return a.length - b.length;
}
