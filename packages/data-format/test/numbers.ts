import fc from 'fast-check';
import { decimal128, type Decimal128, int32, type Numeric } from '../src/value.ts';

export function decimalText(coefficient: bigint, exponent: number): string {
  return `${coefficient}E${exponent}`;
}

function made(text: string): Decimal128 | undefined {
  const decimal = decimal128(text);
  return decimal.ok ? decimal.value : undefined;
}

const isThere = (value: Decimal128 | undefined): value is Decimal128 => value !== undefined;

export const decimals: fc.Arbitrary<Decimal128> = fc.oneof(
  fc.tuple(fc.bigInt(-(10n ** 34n) + 1n, 10n ** 34n - 1n), fc.oneof(fc.integer({ min: -6_176, max: 6_111 }), fc.integer({ min: -40, max: 5 }))).map(([coefficient, exponent]) => made(decimalText(coefficient, exponent))).filter(isThere),
  fc.constantFrom('NaN', 'Infinity', '-Infinity', '0', '-0.0', '1E-6176', '-1E+6111').map(made).filter(isThere),
);

/** A decimal that begins as a double does, to 17 or 34 digits, or is a little off it. */
const besideDouble: fc.Arbitrary<Decimal128> = fc.tuple(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: 15, max: 34 }), fc.integer({ min: -1, max: 1 })).map(([value, digits, off]) => {
  const [coefficient, exponent] = value.toExponential(digits - 1).split('e') as [string, string];
  return made(decimalText(BigInt(coefficient.replace('.', '')) + BigInt(off), Number(exponent) - digits + 1));
}).filter(isThere);

/** Numbers of all kinds, many of them close to one another. */
export const nearDecimals: fc.Arbitrary<Numeric> = fc.oneof(
  decimals, besideDouble,
  fc.double(),
  fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n), fc.bigInt(2n ** 53n - 3n, 2n ** 53n + 3n).map(Number), fc.bigInt(2n ** 54n - 6n, 2n ** 54n + 6n).map((half) => made(`${half}E-1`)).filter(isThere),
  fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.integer({ min: -3, max: 3 }).map(int32), fc.integer({ min: -30, max: 30 }).map((tenths) => made(`${tenths}E-1`)).filter(isThere), fc.integer({ min: -30, max: 30 }).map((tenths) => tenths / 10),
);
