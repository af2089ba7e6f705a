import { concatBytes, equalBytes } from '@vsys/primitives';
import type { StateWrite } from '@vsys/state';
import type { KeyRange, OrderedStateAccess } from './container.ts';
import { createLoadedRanges } from './loaded-ranges.ts';

/** Thrown through a container when it needs keys that were not loaded. Only the executor catches it. */
export class KeysNotLoaded {
  readonly kind = 'keys-not-loaded';
  readonly keys: readonly Uint8Array[];
  /** A range of keys that it needs, beside or instead of single ones. */
  readonly range: KeyRange | undefined;
  constructor(keys: readonly Uint8Array[], range?: KeyRange) {
    this.keys = keys;
    this.range = range;
  }
}

/** A map key of the same content: keys are short, and a string of char codes is the cheapest that a Map can hash. */
export function mapKey(key: Uint8Array): string {
  return String.fromCharCode.apply(null, key as unknown as number[]);
}

function keyOf(name: string): Uint8Array {
  return Uint8Array.from(name, (character) => character.charCodeAt(0));
}

/** State of one block while it executes: what was loaded, what committed transactions wrote, what the present one wrote, and of that the operation that runs. */
export interface StateJournal extends OrderedStateAccess {
  /** Adds what was read from the parent's state. */
  load(key: Uint8Array, value: Uint8Array | undefined): void;
  /** Adds the rows that the parent's state has in a range, which are all of them when there are fewer than its limit. */
  loadRange(range: KeyRange, rows: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[]): void;
  /** Whether `get` answers without an interrupt: loaded, or written or dropped in this block. */
  isKnown(key: Uint8Array): boolean;
  /** Keeps what the operation wrote, as part of the present transaction. */
  endOperation(): void;
  /** Forgets it, so that the operation can run again. */
  revertOperation(): void;
  /** Keeps what the present transaction wrote. */
  commit(): void;
  /** Forgets it. */
  revert(): void;
  /** Everything kept that differs from what was loaded, prefixes that were dropped first. */
  writes(): StateWrite[];
}

/** A write, or a prefix that is dropped, and its place among all of the block: a drop hides the writes before it. */
interface Placed {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
  readonly place: number;
}

interface Layer {
  readonly writes: Map<string, Placed>;
  readonly drops: Map<string, Placed>;
  /** How long the dropped prefixes are: so a key is looked up once for each length, however many there are. */
  readonly dropLengths: Set<number>;
}

export function createStateJournal(): StateJournal {
  const loaded = new Map<string, Uint8Array | undefined>();
  const [kept, present, running] = [createLayer(), createLayer(), createLayer()];
  const layers = [kept, present, running];
  const ranges = createLoadedRanges();
  let places = 0;

  const endOperation = (): void => moveUp(running, present);
  const placedOf = (name: string): Placed | undefined => running.writes.get(name) ?? present.writes.get(name) ?? kept.writes.get(name);
  const isAnyDropped = (): boolean => kept.drops.size + present.drops.size + running.drops.size > 0;
  const isKnown = (key: Uint8Array): boolean => {
    const name = mapKey(key);
    return loaded.has(name) || placedOf(name) !== undefined || (isAnyDropped() && droppedAt(name, layers) > 0);
  };
  /** Of a key that was written, or loaded with a range: in the end, and with a value. */
  const isThere = (name: string): boolean => {
    const found = placedOf(name);
    if (isAnyDropped() && droppedAt(name, layers) > (found?.place ?? 0)) return false;
    return found === undefined || found.value !== undefined;
  };
  return {
    load(key, value) {
      loaded.set(mapKey(key), value);
    },
    loadRange({ from, to, limit }, rows) {
      for (const { key, value } of rows) loaded.set(mapKey(key), value);
      const last = rows.at(-1);
      const end = last === undefined || rows.length < limit ? to : concatBytes(last.key, Uint8Array.of(0));
      ranges.add(mapKey(from), mapKey(end), rows.map(({ key }) => mapKey(key)));
    },
    keysIn({ from, to, limit }) {
      const [first, last] = [mapKey(from), mapKey(to)];
      const { keys, end } = ranges.keysFrom(first, last);
      const names = new Set(keys);
      for (const { writes } of layers) for (const name of writes.keys()) if (name >= first && name < end) names.add(name);
      const there = [...names].filter((name) => isThere(name)).sort((a, b) => (a < b ? -1 : 1));
      if (there.length < limit && end < last) throw new KeysNotLoaded([], { from: keyOf(end), to, limit });
      return there.slice(0, limit).map(keyOf);
    },
    isKnown,
    get(key) {
      const name = mapKey(key);
      const found = placedOf(name);
      if (isAnyDropped() && droppedAt(name, layers) > (found?.place ?? 0)) return undefined;
      if (found !== undefined) return found.value;
      if (!loaded.has(name)) throw new KeysNotLoaded([key]);
      return loaded.get(name);
    },
    need(keys) {
      const missing = keys.filter((key) => !isKnown(key));
      if (missing.length > 0) throw new KeysNotLoaded(missing);
    },
    set(key, value) {
      running.writes.set(mapKey(key), { key, value, place: ++places });
    },
    dropPrefix(prefix) {
      running.drops.set(mapKey(prefix), { key: prefix, value: undefined, place: ++places });
      running.dropLengths.add(prefix.length);
    },
    endOperation,
    revertOperation() {
      clear(running);
    },
    commit() {
      endOperation();
      moveUp(present, kept);
    },
    revert() {
      clear(running);
      clear(present);
    },
    writes() {
      const changed: StateWrite[] = Array.from(kept.drops.values(), ({ key }) => ({ key, value: undefined, below: true }));
      for (const [name, { key, value, place }] of kept.writes) {
        const dropped = kept.drops.size === 0 ? 0 : droppedAt(name, [kept]);
        if (dropped > place) continue;
        // A key written without being read may stand already; then the write decides, never its absence from `loaded`.
        if (dropped > 0 ? value === undefined : loaded.has(name) && sameValue(loaded.get(name), value)) continue;
        changed.push({ key, value });
      }
      return changed;
    },
  };
}

function createLayer(): Layer {
  return { writes: new Map<string, Placed>(), drops: new Map<string, Placed>(), dropLengths: new Set<number>() };
}

/** The place of the last drop that took a key, 0 when none did. */
function droppedAt(name: string, layers: readonly Layer[]): number {
  let last = 0;
  for (const { drops, dropLengths } of layers) for (const length of dropLengths) last = Math.max(last, drops.get(name.slice(0, length))?.place ?? 0);
  return last;
}

function moveUp(from: Layer, to: Layer): void {
  for (const [name, placed] of from.writes) to.writes.set(name, placed);
  for (const [name, placed] of from.drops) to.drops.set(name, placed);
  for (const length of from.dropLengths) to.dropLengths.add(length);
  clear(from);
}

function clear({ writes, drops, dropLengths }: Layer): void {
  writes.clear();
  drops.clear();
  dropLengths.clear();
}

function sameValue(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}
