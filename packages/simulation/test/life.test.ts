import { expect, test } from '@jest/globals';
import { createLife } from '../src/life.ts';
import { createSimTime } from '../src/sim-time.ts';

test('timers of a life follow its own clock, also when that is set back, and end with it', () => {
  const time = createSimTime(1_000);
  let skewMs = 200;
  const life = createLife(time, () => skewMs);
  const fired: string[] = [];
  life.timers.setAt(1_300, () => void fired.push(`a ${time.nowMs()} ${life.clock.nowMs()}`));
  life.timers.setAt(1_350, () => void fired.push(`b ${time.nowMs()} ${life.clock.nowMs()}`));
  life.timers.setAt(1_400, () => void fired.push('c'))();
  life.timers.setAt(1_500, () => void fired.push('d'));
  time.step(1_100);
  skewMs = 0;
  while (time.step(1_400));
  expect(fired).toEqual(['a 1100 1300', 'b 1350 1350']);
  life.end();
  while (time.step(2_000));
  expect([fired.length, life.alive]).toEqual([2, false]);
});
