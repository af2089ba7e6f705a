import { indexKeyBytesMax } from './index-key.ts';

const BODY_BYTES: Readonly<Record<number, number>> = { 0x08: 0, 0x10: 0, 0x70: 12, 0x90: 8 };
const NUMBER_BYTES = 9;
/** Power of ten and 34 digits of a number between two doubles. */
const DIGITS_BYTES = 17;

/**
 * Whether bytes have the form of as many values, one behind the other, as there are directions. Tells nothing of the values: a double that no
 * number has, or text that is no UTF-8, have that form too.
 */
export function isIndexKey(bytes: Uint8Array, directions: readonly (1 | -1)[]): boolean {
  let at = 0;
  for (const direction of directions) at += lengthOf(bytes.subarray(at), direction === 1 ? 0 : 0xff);
  return at === bytes.length;
}

/** Bytes of the first value; NaN when there is none. */
function lengthOf(bytes: Uint8Array, flip: number): number {
  const byte = (at: number): number => (at < bytes.length ? (bytes[at] as number) ^ flip : Number.NaN);
  const type = byte(0);
  if (type === 0x20) return numberLength(byte);
  if (type === 0x30) return textLength(byte);
  if (type === 0x60) return within(3 + 256 * byte(1) + byte(2), bytes);
  if (type === 0x80) return byte(1) <= 1 ? 2 : Number.NaN;
  return within(1 + (BODY_BYTES[type] ?? Number.NaN), bytes);
}

function within(length: number, { length: max }: Uint8Array): number {
  return length <= max ? length : Number.NaN;
}

function numberLength(byte: (at: number) => number): number {
  const body = Array.from({ length: NUMBER_BYTES }, (_, i) => byte(1 + i));
  // NaN is zeros; without the sign bit all others are below zero, and complemented.
  if (body.every((one) => one === 0)) return 1 + NUMBER_BYTES;
  const last = (body[0] as number) < 0x80 ? 0xff - (body[NUMBER_BYTES - 1] as number) : (body[NUMBER_BYTES - 1] as number);
  if (last === 0) return 1 + NUMBER_BYTES;
  return last === 1 && !Number.isNaN(byte(NUMBER_BYTES + DIGITS_BYTES)) ? 1 + NUMBER_BYTES + DIGITS_BYTES : Number.NaN;
}

function textLength(byte: (at: number) => number): number {
  for (let at = 1; at <= indexKeyBytesMax; at++) {
    const one = byte(at);
    if (one === 0) return at + 1;
    if (one === 1 && byte(++at) !== 1 && byte(at) !== 2) return Number.NaN;
  }
  return Number.NaN;
}
