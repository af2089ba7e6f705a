import type { Clock, Random, Timers } from './ports.ts';

/** A clock that moves only when told, and the timers that follow it. The in-memory twin of the system's. */
export interface VirtualTime extends Clock, Timers {
  /** Moves on by so much and runs, in order of time and then of setting, every timer that falls due. */
  advance(byMs: number): void;
  /** When the earliest timer is due; undefined when none is set. */
  nextDueMs(): number | undefined;
}

export function createVirtualTime(startMs = 0): VirtualTime {
  let now = startMs;
  let count = 0;
  const waiting = new Map<number, { atMs: number; callback: () => void }>();
  const earliest = (): number | undefined => {
    let best: number | undefined;
    for (const [id, timer] of waiting) {
      if (best === undefined || timer.atMs < (waiting.get(best) as { atMs: number }).atMs) best = id;
    }
    return best;
  };
  return {
    nowMs: () => now,
    setAt(atMs, callback) {
      const id = count++;
      waiting.set(id, { atMs, callback });
      return () => void waiting.delete(id);
    },
    nextDueMs() {
      const id = earliest();
      return id === undefined ? undefined : waiting.get(id)?.atMs;
    },
    advance(byMs) {
      const until = now + byMs;
      for (let id = earliest(); id !== undefined; id = earliest()) {
        const timer = waiting.get(id) as { atMs: number; callback: () => void };
        if (timer.atMs > until) break;
        waiting.delete(id);
        now = Math.max(now, timer.atMs);
        timer.callback();
      }
      now = until;
    },
  };
}

/**
 * Repeatable randomness for tests and simulation (splitmix32); never for keys.
 *
 * @param seed - a whole number; the same seed gives the same bytes
 */
export function createSeededRandom(seed: number): Random & { /** A whole number from 0 to `below` - 1. */ below(below: number): number } {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x9e37_79b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  return {
    bytes(length) {
      const bytes = new Uint8Array(length);
      for (let i = 0; i < length; i++) bytes[i] = next() & 0xff;
      return bytes;
    },
    below: (below) => next() % below,
  };
}
