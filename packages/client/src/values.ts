/**
 * Between what an application holds and what a document is made of. A `bigint` is an int64 and comes back as one; a `number` is an int32
 * where it is a whole number that fits, else a double, as the `mongodb` driver has it, and both come back as numbers: nothing is rounded.
 */
import { decimal128, type Document, type Value } from '@vsys/data-format/value';
import { clientFailure } from './client-failure.ts';
import { ObjectId } from './object-id.ts';

/** Exact decimal numbers, by their text. */
export class Decimal128 {
  readonly text: string;

  constructor(text: string) {
    const read = decimal128(text);
    if (!read.ok) throw new RangeError(`"${text.slice(0, 40)}": ${read.message}`);
    this.text = read.value.text;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}

/** Binary of subtype 4. Bytes without a meaning are a `Uint8Array`. */
export class Uuid {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array = randomUuid()) {
    if (bytes.length !== 16) throw new RangeError(`a UUID has 16 bytes, found ${bytes.length}`);
    this.bytes = bytes.slice();
  }

  toString(): string {
    const hex = Array.from(this.bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  }

  toJSON(): string {
    return this.toString();
  }
}

function randomUuid(): Uint8Array {
  return Uint8Array.from(crypto.randomUUID().replaceAll('-', '').match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);
/** Deeper is refused by the format anyway; without it an object that holds itself would never end. */
const DEPTH_MAX = 64;

/** @param path - for the message @throws ClientError CLIENT_VALUE */
export function toValue(value: unknown, path = 'the value', depth = 0): Value {
  if (depth > DEPTH_MAX) throw clientFailure('CLIENT_VALUE', `${path} lies deeper than ${DEPTH_MAX} levels, or holds itself`);
  switch (typeof value) {
    case 'string': case 'boolean': return value;
    case 'number': return Number.isInteger(value) && value === (value | 0) && !Object.is(value, -0) ? { kind: 'int32', value } : value;
    case 'bigint':
      if (value > INT64_MAX || value < INT64_MIN) throw clientFailure('CLIENT_VALUE', `${path} is a bigint outside 64 bits; keep it as a Decimal128 or a string`);
      return value;
    case 'object': return value === null ? null : objectToValue(value, path, depth);
    default: throw clientFailure('CLIENT_VALUE', `${path} is ${value === undefined ? 'undefined' : `a ${typeof value}`}, which no document holds; leave the field out, or use null`);
  }
}

function objectToValue(value: object, path: string, depth: number): Value {
  if (value instanceof ObjectId) return { kind: 'objectId', bytes: value.bytes };
  if (value instanceof Decimal128) return { kind: 'decimal128', text: value.text };
  if (value instanceof Uuid) return { kind: 'binary', bytes: value.bytes, subtype: 4 };
  if (value instanceof Uint8Array) return { kind: 'binary', bytes: value.slice(), subtype: 0 };
  if (value instanceof Date) {
    const timeMs = value.getTime();
    if (Number.isNaN(timeMs)) throw clientFailure('CLIENT_VALUE', `${path} is a Date of no time`);
    return { kind: 'date', timeMs: BigInt(timeMs) };
  }
  if (Array.isArray(value)) return value.map((one, i) => toValue(one, `${path}[${i}]`, depth + 1));
  return toDocument(value, path, depth);
}

/** Plain objects and Maps; an undefined field counts as absent, as with the `mongodb` driver's `ignoreUndefined`. */
export function toDocument(object: object, path = 'the document', depth = 0): Document {
  const isPlain = object instanceof Map || [Object.prototype, null].includes(Object.getPrototypeOf(object) as object | null) || Object.getPrototypeOf(Object.getPrototypeOf(object)) === null;
  if (!isPlain) throw clientFailure('CLIENT_VALUE', `${path} is a ${object.constructor?.name ?? 'strange object'}, which no document holds; give plain objects, dates, bytes, ObjectId, Decimal128 or Uuid`);
  const fields = new Map<string, Value>();
  for (const [name, value] of object instanceof Map ? object as Map<unknown, unknown> : Object.entries(object)) {
    if (typeof name !== 'string') throw clientFailure('CLIENT_VALUE', `${path} has a name that is no string`);
    if (value !== undefined) fields.set(name, toValue(value, depth === 0 ? `"${name}"` : `${path}.${name}`, depth + 1));
  }
  return fields;
}

export function fromValue(value: Value): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Map) return fromDocument(value);
  if (Array.isArray(value)) return (value as readonly Value[]).map(fromValue);
  const scalar = value as Extract<Value, { readonly kind: string }>;
  switch (scalar.kind) {
    case 'int32': return scalar.value;
    case 'decimal128': return new Decimal128(scalar.text);
    case 'binary': return scalar.subtype === 4 ? new Uuid(scalar.bytes) : scalar.bytes.slice();
    case 'objectId': return new ObjectId(scalar.bytes);
    // Dates of the language end 8.64e15 ms from 1970; what lies beyond comes as an invalid Date, and not as another day.
    case 'date': return new Date(Number(scalar.timeMs));
  }
}

/** A plain object. Names such as "1" come first in it, whatever their place in the document: the language orders them so. */
export function fromDocument(document: Document): Record<string, unknown> {
  // Sets own fields, also one that is named __proto__.
  return Object.fromEntries([...document].map(([name, value]) => [name, fromValue(value)]));
}
