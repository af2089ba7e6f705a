import { expect, test } from '@jest/globals';
import { createSeededRandom, createVirtualTime } from '../src/index.ts';

test('runs timers in order of time, also those set by a timer, and none that was called off', () => {
  const time = createVirtualTime(100);
  const seen: string[] = [];
  time.setAt(130, () => seen.push(`b@${time.nowMs()}`));
  const cancel = time.setAt(120, () => seen.push('never'));
  time.setAt(110, () => {
    seen.push(`a@${time.nowMs()}`);
    time.setAt(115, () => seen.push(`c@${time.nowMs()}`));
  });
  cancel();
  expect(time.nextDueMs()).toBe(110);
  time.advance(25);
  expect(seen).toEqual(['a@110', 'c@115']);
  time.advance(25);
  expect(seen).toEqual(['a@110', 'c@115', 'b@130']);
  expect(time.nowMs()).toBe(150);
});

test('a seed repeats its bytes, another seed does not', () => {
  const bytes = createSeededRandom(7).bytes(32);
  expect(createSeededRandom(7).bytes(32)).toEqual(bytes);
  expect(createSeededRandom(8).bytes(32)).not.toEqual(bytes);
});
