import type { Clock, Timers } from '@vsys/primitives';

/** One clock for a whole simulation. It moves from timer to timer, and only when told. */
export interface SimTime extends Clock, Timers {
  /** Runs the timer that is due next, unless it is due after `untilMs`. False when there is none; the clock then stands at `untilMs`. */
  step(untilMs: number): boolean;
  /** Timers that ran. */
  readonly steps: number;
}

interface Timer {
  readonly atMs: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

/** Timers of one time run in the order in which they were set, so that one seed gives one history. */
export function createSimTime(startMs: number): SimTime {
  let nowMs = startMs;
  let order = 0;
  let steps = 0;
  const heap: Timer[] = [];

  const push = (timer: Timer): void => {
    let at = heap.length;
    heap.push(timer);
    while (at > 0) {
      const up = (at - 1) >>> 1;
      if (!isBefore(timer, heap[up] as Timer)) break;
      heap[at] = heap[up] as Timer;
      at = up;
    }
    heap[at] = timer;
  };
  const pop = (): Timer | undefined => {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && isBefore(heap[down + 1] as Timer, heap[down] as Timer)) down++;
      if (!isBefore(heap[down] as Timer, last)) break;
      heap[at] = heap[down] as Timer;
      at = down;
    }
    heap[at] = last;
    return first;
  };

  return {
    nowMs: () => nowMs,
    setAt(atMs, callback) {
      const timer: Timer = { atMs, order: order++, callback };
      push(timer);
      return () => {
        timer.callback = undefined;
      };
    },
    get steps() {
      return steps;
    },
    step(untilMs) {
      while (heap[0] !== undefined && heap[0].atMs <= untilMs) {
        const timer = pop() as Timer;
        if (timer.callback === undefined) continue;
        nowMs = Math.max(nowMs, timer.atMs);
        steps++;
        timer.callback();
        return true;
      }
      nowMs = Math.max(nowMs, untilMs);
      return false;
    },
  };
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
