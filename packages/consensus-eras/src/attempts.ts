/** How long the first attempt lasts to make the last block of an era final; each one after it lasts twice as long. */
export const ATTEMPT_MS = 15_000;

/**
 * Carriers that bring no finality for long are too many for a proof. So they begin anew on the last block of the era, in attempts that are
 * told apart by the time in their headers alone: 0 for the first quarter of a minute, 1 for the half after it, and so on. However slow a module is, one attempt is long enough.
 */
export function attemptAt(endedMs: number, timeMs: number): number {
  const units = Math.min(0x7fff_fffe, Math.max(0, Math.floor((timeMs - endedMs) / ATTEMPT_MS)));
  return 31 - Math.clz32(units + 1);
}

/**
 * Carriers of the first attempt; each one after it may have as many more. Votes of a gadget are bound to heights: what seats voted for in an attempt that failed they
 * never vote for again, so an attempt may not use up all heights that a proof has room for.
 */
export const CARRIERS_PER_ATTEMPT = 8;

/** @returns how far above the last block of the era a carrier of that attempt may stand */
export function carriersMax(attempt: number): number {
  return CARRIERS_PER_ATTEMPT * (attempt + 1);
}

/** When the attempt after this one begins. */
export function attemptEndMs(endedMs: number, attempt: number): number {
  return endedMs + ATTEMPT_MS * (2 ** (attempt + 1) - 1);
}
