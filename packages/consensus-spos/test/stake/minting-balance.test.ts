import { describe, expect, test } from '@jest/globals';
import { mintingBalance } from '@vsys/consensus-spos/ops';
import fc from 'fast-check';
import { emptyWeight, LOTS_MAX, weightAfter, WINDOW_PARTS } from '../../src/stake/minting-balance.ts';
import type { Weight } from '../../src/stake/minting-balance.ts';

const [ours, faithful] = ['spos', 'v1-faithful'] as const;

describe('the minting average balance of the deployed network', () => {
  const rule = { profile: faithful, window: 86_400 };
  const after = (height: number, effective: bigint, weighted = 0n): Weight => ({ profile: faithful, height, effective, weighted });

  test('divides before it multiplies: the documented 108,910,000,000 counts as 108,909,964,800 after a whole window', () => {
    expect(mintingBalance(rule, after(10, 108_910_000_000n), 108_910_000_000n, 86_410)).toBe(108_909_964_800n);
    expect(mintingBalance(rule, after(10, 108_910_000_000n), 108_910_000_000n, 900_000)).toBe(108_909_964_800n);
  });

  test('at the height of the last change it is what was stored, and it is never above the present balance', () => {
    expect(mintingBalance(rule, after(10, 100n, 55n), 100n, 10)).toBe(55n);
    expect(mintingBalance(rule, after(10, 864_000n, 864_000n), 7n, 5_000)).toBe(7n);
    expect(weightAfter(rule, after(10, 864_000n, 864_000n), 7n, 5_000)).toEqual(after(5_000, 7n, 7n));
  });

  test('moves from the older weight to the balance, in whole steps of a block', () => {
    expect(mintingBalance(rule, after(0, 8_640_000n, 864_000n), 8_640_000n, 21_600)).toBe(100n * 21_600n + 10n * 64_800n);
  });

  test('an update in every block leaves 63 % after a window, and 86 % after two', () => {
    const small = { profile: faithful, window: 1_000 };
    let weight = weightAfter(small, emptyWeight(small, 0), 1_000_000_000_000_000n, 0);
    const shares = [1_000, 2_000].map((until) => {
      for (let height = weight.profile === faithful ? weight.height + 1 : 0; height <= until; height++) weight = weightAfter(small, weight, weight.effective + 1n, height);
      return Number((mintingBalance(small, weight, weight.effective, until) * 1_000n) / weight.effective);
    });
    expect(shares).toEqual([632, 864]);
  });
});

/** By definition: the average over the window of what has been there without a break since. */
function byDefinition(window: number, history: readonly bigint[], now: bigint): bigint {
  let [sum, least] = [0n, now];
  for (let height = history.length - 1; height >= Math.max(0, history.length - window); height--) {
    if ((history[height] as bigint) < least) least = history[height] as bigint;
    sum += least;
  }
  return sum / BigInt(window);
}

describe('the minting average balance of spos', () => {
  const histories = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, fc.bigInt(0n, 1_000_000_000_000n)), { minLength: 1, maxLength: 120 });
  const told = (rule: { profile: 'spos'; window: number }, changes: readonly (bigint | undefined)[]): { weight: Weight; history: bigint[] } => {
    let weight = emptyWeight(rule, 0);
    const history: bigint[] = [];
    for (const [height, change] of changes.entries()) {
      const before = history.at(-1) ?? 0n;
      history.push(change ?? before);
      if ((change ?? before) !== before) weight = weightAfter(rule, weight, change ?? before, height);
    }
    return { weight, history };
  };

  test('is the average over the window of the coins that stayed, exactly where a part is one block', () => {
    fc.assert(fc.property(histories, fc.integer({ min: 1, max: WINDOW_PARTS }), fc.bigInt(0n, 1_000_000_000_000n), (changes, window, now) => {
      const rule = { profile: ours, window };
      const { weight, history } = told(rule, changes);
      expect(mintingBalance(rule, weight, history.at(-1) as bigint, history.length)).toBe(byDefinition(window, history, history.at(-1) as bigint));
      // In the middle of a block the balance may be another one.
      expect(mintingBalance(rule, weight, now, history.length)).toBe(byDefinition(window, history, now < (history.at(-1) as bigint) ? now : (history.at(-1) as bigint)));
    }));
  });

  test('lies within one part of the window of it for longer windows, is never above the balance, and keeps few lots', () => {
    fc.assert(fc.property(histories, fc.integer({ min: 17, max: 100 }), (changes, window) => {
      const rule = { profile: ours, window };
      const { weight, history } = told(rule, changes);
      const now = history.at(-1) as bigint;
      const found = mintingBalance(rule, weight, now, history.length);
      const exact = byDefinition(window, history, now);
      const part = BigInt(Math.ceil(window / WINDOW_PARTS));
      expect(found <= now).toBe(true);
      expect(found - exact <= (now * part) / BigInt(window) + 1n && exact - found <= (now * part) / BigInt(window) + 1n).toBe(true);
      expect(weight.profile === ours && weight.lots.length <= LOTS_MAX).toBe(true);
    }));
  });

  test('grows in a straight line, whatever small change comes with each block', () => {
    const rule = { profile: ours, window: 1_000 };
    let weight = weightAfter(rule, emptyWeight(rule, 0), 1_000_000_000n, 0);
    for (let height = 1; height <= 1_000; height++) weight = weightAfter(rule, weight, weight.effective + (height % 2 === 0 ? -1n : 1n), height);
    // One unit is lost to rounding.
    expect(mintingBalance(rule, weight, weight.effective, 1_000)).toBe(999_999_999n);
  });

  test('a loan on top does not make older coins count sooner, and counts for nothing once it is gone', () => {
    const rule = { profile: ours, window: 1_000 };
    let weight = weightAfter(rule, emptyWeight(rule, 0), 100_000n, 0);
    weight = weightAfter(rule, weight, 1_000_000n, 0);
    weight = weightAfter(rule, weight, 100_000n, 100);
    expect(mintingBalance(rule, weight, 100_000n, 100)).toBe(10_000n);
    // The deployed rule makes them count in full by then.
    const old = { profile: faithful, window: 1_000 };
    expect(mintingBalance(old, { profile: faithful, effective: 1_000_000n, height: 0, weighted: 0n }, 100_000n, 100)).toBe(100_000n);
  });
});
