import { compareBytes, utf8ToBytes } from '@vsys/primitives';
import { compareQuantities, isNumeric, quantityOf } from './quantity.ts';
import { type DateTime, isArray, isDocument, type Numeric, type Value } from './value.ts';

/** Place of a kind in MongoDB's order of types; a missing value counts as null. Numbers of all kinds compare by value. */
export function typeOrder(value: Value | undefined): number {
  if (value === undefined || value === null) return 0x10;
  if (typeof value === 'number' || typeof value === 'bigint') return 0x20;
  if (typeof value === 'string') return 0x30;
  if (typeof value === 'boolean') return 0x80;
  if (isDocument(value)) return 0x40;
  if (isArray(value)) return 0x50;
  switch (value.kind) {
    case 'int32': case 'decimal128': return 0x20;
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
  if (isNumeric(a)) return compareQuantities(quantityOf(a), quantityOf(b as Numeric));
  if ('kind' in a && a.kind === 'date') return a.timeMs < (b as DateTime).timeMs ? -1 : a.timeMs > (b as DateTime).timeMs ? 1 : 0;
  const left = a as { bytes: Uint8Array };
  const right = b as { bytes: Uint8Array };
  return left.bytes.length - right.bytes.length || compareBytes(left.bytes, right.bytes);
}
