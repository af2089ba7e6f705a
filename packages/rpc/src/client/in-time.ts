import type { Clock, Timers } from '@vsys/primitives';
import { clientError } from './client-error.ts';

export interface Deadline {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Each ends the work with its own reason. */
  readonly signals: readonly (AbortSignal | undefined)[];
  /** What was waited for, for the message. */
  readonly what: string;
}

/**
 * Runs work that ends in time or is given up: also when it does not heed its signal.
 *
 * @throws ClientError CLIENT_TIMEOUT; or the reason of the signal that was aborted
 */
export async function inTime<T>(work: (stop: AbortSignal) => Promise<T>, { timeoutMs, clock, timers, signals, what }: Deadline): Promise<T> {
  const stop = new AbortController();
  const undo: (() => void)[] = [];
  const givenUp = new Promise<never>((_, reject) => {
    const giveUp = (reason: unknown): void => {
      // First, so that what the work throws for being stopped comes after it.
      reject(reason);
      stop.abort(reason);
    };
    for (const signal of signals) {
      if (signal === undefined) continue;
      const end = (): void => giveUp(signal.reason);
      if (signal.aborted) return end();
      signal.addEventListener('abort', end, { once: true });
      undo.push(() => signal.removeEventListener('abort', end));
    }
    undo.push(timers.setAt(clock.nowMs() + timeoutMs, () => giveUp(clientError('CLIENT_TIMEOUT', `${what} took more than ${timeoutMs} ms`))));
  });
  try {
    return await Promise.race([givenUp, stop.signal.aborted ? givenUp : work(stop.signal)]);
  } finally {
    for (const one of undo) one();
  }
}
