import { decimalOf, fitDecimal } from './decimal128.ts';
import { type Quantity, quantityOf } from './quantity.ts';
import { type Decimal128, int32, type Numeric } from './value.ts';

/**
 * The sum in the wider kind of the two: int32, int64, double, decimal128. An int32 that overflows becomes an int64. Nothing wraps, and with a
 * decimal nothing is rounded: undefined when the sum does not fit an int64, or not exactly a decimal128.
 */
export function addNumbers(a: Numeric, b: Numeric): Numeric | undefined {
  if (isDecimal(a) || isDecimal(b)) return addDecimals(quantityOf(a), quantityOf(b));
  if (typeof a === 'number' || typeof b === 'number') return asDouble(a) + asDouble(b);
  const sum = asInteger(a) + asInteger(b);
  if (sum !== BigInt.asIntN(64, sum)) return undefined;
  const isNarrow = typeof a !== 'bigint' && typeof b !== 'bigint' && sum === BigInt.asIntN(32, sum);
  return isNarrow ? int32(Number(sum)) : sum;
}

export function isDecimal(value: Numeric): value is Decimal128 {
  return typeof value === 'object' && value.kind === 'decimal128';
}

export function asDouble(value: Exclude<Numeric, Decimal128>): number {
  return typeof value === 'object' ? value.value : Number(value);
}

export function asInteger(value: Exclude<Numeric, Decimal128 | number>): bigint {
  return typeof value === 'object' ? BigInt(value.value) : value;
}

function addDecimals(a: Quantity, b: Quantity): Decimal128 | undefined {
  if (a.kind === 'nan' || b.kind === 'nan') return decimalOf({ kind: 'nan' });
  if (a.kind === 'infinity' && b.kind === 'infinity' && a.negative !== b.negative) return decimalOf({ kind: 'nan' });
  if (a.kind === 'infinity') return decimalOf(a);
  if (b.kind === 'infinity') return decimalOf(b);
  const x = asDecimal(a);
  const y = asDecimal(b);
  const exponent = Math.min(x.exponent, y.exponent);
  const sum = signed(x) * 10n ** BigInt(x.exponent - exponent) + signed(y) * 10n ** BigInt(y.exponent - exponent);
  const isNegative = sum === 0n ? a.negative && b.negative : sum < 0n;
  const parts = fitDecimal(isNegative, sum === 0n ? '' : (sum < 0n ? -sum : sum).toString(), exponent);
  return parts === undefined ? undefined : decimalOf(parts);
}

export type Finite = Extract<Quantity, { kind: 'finite' }>;

/** A double is m × 2^-n = m × 5^n × 10^-n, so each has an exact decimal, if a long one. Zeros at its end are left out, down to a whole number. */
export function asDecimal(quantity: Finite): Finite {
  if (quantity.base === 10n) return quantity;
  const { coefficient, exponent } = quantity;
  if (exponent >= 0) return { ...quantity, base: 10n, coefficient: coefficient << BigInt(exponent), exponent: 0 };
  let places = -exponent;
  let odd = coefficient;
  while (places > 0 && (odd & 1n) === 0n) {
    odd >>= 1n;
    places--;
  }
  return { ...quantity, base: 10n, coefficient: odd * 5n ** BigInt(places), exponent: -places };
}

export function signed({ negative, coefficient }: Finite): bigint {
  return negative ? -coefficient : coefficient;
}
