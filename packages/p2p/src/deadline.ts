import { refuse } from '@vsys/primitives';
import type { Clock, Timers, Verdict } from '@vsys/primitives';
import type { P2pRefusal } from './p2p-error.ts';

export interface DeadlineOptions {
  readonly ports: { readonly clock: Clock; readonly timers: Timers };
  readonly timeoutMs: number;
  /** Signals that end the work early, and the code of the refusal then. */
  readonly ends: readonly (readonly [signal: AbortSignal | undefined, code: P2pRefusal])[];
}

/** Runs `work` until it settles, the time is up or a signal aborts. Settles then at once, also when `work` does not heed its signal. */
export function withDeadline<T>(options: DeadlineOptions, work: (signal: AbortSignal) => Promise<Verdict<T, P2pRefusal>>): Promise<Verdict<T, P2pRefusal>> {
  const { ports, timeoutMs, ends } = options;
  const early = ends.find(([signal]) => signal?.aborted);
  if (early !== undefined) return Promise.resolve(refuse(early[1], 'ended before it began'));
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const cleanups: (() => void)[] = [];
    const settle = (act: () => void): void => {
      for (const cleanup of cleanups.splice(0)) cleanup();
      act();
    };
    const end = (code: P2pRefusal, message: string): void => settle(() => {
      resolve(refuse(code, message));
      controller.abort();
    });
    for (const [signal, code] of ends) {
      if (signal === undefined) continue;
      const listener = (): void => end(code, 'ended early');
      signal.addEventListener('abort', listener);
      cleanups.push(() => signal.removeEventListener('abort', listener));
    }
    cleanups.push(ports.timers.setAt(ports.clock.nowMs() + timeoutMs, () => end('P2P_TIMEOUT', `no answer within ${timeoutMs} ms`)));
    work(controller.signal).then((verdict) => settle(() => resolve(verdict)), (error: unknown) => settle(() => reject(error as Error)));
  });
}
