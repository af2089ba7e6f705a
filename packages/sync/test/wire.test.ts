import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitting, headFromBytes, headToBytes, listFromBytes, listToBytes } from '../src/wire.ts';

test('lists are a round trip; too many items and broken bytes are refused', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 }), (items) => {
    const bytes = listToBytes(items);
    expect(listFromBytes(bytes, 8)).toEqual(items);
    if (items.length > 0) {
      expect(listFromBytes(bytes, items.length - 1)).toBeUndefined();
      expect(listFromBytes(bytes.subarray(0, -1), 8)).not.toEqual(items);
    }
  }));
});

test('garbage never throws', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    listFromBytes(bytes, 8);
    headFromBytes(bytes);
  }));
});

test('a head has a height and an id; heights past 2^53 are refused', () => {
  const id = new Uint8Array(32).fill(7);
  expect(headFromBytes(headToBytes(12, id))).toEqual({ height: 12, id });
  expect(headFromBytes(new Uint8Array(40).fill(255))).toBeUndefined();
});

test('an answer is the longest prefix that fits', () => {
  const items = [new Uint8Array(10), new Uint8Array(10), new Uint8Array(10)];
  expect(fitting(items, 28)).toHaveLength(2);
  expect(fitting(items, 27)).toHaveLength(1);
  expect(fitting(items, 3)).toHaveLength(0);
});
