import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareBytes, concatBytes, fromHex, toHex } from '@vsys/primitives';
import { addNumbers, compareScalars, type Decimal128, decimal128, decimalTextMax, decodeDocument, encodeDocument, encodeIndexKey, int32, multiplyNumbers, type Numeric, type Value } from '../src/value.ts';
import { compareQuantities, floorToDouble, quantityOf } from '../src/value/quantity.ts';
import { decimalText, nearDecimals } from './numbers.ts';

const decimal = (text: string): Decimal128 => {
  const made = decimal128(text);
  if (!made.ok) throw new RangeError(`${text}: ${made.code}`);
  return made.value;
};
/** A document with the one field "d": length, type, name, 16 bytes, end. */
const documentOf = (hex: string): Uint8Array => concatBytes(Uint8Array.of(24, 0, 0, 0, 0x13, 0x64, 0), fromHex(hex), Uint8Array.of(0));
const key = (value: Value): Uint8Array => {
  const made = encodeIndexKey([value]);
  if (!made.ok) throw new RangeError(made.code);
  return made.value;
};

describe('decimal128', () => {
  test('every 16 bytes are refused or are a value with one text', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      // Half of random exponents and most coefficients are out of range: make small ones too.
      const others = [bytes, Uint8Array.from(bytes, (byte, i) => (i === 15 ? byte & 0xbf : i > 11 && i < 14 ? 0 : byte))];
      for (const other of others) {
        const decoded = decodeDocument(documentOf(toHex(other)));
        if (!decoded.ok) continue;
        const { text } = decoded.value.get('d') as Decimal128;
        expect(decimal(text)).toEqual({ kind: 'decimal128', text });
        expect(encodeDocument(new Map([['d', decimal(text)]]))).toEqual({ ok: true, value: documentOf(toHex(other)) });
      }
    }), { numRuns: 2_000 });
  });

  test('refuses texts that are too long, or not the one text of their value', () => {
    expect(decimal128('0'.repeat(decimalTextMax)).ok).toBe(true);
    expect(decimal128('0'.repeat(decimalTextMax + 1))).toMatchObject({ code: 'VALUE_RANGE' });
    const other: Decimal128 = { kind: 'decimal128', text: '+1' };
    expect(encodeDocument(new Map([['d', other]]))).toMatchObject({ code: 'VALUE_RANGE' });
    expect(encodeIndexKey([other])).toMatchObject({ code: 'INDEX_KEY_TYPE' });
    expect(() => compareScalars(other, other)).toThrow(expect.objectContaining({ code: 'VALUE_RANGE' }));
  });
});

describe('numbers of all kinds in one order', () => {
  test('equal values are one key, whatever their kind, and a zero has no sign', () => {
    const groups: readonly (readonly Numeric[])[] = [
      [int32(1), 1n, 1, decimal('1'), decimal('1.000'), decimal('0.1E+1')], [-0, 0, 0n, int32(0), decimal('0'), decimal('-0.00'), decimal('0E+6111')], [0.5, decimal('0.5')], [2 ** 70, decimal('1180591620717411303424')],
      [2n ** 53n + 1n, decimal('9007199254740993')], [-(2n ** 63n), -(2 ** 63), decimal('-9223372036854775808')], [Number.NaN, decimal('NaN')], [Number.POSITIVE_INFINITY, decimal('Infinity')], [Number.NEGATIVE_INFINITY, decimal('-Infinity')],
    ];
    for (const group of groups) {
      expect(new Set(group.map((value) => toHex(key(value)))).size).toBe(1);
      for (const value of group) expect(compareScalars(value, group[0])).toBe(0);
    }
  });

  test('what no double tells apart is told apart', () => {
    const ordered: readonly Numeric[] = [
      Number.NaN, Number.NEGATIVE_INFINITY, decimal('-9.999999999999999999999999999999999E+6144'), decimal('-1E+309'), -Number.MAX_VALUE, -(2n ** 53n) - 1n, decimal('-9007199254740992.5'), -(2 ** 53),
      decimal('-0.1000000000000000055511151231257828'), -0.1, decimal('-0.1000000000000000055511151231257827'), decimal('-0.1'), -Number.MIN_VALUE, decimal('-1E-6176'), 0, decimal('1E-6176'), decimal('1E-400'), Number.MIN_VALUE, decimal('5E-324'),
      decimal('0.1'), decimal('0.1000000000000000055511151231257827'), 0.1, decimal('0.1000000000000000055511151231257828'), decimal('0.3'), 0.1 + 0.2, 2 ** 53, decimal('9007199254740992.5'), 2n ** 53n + 1n, decimal('9007199254740993.000001'), 2n ** 53n + 2n,
      2n ** 63n - 1n, 2 ** 63, Number.MAX_VALUE, decimal('1.797693134862315708145274237317044E+308'), decimal('1E+309'), decimal('9.999999999999999999999999999999999E+6144'), Number.POSITIVE_INFINITY,
    ];
    for (let i = 1; i < ordered.length; i++) {
      expect([i, compareScalars(ordered[i - 1], ordered[i])]).toEqual([i, -1]);
      expect([i, Math.sign(compareBytes(key(ordered[i - 1] as Numeric), key(ordered[i] as Numeric)))]).toEqual([i, -1]);
    }
  });

  test('order of keys is order of values near doubles, integers and the ends', () => {
    fc.assert(fc.property(nearDecimals, nearDecimals, (a, b) => {
      expect(Math.sign(compareBytes(key(a), key(b)))).toBe(compareScalars(a, b));
    }), { numRuns: 5_000 });
  });

  test('the double below is below, and the next one is not', () => {
    const view = new DataView(new ArrayBuffer(8));
    const double = (bits: bigint): number => {
      view.setBigUint64(0, bits);
      return view.getFloat64(0);
    };
    fc.assert(fc.property(nearDecimals, (value) => {
      const quantity = quantityOf(value);
      if (quantity.kind !== 'finite') return;
      const magnitude = { ...quantity, negative: false };
      const { bits, isExact } = floorToDouble(magnitude);
      expect(compareQuantities(quantityOf(double(bits)), magnitude)).toBe(isExact ? 0 : -1);
      expect(compareQuantities(quantityOf(double(bits + 1n)), magnitude)).toBe(1);
    }), { numRuns: 2_000 });
  });
});

