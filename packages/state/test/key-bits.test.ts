import { describe, expect, test } from '@jest/globals';
import { compareBytes } from '@vsys/primitives';
import { bitAt, comparePath, firstDifference, packBits, packKey, packedBit, putPrefix, sharesBits } from '../src/key-bits.ts';
import { numbers, randomKey } from './model.ts';

function bitsOf(key: Uint8Array): string {
  return [...key].map((byte) => `1${byte.toString(2).padStart(8, '0')}`).join('') + '0';
}

function keyPrefix(key: Uint8Array, bit: number): Uint8Array {
  const bytes = new Uint8Array(key.length + 2);
  return bytes.slice(1, putPrefix(bytes, 1, key, bit));
}

describe('bits of keys', () => {
  test('are in the order of the keys, and none begins another', () => {
    const next = numbers(5);
    for (let i = 0; i < 2_000; i++) {
      const [a, b] = [randomKey(next), randomKey(next)];
      const [x, y] = [bitsOf(a), bitsOf(b)];
      expect(Math.sign(compareBytes(a, b))).toBe(x < y ? -1 : x > y ? 1 : 0);
      if (x !== y) expect(x.startsWith(y) || y.startsWith(x)).toBe(false);
      const difference = [...x].findIndex((bit, n) => bit !== y[n]);
      expect(firstDifference(a, b)).toBe(difference === -1 ? Infinity : difference);
      expect(firstDifference(a, b, next(Math.max(difference, 0) + 1))).toBe(firstDifference(a, b));
      for (let bit = 0; bit < x.length; bit++) expect(bitAt(a, bit)).toBe(Number(x[bit]));
      const end = next(x.length);
      const start = next(end + 1);
      expect(Array.from({ length: end - start }, (_, n) => packedBit(packBits(a, start, end), n)).join('')).toBe(x.slice(start, end));
      expect(comparePath(packBits(a, 0, end), end, packKey(b))).toBe(y.startsWith(x.slice(0, end)) ? 0 : x < y ? -1 : 1);
      if (end <= firstDifference(a, b)) expect(keyPrefix(a, end)).toEqual(keyPrefix(b, end));
      if (start <= firstDifference(a, b)) expect(sharesBits(keyPrefix(a, end), b, start, end)).toBe(end <= firstDifference(a, b));
    }
  });
});
