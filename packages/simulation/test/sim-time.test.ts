import { describe, expect, test } from '@jest/globals';
import { createSeededRandom } from '@vsys/primitives';
import { createSimTime } from '../src/sim-time.ts';

describe('time of a simulation', () => {
  test('runs timers in order of time, and those of one time in the order in which they were set', () => {
    const time = createSimTime(0);
    const random = createSeededRandom(3);
    const wanted = Array.from({ length: 500 }, (_, order) => ({ atMs: random.below(40), order }));
    const ran: typeof wanted = [];
    for (const one of wanted) time.setAt(one.atMs, () => void ran.push(one));
    while (time.step(1_000));
    expect(ran).toEqual(wanted.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order));
    expect([time.steps, time.nowMs()]).toEqual([500, 1_000]);
  });

  test('moves from timer to timer, never back, and not beyond what it is told', () => {
    const time = createSimTime(100);
    const seen: number[] = [];
    time.setAt(50, () => void seen.push(time.nowMs()));
    time.setAt(120, () => {
      seen.push(time.nowMs());
      time.setAt(121, () => void seen.push(time.nowMs()));
    });
    const cancel = time.setAt(119, () => void seen.push(-1));
    time.setAt(131, () => void seen.push(time.nowMs()));
    cancel();
    while (time.step(130));
    expect(seen).toEqual([100, 120, 121]);
    expect(time.nowMs()).toBe(130);
  });
});
