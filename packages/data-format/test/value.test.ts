import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareBytes } from '@vsys/primitives';
import { decimals } from './numbers.ts';
import { compareScalars, compareValues, decimal128, decodeDocument, documentFromJson, documentToJson, encodeDocument, encodeIndexKey, getPath, int32, isIndexKey, type Value } from '../src/value.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((s) => s.isWellFormed());
const int64 = fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
const near53 = fc.bigInt(2n ** 53n - 5n, 2n ** 53n + 5n);
const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null), fc.boolean(), text, fc.double(), decimals, int64, near53, near53.map(Number),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(int32),
  int64.map((timeMs) => ({ kind: 'date', timeMs }) as const),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => ({ kind: 'objectId', bytes }) as const),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => ({ kind: 'binary', bytes, subtype: 0 }) as const),
);
const name = text.filter((s) => s !== '' && !s.startsWith('$') && !s.includes('\0'));
const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, scalar, fc.array(tie('value'), { maxLength: 4 }), fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries))),
})).value;
const document = fc.array(fc.tuple(name, value), { maxLength: 6 }).map((entries) => new Map(entries));

const encoded = (doc: ReadonlyMap<string, Value>): Uint8Array => {
  const bytes = encodeDocument(doc);
  if (!bytes.ok) throw new RangeError(bytes.code);
  return bytes.value;
};

describe('documents', () => {
  test('bytes are a round trip', () => {
    fc.assert(fc.property(document, (doc) => expect(decodeDocument(encoded(doc))).toEqual({ ok: true, value: doc })));
  });

  test('Extended JSON in its canonical form is a round trip', () => {
    fc.assert(fc.property(document, (doc) => {
      const back = documentFromJson(documentToJson(doc, 'canonical'));
      expect(back.ok && encoded(back.value)).toEqual(encoded(doc));
    }));
  });

  test('relaxed JSON is a round trip too', () => {
    fc.assert(fc.property(document, (doc) => {
      const back = documentFromJson(documentToJson(doc));
      expect(back.ok && encoded(back.value)).toEqual(encoded(doc));
    }));
  });

  test('any changed byte is refused or is another document', () => {
    const bytes = encoded(new Map<string, Value>([['a', int32(1)], ['b', 'text'], ['c', new Map([['d', true]])]]));
    for (let at = 0; at < bytes.length; at++) {
      for (const bit of [1, 2, 4, 8, 16, 32, 64, 128]) {
        const changed = bytes.map((byte, i) => (i === at ? byte ^ bit : byte));
        const result = decodeDocument(changed);
        if (result.ok) expect(encoded(result.value)).toEqual(changed);
      }
    }
  });

  test('what has one spelling only is not encoded again, and any other spelling is refused', () => {
    const spelt = new Map<string, Value>([['n', Number.NaN], ['b', true], ['a', [null, 'x', 1.5]], ['t', 'text']]);
    const bytes = encoded(spelt);
    const put = (find: readonly number[], instead: readonly number[]): Uint8Array => {
      const at = bytes.findIndex((_, i) => find.every((byte, j) => bytes[i + j] === byte));
      expect(at).toBeGreaterThan(0);
      const changed = bytes.slice();
      changed.set(instead, at);
      return changed;
    };
    const [n, b] = ['n', 'b'].map((letter) => letter.charCodeAt(0)) as [number, number];
    for (const [changed, code] of [
      [put([0x01, n, 0, 0, 0, 0, 0, 0, 0, 0xf8], [0x01, n, 0, 1]), 'VALUE_NOT_CANONICAL'],
      [put([0x08, b, 0, 1], [0x08, b, 0, 2]), 'VALUE_NOT_CANONICAL'],
      [put([0x0a, 0x30, 0], [0x0a, 0x31]), 'VALUE_FIELD_NAME'],
      [put([0x0a, 0x30, 0], [0x0a, 0x35]), 'VALUE_NOT_CANONICAL'],
      [put([0x08, b, 0, 1], [0x08, 0x24]), 'VALUE_FIELD_NAME'],
      [put([0x74, 0x65, 0x78, 0x74, 0], [0x74, 0x65, 0x78, 0x74, 1]), 'VALUE_NOT_CANONICAL'],
    ] as const) expect(decodeDocument(changed)).toMatchObject({ ok: false, code });
    expect(decodeDocument(bytes)).toEqual({ ok: true, value: spelt });
  });

  test('whatever bytes are taken, they are those that the document has', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(fc.property(document, damage, (doc, changes) => {
      const bytes = encoded(doc);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      const result = decodeDocument(bytes);
      if (result.ok) expect(encoded(result.value)).toEqual(bytes);
    }), { numRuns: 2_000 });
  });

  test.each<[string, Map<string, Value>, string]>([
    ['a name with $', new Map([['$a', 1]]), 'VALUE_FIELD_NAME'], ['an empty name', new Map([['', 1]]), 'VALUE_FIELD_NAME'], ['half a character', new Map([['a', '\ud800']]), 'VALUE_RANGE'],
    ['an int64 out of range', new Map([['a', 2n ** 63n]]), 'VALUE_RANGE'], ['65,537 bytes', new Map([['a', 'x'.repeat(65_536 - 12)]]), 'VALUE_TOO_LARGE'],
    ['1,001 fields', new Map(Array.from({ length: 1_001 }, (_, i) => [`f${i}`, null])), 'VALUE_TOO_MANY_FIELDS'],
  ])('refuses %s', (_, doc, code) => {
    expect(encodeDocument(doc)).toMatchObject({ ok: false, code });
  });

  test('takes a document exactly at its limits', () => {
    expect(encoded(new Map([['a', 'x'.repeat(65_536 - 13)]]))).toHaveLength(65_536);
    expect(encodeDocument(new Map(Array.from({ length: 1_000 }, (_, i) => [`f${i}`, null]))).ok).toBe(true);
  });

  test('paths reach into objects and arrays', () => {
    const doc = new Map<string, Value>([['a', [new Map([['b', 'found']])]]]);
    expect(getPath(doc, 'a.0.b')).toBe('found');
    expect(getPath(doc, 'a.b')).toBeUndefined();
  });
});

