import { type Verdict, accept, refuse, utf8ToBytes } from '@vsys/primitives';
import { typeOrder } from './compare.ts';
import { decimalParts } from './decimal128.ts';
import { decimalDigits, floorToDouble, isNumeric, quantityOf } from './quantity.ts';
import type { Numeric, Value } from './value.ts';

export const indexKeyBytesMax = 256;
export type IndexKeyCode = 'INDEX_KEY_TOO_LONG' | 'INDEX_KEY_TYPE';

/**
 * The order-preserving bytes of one or more values: comparing the bytes is comparing the values. Each value is its type byte and a body
 * that ends by itself; a descending one is complemented. Numbers of all kinds are the double below and, where that is another number,
 * their decimal digits: so 2^53 and 2^53 + 1 differ, and 1, 1n, 1.0 and the decimals 1 and 1.00 are one key.
 *
 * @param directions - 1 or -1 for each value; a missing one is ascending
 */
export function encodeIndexKey(values: readonly (Value | undefined)[], directions: readonly (1 | -1)[] = []): Verdict<Uint8Array, IndexKeyCode> {
  const parts: number[] = [];
  for (const [i, value] of values.entries()) {
    const start = parts.length;
    const refused = push(parts, value);
    if (refused !== undefined) return refused;
    complementIf(directions[i] === -1, parts, start);
    if (parts.length > indexKeyBytesMax) return refuse('INDEX_KEY_TOO_LONG', `an index key has at most ${indexKeyBytesMax} bytes; index a shorter field`);
  }
  return accept(Uint8Array.from(parts));
}

function push(parts: number[], value: Value | undefined): ReturnType<typeof refuse<IndexKeyCode>> | undefined {
  const type = typeOrder(value);
  parts.push(type);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') {
    if (value.length > indexKeyBytesMax) return refuse('INDEX_KEY_TOO_LONG', `an index key has at most ${indexKeyBytesMax} bytes; index a shorter field`);
    return (pushEscaped(parts, utf8ToBytes(value)), undefined);
  }
  if (typeof value === 'boolean') return (parts.push(value ? 1 : 0), undefined);
  if (isNumeric(value)) {
    if (typeof value === 'object' && value.kind === 'decimal128' && decimalParts(value) === undefined) return refuse('INDEX_KEY_TYPE', 'the text of a decimal128 is the one that decimal128() gives');
    return (pushNumber(parts, value), undefined);
  }
  if ('kind' in value) {
    switch (value.kind) {
      case 'date': return (pushUint64(parts, BigInt.asUintN(64, value.timeMs) ^ (1n << 63n)), undefined);
      case 'objectId': return (parts.push(...value.bytes), undefined);
      case 'binary':
        if (value.bytes.length > indexKeyBytesMax) return refuse('INDEX_KEY_TOO_LONG', `an index key has at most ${indexKeyBytesMax} bytes; index a shorter field`);
        return (parts.push(value.bytes.length >> 8, value.bytes.length & 0xff, ...value.bytes), undefined);
    }
  }
  return refuse('INDEX_KEY_TYPE', 'objects and arrays are not indexed; index a field inside');
}

/** 00 ends a string; 00 and 01 inside are 01 01 and 01 02. So no key begins another one, and a complemented key keeps the order too. */
function pushEscaped(parts: number[], bytes: Uint8Array): void {
  for (const byte of bytes) {
    if (byte <= 1) parts.push(1, byte + 1);
    else parts.push(byte);
  }
  parts.push(0);
}

const scratch = new DataView(new ArrayBuffer(8));
const scratchBytes = new Uint8Array(scratch.buffer);
const INFINITY_BITS = 0x7ff0_0000_0000_0000n;

/**
 * The magnitude: bits of the greatest double not above it, with the sign bit set; 00 when that is the number, else 01, the power of ten of
 * its first digit and its 34 digits. All of it is complemented below zero. NaN is zeros, which are below everything.
 */
function pushNumber(parts: number[], value: Numeric): void {
  const start = parts.length;
  const small = typeof value === 'object' && value.kind === 'int32' ? value.value : typeof value === 'bigint' && value === BigInt.asIntN(53, value) ? Number(value) : value;
  if (typeof small === 'number' && !Number.isNaN(small)) {
    scratch.setFloat64(0, Math.abs(small));
    pushMagnitude(parts, scratch.getBigUint64(0));
    complementIf(small < 0, parts, start);
    return;
  }
  const quantity = quantityOf(value);
  if (quantity.kind === 'nan') {
    pushUint64(parts, 0n);
    parts.push(0);
    return;
  }
  if (quantity.kind === 'infinity') pushMagnitude(parts, INFINITY_BITS);
  else {
    const { bits, isExact } = floorToDouble(quantity);
    pushMagnitude(parts, bits, isExact ? undefined : decimalDigits(quantity));
  }
  // A zero has no sign.
  complementIf(quantity.negative && !(quantity.kind === 'finite' && quantity.coefficient === 0n), parts, start);
}

function pushMagnitude(parts: number[], bits: bigint, rest?: { readonly adjusted: number; readonly digits: bigint }): void {
  pushUint64(parts, bits | (1n << 63n));
  if (rest === undefined) {
    parts.push(0);
    return;
  }
  const power = rest.adjusted + 0x8000;
  parts.push(1, power >> 8, power & 0xff);
  scratch.setBigUint64(0, rest.digits >> 64n);
  parts.push(...scratchBytes.subarray(1));
  pushUint64(parts, BigInt.asUintN(64, rest.digits));
}

function complementIf(wanted: boolean, parts: number[], start: number): void {
  if (wanted) for (let at = start; at < parts.length; at++) parts[at] = (parts[at] as number) ^ 0xff;
}

function pushUint64(parts: number[], value: bigint): void {
  scratch.setBigUint64(0, value);
  parts.push(...scratchBytes);
}
