/**
 * Values of documents: a subset of BSON. In memory a `number` is a double and a `bigint` an int64; the rest carries its kind, so that
 * nothing is lost between bytes and memory. Documents are maps, because a plain object moves names like "1" to the front.
 */
export type Value = null | boolean | string | number | bigint | Int32 | Decimal128 | Binary | ObjectId | DateTime | readonly Value[] | Document;
export type Numeric = number | bigint | Int32 | Decimal128;
export type Document = ReadonlyMap<string, Value>;

export interface Int32 { readonly kind: 'int32'; readonly value: number }
export interface Decimal128 { readonly kind: 'decimal128'; /** As `decimal128` gives it: one text for each value, with its exponent. */ readonly text: string }
export interface Binary { readonly kind: 'binary'; readonly bytes: Uint8Array; /** 0 generic, 4 UUID. */ readonly subtype: 0 | 4 }
export interface ObjectId { readonly kind: 'objectId'; /** 12 bytes. */ readonly bytes: Uint8Array }
export interface DateTime { readonly kind: 'date'; /** Milliseconds since 1970 UTC, may be negative. */ readonly timeMs: bigint }

export const valueLimits = { documentBytesMax: 65_536, depthMax: 32, fieldsMax: 1_000 } as const;

export function int32(value: number): Int32 {
  return { kind: 'int32', value };
}

export function isDocument(value: Value | undefined): value is Document {
  return value instanceof Map;
}

export function isArray(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

/** The value at a dotted path such as `address.city`; array elements by number. Undefined when there is none. */
export function getPath(document: Document, path: string): Value | undefined {
  let at: Value | undefined = document;
  for (const name of path.split('.')) {
    if (isDocument(at)) at = at.get(name);
    else if (isArray(at) && /^\d{1,6}$/.test(name)) at = at[Number(name)];
    else return undefined;
  }
  return at;
}
