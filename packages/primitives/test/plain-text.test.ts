import { expect, test } from '@jest/globals';
import { plainTextFromBytes, utf8ToBytes } from '../src/index.ts';

test.each(['', 'Bank of Orchid', 'größer 😀 漢字'])('"%s" is text for people', (text) => {
  expect(plainTextFromBytes(utf8ToBytes(text))).toBe(text);
});

test.each([0, 0x0a, 0x1f, 0x7f, 0x9f, 0x200b, 0x200f, 0x2028, 0x202e, 0x2060, 0x206f, 0xfeff])('character %i is not seen', (code) => {
  expect(plainTextFromBytes(utf8ToBytes(`a${String.fromCodePoint(code)}b`))).toBeUndefined();
});

test.each([0x20, 0x7e, 0xa0, 0x200a, 0x2010, 0x2027, 0x202f, 0x205f, 0x2070])('character %i is', (code) => {
  expect(plainTextFromBytes(utf8ToBytes(`a${String.fromCodePoint(code)}b`))).toBeDefined();
});

test('bytes that are not UTF-8 are none', () => {
  expect(plainTextFromBytes(Uint8Array.of(0x61, 0xff))).toBeUndefined();
});
