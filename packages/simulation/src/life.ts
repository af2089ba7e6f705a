import type { Clock, Timers } from '@vsys/primitives';

/**
 * One life of a node, from its start to its crash. A process that died does nothing more: its timers do not fire, and what it waits for never
 * comes. That is all that is needed to kill a node inside a process, as it acts on the world through its ports alone.
 */
export interface Life {
  readonly alive: boolean;
  /** The clock of this machine, ahead of the others or behind by its skew. */
  readonly clock: Clock;
  readonly timers: Timers;
  end(): void;
}

/** @param skewMs - asked at each reading, as a skew comes and goes */
export function createLife(time: Clock & Timers, skewMs: () => number): Life {
  let alive = true;
  const clock: Clock = { nowMs: () => time.nowMs() + skewMs() };
  const setAt = (atMs: number, callback: () => void): (() => void) => {
    let cancel = (): void => {};
    const arm = (): void => {
      if (!alive) return;
      cancel = time.setAt(Math.max(time.nowMs(), atMs - skewMs()), () => {
        if (!alive) return;
        // The clock may have been set back meanwhile: not before its time by the clock of this machine.
        if (clock.nowMs() < atMs) arm();
        else callback();
      });
    };
    arm();
    return () => cancel();
  };
  return {
    get alive() { return alive; },
    clock,
    timers: { setAt },
    end() {
      alive = false;
    },
  };
}

/** What a dead process waits for. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}
