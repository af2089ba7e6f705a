import { equalBytes } from '@vsys/primitives';
import type { StateWrite } from '@vsys/state';
import type { StateAccess } from './container.ts';

/** Thrown through a container when it needs keys that were not loaded. Only the executor catches it. */
export class KeysNotLoaded {
  readonly kind = 'keys-not-loaded';
  readonly keys: readonly Uint8Array[];
  constructor(keys: readonly Uint8Array[]) {
    this.keys = keys;
  }
}

/** A map key of the same content: keys are short, and a string of char codes is the cheapest that a Map can hash. */
export function mapKey(key: Uint8Array): string {
  return String.fromCharCode.apply(null, key as unknown as number[]);
}

/** State of one block while it executes: what was loaded, what committed transactions wrote, what the present one wrote, and of that the operation that runs. */
export interface StateJournal extends StateAccess {
  /** Adds what was read from the parent's state. */
  load(key: Uint8Array, value: Uint8Array | undefined): void;
  /** Whether `get` answers without an interrupt: loaded, or written in this block. */
  isKnown(key: Uint8Array): boolean;
  /** Keeps what the operation wrote, as part of the present transaction. */
  endOperation(): void;
  /** Forgets it, so that the operation can run again. */
  revertOperation(): void;
  /** Keeps what the present transaction wrote. */
  commit(): void;
  /** Forgets it. */
  revert(): void;
  /** Everything kept that differs from what was loaded. */
  writes(): StateWrite[];
}

export function createStateJournal(): StateJournal {
  const loaded = new Map<string, Uint8Array | undefined>();
  const kept = new Map<string, StateWrite>();
  const present = new Map<string, StateWrite>();
  const running = new Map<string, StateWrite>();
  const endOperation = (): void => {
    for (const [name, write] of running) present.set(name, write);
    running.clear();
  };
  const isKnown = (key: Uint8Array): boolean => {
    const name = mapKey(key);
    return loaded.has(name) || kept.has(name) || present.has(name) || running.has(name);
  };
  return {
    load(key, value) {
      loaded.set(mapKey(key), value);
    },
    isKnown,
    get(key) {
      const name = mapKey(key);
      const write = running.get(name) ?? present.get(name) ?? kept.get(name);
      if (write !== undefined) return write.value;
      if (!loaded.has(name)) throw new KeysNotLoaded([key]);
      return loaded.get(name);
    },
    need(keys) {
      const missing = keys.filter((key) => !isKnown(key));
      if (missing.length > 0) throw new KeysNotLoaded(missing);
    },
    set(key, value) {
      running.set(mapKey(key), { key, value });
    },
    endOperation,
    revertOperation() {
      running.clear();
    },
    commit() {
      endOperation();
      for (const [name, write] of present) kept.set(name, write);
      present.clear();
    },
    revert() {
      running.clear();
      present.clear();
    },
    writes() {
      const changed: StateWrite[] = [];
      for (const [name, write] of kept) {
        // A key written without being read may stand already; then the write decides, never its absence from `loaded`.
        if (loaded.has(name) && sameValue(loaded.get(name), write.value)) continue;
        changed.push(write);
      }
      return changed;
    },
  };
}

function sameValue(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equalBytes(a, b);
}
