import { setTimeout as pause } from 'node:timers/promises';

/** One call after the other until it is stopped; what a call throws is thrown by `stop`. */
export function repeat(pauseMs: number, work: () => Promise<void>): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await work();
      await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  loop.catch(() => undefined);
  let stopped: Promise<void> | undefined;
  return {
    stop() {
      stopping.abort();
      // Thrown once: who stops a second time tidies up.
      const first = stopped === undefined;
      stopped ??= loop.catch(() => undefined);
      return first ? loop : stopped;
    },
  };
}
