import { compareBytes, utf8ToBytes } from '@vsys/primitives';
import { isArray, isDocument, type Value } from './value.ts';

/** Place of a kind in MongoDB's order of types; a missing value counts as null. Numbers of all kinds compare by value. */
export function typeOrder(value: Value | undefined): number {
  if (value === undefined || value === null) return 0x10;
  if (typeof value === 'number' || typeof value === 'bigint') return 0x20;
  if (typeof value === 'string') return 0x30;
  if (typeof value === 'boolean') return 0x80;
  if (isDocument(value)) return 0x40;
  if (isArray(value)) return 0x50;
  switch (value.kind) {
    case 'int32': return 0x20;
    case 'binary': return 0x60;
    case 'objectId': return 0x70;
    case 'date': return 0x90;
  }
}

/** The order of an index, for the kinds that an index takes. The reference for `encodeIndexKey`. */
export function compareScalars(a: Value | undefined, b: Value | undefined): number {
  const order = typeOrder(a) - typeOrder(b);
  if (order !== 0 || a === undefined || b === undefined || a === null || b === null) return order;
  if (typeof a === 'string') return compareBytes(utf8ToBytes(a), utf8ToBytes(b as string));
  if (typeof a === 'boolean') return Number(a) - Number(b);
  const x = numberOf(a);
  const y = numberOf(b);
  if (x !== undefined && y !== undefined) return compareNumbers(x, y);
  const left = a as { bytes: Uint8Array };
  const right = b as { bytes: Uint8Array };
  return left.bytes.length - right.bytes.length || compareBytes(left.bytes, right.bytes);
}

function numberOf(value: Value): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  const tagged = value as { kind?: string; value?: number; timeMs?: bigint };
  return tagged.kind === 'int32' ? tagged.value : tagged.kind === 'date' ? tagged.timeMs : undefined;
}

/** NaN lies below every number; JavaScript compares a bigint with a double exactly. */
function compareNumbers(a: number | bigint, b: number | bigint): number {
  const aNan = typeof a === 'number' && Number.isNaN(a);
  const bNan = typeof b === 'number' && Number.isNaN(b);
  if (aNan || bNan) return Number(bNan) - Number(aNan);
  return a < b ? -1 : a > b ? 1 : 0;
}
