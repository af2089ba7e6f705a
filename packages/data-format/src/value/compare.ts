import { compareBytes } from '@vsys/primitives';
import { compareQuantities, isNumeric, quantityOf } from './quantity.ts';
import { type Binary, type DateTime, type Document, isArray, isDocument, type Numeric, type Value } from './value.ts';

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
  if (typeof a === 'string') return compareTexts(a, b as string);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (isNumeric(a)) return compareNumbers(a, b as Numeric);
  if ('kind' in a && a.kind === 'date') return a.timeMs < (b as DateTime).timeMs ? -1 : a.timeMs > (b as DateTime).timeMs ? 1 : 0;
  const left = a as { bytes: Uint8Array };
  const right = b as { bytes: Uint8Array };
  return left.bytes.length - right.bytes.length || compareBytes(left.bytes, right.bytes);
}

/**
 * MongoDB's order of all values, objects and arrays too: objects field by field, by kind, then name, then value; what ends first comes first.
 * Zero is what `$addToSet` and `$pullAll` hold for equal: numbers by value, objects with the order of their fields.
 */
export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  const order = typeOrder(a) - typeOrder(b);
  if (order !== 0) return order;
  if (isArray(a)) return compareLists(a, b as readonly Value[]);
  if (isDocument(a)) return compareDocuments(a, b as Document);
  if (typeof a === 'object' && a !== null && 'kind' in a && a.kind === 'binary') {
    const other = b as Binary;
    return a.bytes.length - other.bytes.length || a.subtype - other.subtype || compareBytes(a.bytes, other.bytes);
  }
  return compareScalars(a, b);
}

function compareLists(a: readonly Value[], b: readonly Value[]): number {
  for (const [i, value] of a.entries()) {
    const other = b[i];
    if (other === undefined) return 1;
    const order = compareValues(value, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareDocuments(a: Document, b: Document): number {
  const others = b.entries();
  for (const [name, value] of a) {
    const next = others.next();
    if (next.done === true) return 1;
    const [otherName, other] = next.value;
    const order = typeOrder(value) - typeOrder(other) || (name === otherName ? 0 : compareTexts(name, otherName)) || compareValues(value, other);
    if (order !== 0) return order;
  }
  return a.size - b.size;
}

function compareNumbers(a: Numeric, b: Numeric): number {
  const x = plainOf(a);
  const y = plainOf(b);
  if (x !== undefined && y !== undefined) {
    // The language compares doubles and whole numbers of any size by their exact values; what is left is equal or not a number.
    if (x < y) return -1;
    if (x > y) return 1;
    if (x === y) return 0;
  }
  return compareQuantities(quantityOf(a), quantityOf(b));
}

function plainOf(value: Numeric): number | bigint | undefined {
  if (typeof value !== 'object') return value;
  return value.kind === 'int32' ? value.value : undefined;
}

/** The order of their UTF-8 bytes, which is that of code points: surrogates stand for the highest ones. */
function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rankOf(x) - rankOf(y);
  }
  return a.length - b.length;
}

function rankOf(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}