describe('index keys', () => {
  const key = (values: readonly (Value | undefined)[], directions: readonly (1 | -1)[] = []): Uint8Array => {
    const result = encodeIndexKey(values, directions);
    if (!result.ok) throw new RangeError(result.code);
    return result.value;
  };

  test('order of bytes is order of values, both ways', () => {
    fc.assert(fc.property(scalar, scalar, (a, b) => {
      const order = Math.sign(compareScalars(a, b));
      expect(Math.sign(compareBytes(key([a]), key([b])))).toBe(order);
      expect(Math.sign(compareBytes(key([a], [-1]), key([b], [-1])))).toBe(order === 0 ? 0 : -order);
    }), { numRuns: 2_000 });
  });

  test('a compound key compares field by field', () => {
    fc.assert(fc.property(text, text, int64, int64, (a, b, x, y) => {
      const order = Math.sign(compareScalars(a, b)) || -Math.sign(compareScalars(x, y));
      expect(Math.sign(compareBytes(key([a, x], [1, -1]), key([b, y], [1, -1])))).toBe(order === 0 ? 0 : order);
    }));
  });

  test('every key has the form of one, and nothing that is shorter or longer', () => {
    const direction = fc.constantFrom<1 | -1>(1, -1);
    fc.assert(fc.property(scalar, scalar, direction, direction, fc.uint8Array({ minLength: 1, maxLength: 12 }), (a, b, x, y, more) => {
      for (const [bytes, directions] of [[key([a], [x]), [x]], [key([a, b], [x, y]), [x, y]]] as const) {
        expect(isIndexKey(bytes, directions)).toBe(true);
        expect(isIndexKey(Uint8Array.of(...bytes, ...more), directions)).toBe(false);
        for (let length = 0; length < bytes.length; length++) expect([length, isIndexKey(bytes.subarray(0, length), directions)]).toEqual([length, false]);
        expect(isIndexKey(bytes, directions.slice(1))).toBe(false);
        expect(isIndexKey(bytes, [...directions, 1])).toBe(false);
      }
    }), { numRuns: 500 });
    for (const type of [0, 0x40, 0x50, 0xab, 0xff]) expect(isIndexKey(Uint8Array.of(type), [1])).toBe(false);
    expect(isIndexKey(new Uint8Array(), [])).toBe(true);
    expect(isIndexKey(new Uint8Array(400).fill(0x30), [1])).toBe(false);
  });

  test('a missing value and null are one key', () => {
    expect(key([undefined])).toEqual(key([null]));
  });
});

