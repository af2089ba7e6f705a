import { setTimeout as timeout } from 'node:timers/promises';

/** @throws the reason of the signal when it is aborted meanwhile */
export async function pause(timeMs: number, signal?: AbortSignal): Promise<void> {
  try {
    await timeout(timeMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
