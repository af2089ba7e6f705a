import type { Clock, Random, Timers } from './ports.ts';

/** The machine's own clock, timers and randomness. Only apps and tests take these; layers are handed them. */
export const systemClock: Clock = { nowMs: () => Date.now() };

// setTimeout counts in 31 bits; a longer wait is taken in steps.
const WAIT_MS_MAX = 2 ** 31 - 1;

export const systemTimers: Timers = {
  setAt(atMs, callback) {
    let handle: ReturnType<typeof setTimeout>;
    const arm = (): void => {
      const waitMs = atMs - Date.now();
      handle = waitMs > WAIT_MS_MAX ? setTimeout(arm, WAIT_MS_MAX) : setTimeout(callback, Math.max(0, waitMs));
    };
    arm();
    return () => clearTimeout(handle);
  },
};

export const systemRandom: Random = {
  bytes(length) {
    const bytes = new Uint8Array(length);
    // getRandomValues refuses more than 65,536 bytes at once.
    for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + 65_536)));
    return bytes;
  },
};
