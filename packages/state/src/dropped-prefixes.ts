/**
 * What blocks cut off the tree and the disk still holds: values and pages that no tree from that block on has. They stay as long as a height before it
 * can be read, then they are swept, a bounded number at each flush. The drop is known for a window more: journals tell of records that it made stale.
 */
import { compareBytes, concatBytes, toHex, uint64ToBytes } from '@vsys/primitives';
import type { Store, StoreOp } from '@vsys/store';
import { SWEEP_ENTRIES_PER_FLUSH_MAX } from './limits.ts';
import { dropFromKey, dropKey, DROPS_END, endOfPrefix, heightAt, isPageKey, pageHeight, PAGES_END, PAGES_FIRST, pagesBelow, recordHeight, valueKey } from './store-layout.ts';

/** What it takes to look into a range of the store, in entries. */
const RANGE_ENTRIES = 4;

/** No key of the store of the state begins so. */
const SWEPT = 0xff;

function sweptAt(height: number): Uint8Array {
  return concatBytes(Uint8Array.of(SWEPT), uint64ToBytes(BigInt(height)));
}

/** A prefix that a block dropped. */
export interface DroppedPrefix {
  readonly height: number;
  readonly prefix: Uint8Array;
  /** Key of the store from which the sweep goes on; empty: it did not begin. Once all is swept: 255 and the height (8) of the base then. */
  readonly next: Uint8Array;
}

export interface DroppedPrefixes {
  readonly isEmpty: boolean;
  add(drop: DroppedPrefix): void;
  /** Whether a block dropped what is there. */
  isBelow(key: Uint8Array): boolean;
  /** Whether a record of a height is of before a drop, and the reader at or above it. */
  isStale(key: Uint8Array, recordHeight: number, height: number): boolean;
  /**
   * Deletes that a flush does first in its batch.
   *
   * @param height - of the base after it
   * @param horizon - the lowest height that can be read from then on
   */
  sweep(store: Store, height: number, horizon: number): Promise<{ readonly ops: readonly StoreOp[]; /** When they have landed. */ readonly landed: () => void }>;
}

export async function openDroppedPrefixes(store: Store): Promise<DroppedPrefixes> {
  const drops: DroppedPrefix[] = [];
  for await (const [key, next] of store.iterate({ gte: dropKey(0, new Uint8Array()), lt: DROPS_END })) drops.push({ ...dropFromKey(key), next });
  /** Heights by prefix, by its length: most keys are told by a look or two. */
  const byLength = new Map<number, Map<string, number[]>>();
  drops.forEach(enter);
  return { get isEmpty() { return drops.length === 0; }, add, isBelow, isStale, sweep };

  function add(drop: DroppedPrefix): void {
    drops.push(drop);
    enter(drop);
  }

  function enter({ prefix, height }: DroppedPrefix): void {
    const heights = byLength.get(prefix.length) ?? new Map<string, number[]>();
    heights.set(toHex(prefix), [...(heights.get(toHex(prefix)) ?? []), height]);
    byLength.set(prefix.length, heights);
  }

  function* heightsOf(key: Uint8Array): Generator<number> {
    for (const [length, heights] of byLength) if (key.length >= length) yield* heights.get(toHex(key.subarray(0, length))) ?? [];
  }

  function isBelow(key: Uint8Array): boolean {
    return !heightsOf(key).next().done;
  }

  function isStale(key: Uint8Array, recordHeight_: number, height: number): boolean {
    for (const dropped of heightsOf(key)) if (recordHeight_ < dropped && dropped <= height) return true;
    return false;
  }

  async function sweep(store_: Store, height: number, horizon: number): Promise<{ readonly ops: readonly StoreOp[]; readonly landed: () => void }> {
    const ops: StoreOp[] = [];
    const after: { readonly drop: DroppedPrefix; readonly next: Uint8Array | undefined }[] = [];
    let left = SWEEP_ENTRIES_PER_FLUSH_MAX;
    for (const drop of drops) {
      if (drop.height > horizon || left <= 0) continue;
      const key = dropKey(drop.height, drop.prefix);
      if (drop.next[0] === SWEPT) {
        if (heightAt(drop.next, 1) > horizon) continue;
        ops.push({ type: 'delete', key });
        after.push({ drop, next: undefined });
        continue;
      }
      const { ops: deletes, seen, next = sweptAt(height) } = await sweepOne(store_, drop, left);
      left -= seen;
      ops.push(...deletes, { type: 'put', key, value: next });
      after.push({ drop, next });
    }
    return { ops, landed: () => after.forEach(({ drop, next }) => leave(drop, next)) };
  }

  function leave(drop: DroppedPrefix, next: Uint8Array | undefined): void {
    const at = drops.indexOf(drop);
    if (next !== undefined) {
      drops[at] = { ...drop, next };
      return;
    }
    drops.splice(at, 1);
    const heights = byLength.get(drop.prefix.length);
    const rest = heights?.get(toHex(drop.prefix))?.filter((height) => height !== drop.height) ?? [];
    if (rest.length > 0) heights?.set(toHex(drop.prefix), rest);
    else heights?.delete(toHex(drop.prefix));
    if (heights?.size === 0) byLength.delete(drop.prefix.length);
  }
}

/** Looks at some entries from where the last sweep ended, in the order of the store: pages by their depth, then values. What a later block wrote there stays. */
async function sweepOne(store: Store, { height, prefix, next }: DroppedPrefix, entriesMax: number): Promise<{ readonly ops: readonly StoreOp[]; readonly seen: number; readonly next: Uint8Array | undefined }> {
  const ops: StoreOp[] = [];
  let seen = 0;
  let deepest: Uint8Array | undefined;
  // Not once the pages are gone: an engine looks through what was deleted lately.
  if (compareBytes(next, PAGES_END) < 0) for await (const [key] of store.iterate({ gte: PAGES_FIRST, lt: PAGES_END, reverse: true, limit: 1 })) deepest = key;
  for (const from of [...pagesBelow(prefix), valueKey(prefix)]) {
    const to = endOfPrefix(from);
    if (compareBytes(to, next) <= 0 || (isPageKey(from) && (deepest === undefined || compareBytes(from, deepest) > 0))) continue;
    seen += RANGE_ENTRIES;
    const gte = compareBytes(from, next) < 0 ? next : from;
    for await (const [key, value] of store.iterate({ gte, lt: to, limit: SWEEP_ENTRIES_PER_FLUSH_MAX + 1 })) {
      if (seen++ >= entriesMax) return { ops, seen, next: key };
      const writtenAt = isPageKey(key) ? pageHeight(key) : recordHeight(value);
      if (writtenAt < height) ops.push({ type: 'delete', key });
    }
    if (seen >= entriesMax) return { ops, seen, next: to };
  }
  return { ops, seen, next: undefined };
}
