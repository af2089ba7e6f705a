import { expect, test } from '@jest/globals';
import { createSeededRandom, toHex } from '@vsys/primitives';
import { appendToHistory, type BlockHistory, emptyHistory, historyRoot } from '../src/index.ts';

test('keeps one peak per set bit of the count, and no two histories share a root', () => {
  const random = createSeededRandom(1);
  const seen = new Set<string>();
  let history: BlockHistory = emptyHistory;
  for (let count = 0; count < 70; count++) {
    expect(history.peaks).toHaveLength([...count.toString(2)].filter((bit) => bit === '1').length);
    seen.add(toHex(historyRoot(history)));
    history = appendToHistory(history, random.bytes(32));
  }
  expect(seen.size).toBe(70);
});