describe('compareValues', () => {
  const map = (...fields: [string, Value][]): Value => new Map(fields);
  // Each is below all that follow; the source is the order of MongoDB's comparison of BSON.
  const ascending: Value[] = [
    null, Number.NaN, -1, int32(2), 2.5, 3n, '', 'a', 'b', map(), map(['a', 1]), map(['a', 1], ['b', 1]), map(['a', 2]), map(['b', 1]), map(['a', 'x']), [], [1], [1, 1], [2], ['x'],
    { kind: 'binary', bytes: Uint8Array.of(9), subtype: 0 }, { kind: 'binary', bytes: Uint8Array.of(1), subtype: 4 }, { kind: 'binary', bytes: Uint8Array.of(1, 1), subtype: 0 }, false, true, { kind: 'date', timeMs: 0n },
  ];

  test('has the order of kinds, then of what is inside', () => {
    for (const [i, a] of ascending.entries()) {
      for (const [j, b] of ascending.entries()) expect({ i, j, order: Math.sign(compareValues(a, b)) }).toEqual({ i, j, order: Math.sign(i - j) });
    }
  });

  test('holds numbers of all kinds for equal, and the order of fields for a difference', () => {
    expect(compareValues([1, map(['a', 2n])], [1n, map(['a', int32(2)])])).toBe(0);
    expect(compareValues(map(['a', 1], ['b', 1]), map(['b', 1], ['a', 1]))).not.toBe(0);
  });

  test('orders texts by their bytes', () => {
    const any = fc.string({ unit: fc.constantFrom('a', 'b', '\u00e4', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'), maxLength: 4 });
    fc.assert(fc.property(any, any, (a, b) => expect(Math.sign(compareValues(a, b))).toBe(Math.sign(compareBytes(new TextEncoder().encode(a), new TextEncoder().encode(b))))));
  });

  test('orders numbers far apart and close together, of any kinds, as fractions say', () => {
    const decimal = fc.tuple(fc.bigInt(-(10n ** 34n) + 1n, 10n ** 34n - 1n), fc.constantFrom(-350, -330, -34, -1, 0, 3, 290, 310)).map(([coefficient, exponent]) => ({ coefficient, exponent }));
    const asValue = ({ coefficient, exponent }: { coefficient: bigint; exponent: number }): Value => {
      const read = decimal128(`${coefficient}E${exponent}`);
      if (!read.ok) throw new Error(read.message);
      return read.value;
    };
    const scaled = ({ coefficient, exponent }: { coefficient: bigint; exponent: number }): bigint => coefficient * 10n ** BigInt(exponent + 350);
    fc.assert(fc.property(decimal, decimal, (a, b) => {
      const order = scaled(a) < scaled(b) ? -1 : scaled(a) > scaled(b) ? 1 : 0;
      expect(compareValues(asValue(a), asValue(b))).toBe(order);
    }));
    const of = (coefficient: bigint, exponent: number): Value => asValue({ coefficient, exponent });
    const ascending = [of(-1n, 6_000), -Number.MAX_VALUE, of(-1n, 0), of(-1n, -400), 0, of(1n, -6_000), Number.MIN_VALUE, of(5n, -324), 0.1, of(1n, 308), Number.MAX_VALUE, of(1n, 309), of(1n, 6_000), Number.POSITIVE_INFINITY];
    for (const [i, a] of ascending.entries()) for (const [j, b] of ascending.entries()) expect({ i, j, order: Math.sign(compareValues(a, b)) }).toEqual({ i, j, order: Math.sign(i - j) });
    expect(compareValues(of(10n, -1), 1)).toBe(0);
    expect(compareValues(of(0n, -6_000), -0)).toBe(0);
  });

  test('is an order', () => {
    fc.assert(fc.property(value, value, value, (a, b, c) => {
      expect(Math.sign(compareValues(a, b)) + Math.sign(compareValues(b, a))).toBe(0);
      expect(compareValues(a, b) <= 0 && compareValues(b, c) <= 0 && compareValues(a, c) > 0).toBe(false);
    }));
  });
});

test('an object of operators is read only where it is asked for', () => {
  expect(documentFromJson('{"$inc":{"n":1}}')).toMatchObject({ ok: false, code: 'JSON_EXTENDED' });
  expect(documentFromJson('{"$push":{"t":{"$each":[{"$numberLong":"1"}]}}}', 'kept')).toMatchObject({ ok: true, value: new Map([['$push', new Map([['t', new Map([['$each', [1n]]])]])]]) });
});
