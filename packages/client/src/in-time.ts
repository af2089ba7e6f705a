import { systemClock, systemTimers } from '@vsys/primitives';
import { clientFailureOfRpc } from './client-failure.ts';

export interface Waiting {
  /** In milliseconds; absent: as long as it takes. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The promise, unless time runs out or the signal is aborted before. What it stands for goes on: others may wait for it too.
 *
 * @throws ClientError CLIENT_TIMEOUT; or the reason of the signal
 */
export async function inTime<T>(work: Promise<T>, { timeoutMs, signal }: Waiting, what: string): Promise<T> {
  signal?.throwIfAborted();
  if (timeoutMs === undefined && signal === undefined) return work;
  const undo: (() => void)[] = [];
  const givenUp = new Promise<never>((_, reject) => {
    if (signal !== undefined) {
      const end = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', end, { once: true });
      undo.push(() => signal.removeEventListener('abort', end));
    }
    if (timeoutMs !== undefined) undo.push(systemTimers.setAt(systemClock.nowMs() + timeoutMs, () => reject(clientFailureOfRpc('CLIENT_TIMEOUT', `${what} took more than ${timeoutMs} ms; it may still happen`))));
  });
  try {
    return await Promise.race([givenUp, work]);
  } finally {
    for (const one of undo) one();
  }
}

/** Ends early, without an error, when the signal is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const cancel = systemTimers.setAt(systemClock.nowMs() + ms, done);
    signal?.addEventListener('abort', done, { once: true });
  });
}
