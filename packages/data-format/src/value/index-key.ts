import { type Verdict, accept, refuse, utf8ToBytes } from '@vsys/primitives';
import { typeOrder } from './compare.ts';
import type { Value } from './value.ts';

export const indexKeyBytesMax = 256;
export type IndexKeyCode = 'INDEX_KEY_TOO_LONG' | 'INDEX_KEY_TYPE';

/**
 * The order-preserving bytes of one or more values: comparing the bytes is comparing the values. Each value is its type byte and a body
 * that ends by itself; a descending one is complemented. Numbers are the nearest double in total order and what it lacks of an int64,
 * so that 2^53 and 2^53 + 1 differ and 1, 1n and 1.0 are one key.
 *
 * @param directions - 1 or -1 for each value; a missing one is ascending
 */
export function encodeIndexKey(values: readonly (Value | undefined)[], directions: readonly (1 | -1)[] = []): Verdict<Uint8Array, IndexKeyCode> {
  const parts: number[] = [];
  for (const [i, value] of values.entries()) {
    const start = parts.length;
    const refused = push(parts, value);
    if (refused !== undefined) return refused;
    if (directions[i] === -1) for (let at = start; at < parts.length; at++) parts[at] = (parts[at] as number) ^ 0xff;
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
  if (typeof value === 'number') return (pushNumber(parts, value, 0n), undefined);
  if (typeof value === 'bigint') return (pushInteger(parts, value), undefined);
  if ('kind' in value) {
    switch (value.kind) {
      case 'int32': return (pushNumber(parts, value.value, 0n), undefined);
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

/** Total order of doubles: sign bit flipped for positives, all bits for negatives; -0 is 0, and NaN lies lowest. */
function pushNumber(parts: number[], value: number, residual: bigint): void {
  if (Number.isNaN(value)) pushUint64(parts, 0n);
  else {
    scratch.setFloat64(0, value === 0 ? 0 : value);
    const bits = scratch.getBigUint64(0);
    pushUint64(parts, bits >> 63n === 1n ? bits ^ 0xffff_ffff_ffff_ffffn : bits | (1n << 63n));
  }
  const shifted = Number(residual) + 0x8000;
  parts.push(shifted >> 8, shifted & 0xff);
}

/** Of a 64-bit integer the nearest double is at most 512 away: the rest fits two bytes. */
function pushInteger(parts: number[], value: bigint): void {
  const nearest = Number(value);
  pushNumber(parts, nearest, value - BigInt(nearest));
}

function pushUint64(parts: number[], value: bigint): void {
  for (let shift = 56n; shift >= 0n; shift -= 8n) parts.push(Number((value >> shift) & 0xffn));
}
