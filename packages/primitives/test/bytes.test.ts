import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareBytes, concatBytes, fromHex, prefixEnd, startsWithBytes, toHex, uint64FromBytes, uint64ToBytes, utf8FromBytes } from '../src/index.ts';

describe('bytes', () => {
  test('hex is a round trip', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => {
      expect(fromHex(toHex(bytes))).toEqual(bytes);
    }));
  });

  test.each(['0', 'zz', '0x123', '12 4'])('refuses %p as hex', (text) => {
    expect(() => fromHex(text)).toThrow(expect.objectContaining({ code: 'BYTES_NOT_HEX' }));
  });

  test('order is that of unsigned bytes, a prefix first', () => {
    fc.assert(fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(Buffer.compare(a, b)));
    }));
  });

  test('the end of a prefix lies above everything that begins with it, and nothing fits between', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.uint8Array({ maxLength: 4 }), (prefix, rest) => {
      const end = prefixEnd(prefix);
      const inside = concatBytes(prefix, rest);
      if (end === undefined) expect(prefix.every((byte) => byte === 0xff)).toBe(true);
      else {
        expect(compareBytes(inside, end)).toBeLessThan(0);
        expect(startsWithBytes(end, prefix)).toBe(false);
      }
    }));
  });

  test('8-byte numbers keep their order', () => {
    fc.assert(fc.property(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 2n ** 64n - 1n), (a, b) => {
      expect(uint64FromBytes(uint64ToBytes(a))).toBe(a);
      expect(Math.sign(compareBytes(uint64ToBytes(a), uint64ToBytes(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }));
    expect(() => uint64ToBytes(2n ** 64n)).toThrow(expect.objectContaining({ code: 'BYTES_LENGTH' }));
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(() => utf8FromBytes(Uint8Array.of(0xc0, 0x80))).toThrow(expect.objectContaining({ code: 'BYTES_NOT_UTF8' }));
  });
});
