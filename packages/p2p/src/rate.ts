import type { Clock } from '@vsys/primitives';

/** A token bucket: at most `perSecondMax` in the long run and `burst` at once. */
export interface Rate {
  /** True and counted, or false when the rate is used up. */
  take(): boolean;
}

export function createRate(perSecondMax: number, burst: number, clock: Clock): Rate {
  const size = Math.max(1, burst);
  let tokens = size;
  let atMs = clock.nowMs();
  return {
    take() {
      const nowMs = clock.nowMs();
      tokens = Math.min(size, tokens + (Math.max(0, nowMs - atMs) / 1000) * perSecondMax);
      atMs = nowMs;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
