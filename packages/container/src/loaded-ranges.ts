/** Which stretches of the parent's state are known whole, by keys as `mapKey` writes them, whose order is that of the bytes. */
export interface LoadedRanges {
  /** All keys of the parent's state from `from` up to, not including, `end`. */
  add(from: string, end: string, keys: readonly string[]): void;
  /** Keys from `from` on as far as they are known without a gap, and where that ends: at `to`, or before it. */
  keysFrom(from: string, to: string): { readonly keys: readonly string[]; readonly end: string };
}

interface Stretch {
  readonly from: string;
  readonly end: string;
  readonly keys: readonly string[];
}

export function createLoadedRanges(): LoadedRanges {
  const stretches: Stretch[] = [];
  return {
    add(from, end, keys) {
      stretches.push({ from, end, keys });
    },
    keysFrom(from, to) {
      const found: string[] = [];
      let end = from;
      while (end < to) {
        const start = end;
        const next = stretches.find((one) => one.from <= start && start < one.end);
        if (next === undefined) break;
        for (const key of next.keys) if (key >= start && key < to) found.push(key);
        end = next.end < to ? next.end : to;
      }
      return { keys: found, end };
    },
  };
}
