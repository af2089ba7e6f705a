import { CodedError } from '@vsys/primitives';
import { DECIMAL_DIGITS, decimalParts } from './decimal128.ts';
import type { Numeric, Value } from './value.ts';

/** A number of any kind as what it exactly is: a fraction of whole numbers, or none. */
export type Quantity =
  | { readonly kind: 'finite'; readonly negative: boolean; readonly coefficient: bigint; /** 2 for doubles, else 10. */ readonly base: 2n | 10n; readonly exponent: number }
  | { readonly kind: 'infinity'; readonly negative: boolean }
  | { readonly kind: 'nan' };

/** Thrown where a value is taken that no decoder gives. */
export class ValueError extends CodedError<'VALUE_RANGE'> {}

const scratch = new DataView(new ArrayBuffer(8));
const HIDDEN_BIT = 1n << 52n;

export function isNumeric(value: Value | undefined): value is Numeric {
  if (typeof value === 'number' || typeof value === 'bigint') return true;
  return typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'int32' || value.kind === 'decimal128');
}

/** A decimal is a text; in an array it is compared many times. */
const ofDecimals = new WeakMap<Numeric & object, Quantity>();

/** @throws ValueError `VALUE_RANGE` for a decimal128 whose text was not made by `decimal128` */
export function quantityOf(value: Numeric): Quantity {
  if (typeof value === 'number') return ofDouble(value);
  if (typeof value === 'bigint') return ofInteger(value);
  if (value.kind === 'int32') return ofInteger(BigInt(value.value));
  const known = ofDecimals.get(value);
  if (known !== undefined) return known;
  const parts = decimalParts(value);
  if (parts === undefined) throw new ValueError('VALUE_RANGE', 'the text of a decimal128 is the one that decimal128() gives');
  const quantity: Quantity = parts.kind === 'finite' ? { ...parts, base: 10n } : parts;
  ofDecimals.set(value, quantity);
  return quantity;
}

function ofInteger(value: bigint): Quantity {
  return { kind: 'finite', negative: value < 0n, coefficient: value < 0n ? -value : value, base: 10n, exponent: 0 };
}

function ofDouble(value: number): Quantity {
  if (Number.isNaN(value)) return { kind: 'nan' };
  const negative = value < 0;
  if (!Number.isFinite(value)) return { kind: 'infinity', negative };
  scratch.setFloat64(0, value);
  const bits = scratch.getBigUint64(0);
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & (HIDDEN_BIT - 1n);
  return { kind: 'finite', negative, coefficient: field === 0 ? fraction : fraction | HIDDEN_BIT, base: 2n, exponent: Math.max(field, 1) - 1_075 };
}

/** NaN lies below every number and is equal to itself; 0 and -0 are equal. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  if (a.kind === 'nan' || b.kind === 'nan') return Number(b.kind === 'nan') - Number(a.kind === 'nan');
  const sign = signOf(a);
  if (sign !== signOf(b)) return sign < signOf(b) ? -1 : 1;
  if (a.kind === 'infinity' || b.kind === 'infinity') return a.kind === b.kind ? 0 : (a.kind === 'infinity') === sign > 0 ? 1 : -1;
  const digits = compareDigits(a, b);
  if (digits !== undefined) return sign > 0 || digits === 0 ? digits : -digits;
  const x = fractionOf(a);
  const y = fractionOf(b);
  const left = x.above * y.below;
  const right = y.above * x.below;
  if (left === right) return 0;
  return left < right === sign > 0 ? -1 : 1;
}

/** Decimals have exponents whose powers have thousands of digits: their magnitudes compare by digits. Undefined for doubles of about the same size. */
function compareDigits(a: Extract<Quantity, { kind: 'finite' }>, b: Extract<Quantity, { kind: 'finite' }>): number | undefined {
  if (a.coefficient === 0n) return 0;
  if (a.base === 10n && b.base === 10n) {
    const [x, y] = [decimalDigits(a), decimalDigits(b)];
    return Math.sign(x.adjusted - y.adjusted) || (x.digits < y.digits ? -1 : x.digits > y.digits ? 1 : 0);
  }
  if (a.base === 10n) return beyondDoubles(a);
  const other = b.base === 10n ? beyondDoubles(b) : undefined;
  return other === undefined ? undefined : -other;
}

/** 1 for a decimal above all doubles, -1 for one below all but zero. */
function beyondDoubles({ coefficient, exponent }: Extract<Quantity, { kind: 'finite' }>): number | undefined {
  const adjusted = exponent + coefficient.toString().length - 1;
  return adjusted > 308 ? 1 : adjusted < -324 ? -1 : undefined;
}

function signOf(quantity: Exclude<Quantity, { kind: 'nan' }>): number {
  if (quantity.kind === 'finite' && quantity.coefficient === 0n) return 0;
  return quantity.negative ? -1 : 1;
}

function fractionOf({ coefficient, base, exponent }: Extract<Quantity, { kind: 'finite' }>): { above: bigint; below: bigint } {
  const power = base ** BigInt(Math.abs(exponent));
  return exponent < 0 ? { above: coefficient, below: power } : { above: coefficient * power, below: 1n };
}

/** Bits of the largest finite double. */
const DOUBLE_MAX_BITS = 0x7fef_ffff_ffff_ffffn;

/**
 * The bits of the largest double that is not above a magnitude, and whether it is the same number. Whole numbers only: conversions of
 * the language may round long digits as they like.
 */
export function floorToDouble(quantity: Extract<Quantity, { kind: 'finite' }>): { readonly bits: bigint; readonly isExact: boolean } {
  const { coefficient, base, exponent } = quantity;
  if (coefficient === 0n) return { bits: 0n, isExact: true };
  const adjusted = base === 10n ? exponent + coefficient.toString().length - 1 : 0;
  // Without this, exponents of decimals would make numbers of thousands of digits.
  if (adjusted > 308) return { bits: DOUBLE_MAX_BITS, isExact: false };
  if (adjusted < -324) return { bits: 0n, isExact: false };
  const { above, below } = fractionOf(quantity);
  let shift = Math.min(53 - (bitLength(above) - bitLength(below)), 1_074);
  let whole = shifted(above, shift) / shifted(below, -shift);
  if (whole >= HIDDEN_BIT << 1n) whole = shifted(above, --shift) / shifted(below, -shift);
  const isExact = whole * shifted(below, -shift) === shifted(above, shift);
  const field = 1_075 - shift;
  if (field >= 0x7ff) return { bits: DOUBLE_MAX_BITS, isExact: false };
  return { bits: whole < HIDDEN_BIT ? whole : (BigInt(field) << 52n) | (whole - HIDDEN_BIT), isExact };
}

function shifted(value: bigint, bits: number): bigint {
  return bits > 0 ? value << BigInt(bits) : value;
}

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** A decimal magnitude of at most 34 digits as its power of ten, then its digits as a whole number of 34: both in order. */
export function decimalDigits({ coefficient, exponent }: Extract<Quantity, { kind: 'finite' }>): { readonly adjusted: number; readonly digits: bigint } {
  const { length } = coefficient.toString();
  return { adjusted: exponent + length - 1, digits: coefficient * 10n ** BigInt(DECIMAL_DIGITS - length) };
}