describe('addNumbers', () => {
  test.each<[Numeric, Numeric, string]>([
    [decimal('0.10'), decimal('0.20'), '0.30'], [decimal('1.5'), int32(2), '3.5'], [2n ** 62n, decimal('0.5'), '4611686018427387904.5'], [decimal('1.00'), decimal('-1.00'), '0.00'], [decimal('-0'), decimal('-0'), '-0'], [decimal('1'), 1.5, '2.5'],
    [decimal('1E+20'), decimal('1'), '100000000000000000001'], [decimal('9999999999999999999999999999999999'), decimal('1'), '1.000000000000000000000000000000000E+34'], [decimal('1E+6111'), decimal('0E-6176'), '1.000000000000000000000000000000000E+6111'],
    [decimal('Infinity'), decimal('1'), 'Infinity'], [1, decimal('-Infinity'), '-Infinity'], [decimal('Infinity'), Number.NEGATIVE_INFINITY, 'NaN'], [Number.NaN, decimal('1'), 'NaN'],
  ])('%p + %p is the decimal %s', (a, b, sum) => {
    expect(addNumbers(a, b)).toEqual(decimal(sum));
    expect(addNumbers(b, a)).toEqual(decimal(sum));
  });

  test('rounds no decimal and wraps no integer', () => {
    expect(addNumbers(decimal('1E+40'), decimal('1'))).toBeUndefined();
    expect(addNumbers(decimal('1'), 0.1)).toBeUndefined();
    expect(addNumbers(decimal('9.999999999999999999999999999999999E+6144'), decimal('9.999999999999999999999999999999999E+6144'))).toBeUndefined();
    expect(addNumbers(2n ** 63n - 1n, int32(1))).toBeUndefined();
    expect(addNumbers(int32(2 ** 31 - 1), int32(1))).toBe(2n ** 31n);
  });

  test('agrees with whole numbers at one exponent', () => {
    const cents = fc.bigInt(-(10n ** 33n), 10n ** 33n);
    fc.assert(fc.property(cents, cents, (a, b) => {
      const sum = addNumbers(decimal(decimalText(a, -2)), decimal(decimalText(b, -2)));
      expect(compareScalars(sum, decimal(decimalText(a + b, -2)))).toBe(0);
    }));
  });
});

describe('multiplyNumbers', () => {
  test.each<[Numeric, Numeric, string]>([
    [decimal('0.10'), decimal('0.20'), '0.0200'], [decimal('1.5'), int32(2), '3.0'], [2n ** 62n, decimal('0.5'), '2305843009213693952.0'], [decimal('-1.00'), decimal('0'), '-0.00'], [decimal('2'), 1.5, '3.0'],
    [decimal('1E+6000'), decimal('1E+111'), '1E+6111'], [decimal('Infinity'), decimal('-1'), '-Infinity'], [decimal('Infinity'), int32(0), 'NaN'], [0, decimal('-Infinity'), 'NaN'], [Number.NaN, decimal('1'), 'NaN'],
  ])('%p * %p is the decimal %s', (a, b, product) => {
    expect(multiplyNumbers(a, b)).toEqual(decimal(product));
    expect(multiplyNumbers(b, a)).toEqual(decimal(product));
  });

  test('rounds no decimal, wraps no integer, and keeps the wider kind', () => {
    expect(multiplyNumbers(decimal('1234567890123456789'), decimal('1234567890123456789'))).toBeUndefined();
    expect(multiplyNumbers(decimal('1E+6000'), decimal('1E+1000'))).toBeUndefined();
    expect(multiplyNumbers(2n ** 62n, int32(2))).toBeUndefined();
    expect(multiplyNumbers(2n ** 62n, int32(-2))).toBe(-(2n ** 63n));
    expect(multiplyNumbers(int32(2 ** 30), int32(2))).toBe(2n ** 31n);
    expect(multiplyNumbers(int32(-(2 ** 30)), int32(2))).toEqual(int32(-(2 ** 31)));
    expect(multiplyNumbers(3n, int32(2))).toBe(6n);
    expect(multiplyNumbers(int32(3), 0.5)).toBe(1.5);
  });

  test('agrees with whole numbers at one exponent', () => {
    const cents = fc.bigInt(-(10n ** 16n), 10n ** 16n);
    fc.assert(fc.property(cents, cents, (a, b) => {
      const product = multiplyNumbers(decimal(decimalText(a, -2)), decimal(decimalText(b, -2)));
      expect(compareScalars(product, decimal(decimalText(a * b, -4)))).toBe(0);
    }));
  });
});
