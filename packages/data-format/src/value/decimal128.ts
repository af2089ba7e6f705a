import { type Verdict, accept, refuse } from '@vsys/primitives';
import type { Decimal128 } from './value.ts';

/**
 * decimal128 of IEEE 754-2008 in its binary integer encoding, as BSON has it. A value keeps its exponent: 1.0 and 1.00 are two values,
 * equal in order. Source of the text form: "to-scientific-string" of the General Decimal Arithmetic specification.
 */
export type DecimalParts =
  | { readonly kind: 'finite'; readonly negative: boolean; /** 0 to 10^34 - 1. */ readonly coefficient: bigint; /** -6176 to 6111. */ readonly exponent: number }
  | { readonly kind: 'infinity'; readonly negative: boolean }
  | { readonly kind: 'nan' };

export const DECIMAL_DIGITS = 34;
const COEFFICIENT_END = 10n ** 34n;
const EXPONENT_MIN = -6_176;
const EXPONENT_MAX = 6_111;
/** Longest text that is read, in characters: 34 digits need few, but zeros may be many. */
export const decimalTextMax = 4_096;

/**
 * The decimal of a text such as `12.50`, `-1E+3`, `Infinity` or `NaN`. Never rounds: digits that do not fit are refused unless they are zeros.
 */
export function decimal128(text: string): Verdict<Decimal128, 'VALUE_RANGE'> {
  const parts = decimalFromText(text);
  return parts === undefined ? refuse('VALUE_RANGE', 'expected a decimal number of at most 34 digits that needs no rounding, Infinity or NaN') : accept(decimalOf(parts));
}

export function decimalOf(parts: DecimalParts): Decimal128 {
  return { kind: 'decimal128', text: decimalToText(parts) };
}

/** The parts of a value; undefined when its text is not the one that `decimal128` gives. */
export function decimalParts({ text }: Decimal128): DecimalParts | undefined {
  const parts = decimalFromText(text);
  return parts !== undefined && decimalToText(parts) === text ? parts : undefined;
}

function decimalFromText(text: string): DecimalParts | undefined {
  if (text.length > decimalTextMax) return undefined;
  const special = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i.exec(text);
  if (special !== null) return special[2] === undefined ? { kind: 'infinity', negative: special[1] === '-' } : { kind: 'nan' };
  const found = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d+))?$/.exec(text);
  if (found === null) return undefined;
  const [, sign, whole = '', fraction = found[4] ?? '', , exponent = '0'] = found;
  const digits = (whole + fraction).replace(/^0+/, '');
  return fitDecimal(sign === '-', digits, Number(exponent) - fraction.length);
}

/**
 * The value digits × 10^exponent, if it fits without loss: zeros at the end go into the exponent, or come out of it, as far as needed.
 *
 * @param digits - without zeros in front; empty for zero
 */
export function fitDecimal(negative: boolean, digits: string, exponent: number): DecimalParts | undefined {
  if (digits === '') return { kind: 'finite', negative, coefficient: 0n, exponent: Math.min(Math.max(exponent, EXPONENT_MIN), EXPONENT_MAX) };
  const drop = Math.max(digits.length - DECIMAL_DIGITS, EXPONENT_MIN - exponent, 0);
  const pad = Math.max(exponent - EXPONENT_MAX, 0);
  if (drop >= digits.length || digits.length + pad > Math.max(DECIMAL_DIGITS, digits.length)) return undefined;
  const kept = digits.slice(0, digits.length - drop);
  if (/[1-9]/.test(digits.slice(kept.length)) || exponent + drop > EXPONENT_MAX + pad) return undefined;
  return { kind: 'finite', negative, coefficient: BigInt(kept + '0'.repeat(pad)), exponent: exponent + drop - pad };
}

export function decimalToText(parts: DecimalParts): string {
  if (parts.kind === 'nan') return 'NaN';
  const sign = parts.negative ? '-' : '';
  if (parts.kind === 'infinity') return `${sign}Infinity`;
  const digits = parts.coefficient.toString();
  const { exponent } = parts;
  const adjusted = exponent + digits.length - 1;
  if (exponent > 0 || adjusted < -6) {
    return `${sign}${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}E${adjusted < 0 ? '-' : '+'}${Math.abs(adjusted)}`;
  }
  if (exponent === 0) return sign + digits;
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

const SIGN = 1n << 127n;
const INFINITY = 0x78n << 120n;
const NAN = 0x7cn << 120n;
const EXPONENT_SHIFT = 113n;

/** 16 bytes, least significant first. */
export function decimalToBytes(parts: DecimalParts): Uint8Array {
  let bits = parts.kind === 'nan' ? NAN : parts.kind === 'infinity' ? INFINITY : (BigInt(parts.exponent - EXPONENT_MIN) << EXPONENT_SHIFT) | parts.coefficient;
  if (parts.kind !== 'nan' && parts.negative) bits |= SIGN;
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 16; i++) bytes[i] = Number((bits >> BigInt(8 * i)) & 0xffn);
  return bytes;
}

/** Undefined for other bytes than those of `decimalToBytes`: payloads of NaN, and coefficients of 10^34 and more, which count as 0. */
export function decimalFromBytes(bytes: Uint8Array): DecimalParts | undefined {
  let bits = 0n;
  for (let i = 15; i >= 0; i--) bits = (bits << 8n) | BigInt(bytes[i] as number);
  if (bits === NAN) return { kind: 'nan' };
  const negative = (bits & SIGN) !== 0n;
  const rest = bits & ~SIGN;
  if (rest === INFINITY) return { kind: 'infinity', negative };
  const coefficient = rest & ((1n << EXPONENT_SHIFT) - 1n);
  const exponent = Number(rest >> EXPONENT_SHIFT) + EXPONENT_MIN;
  return exponent <= EXPONENT_MAX && coefficient < COEFFICIENT_END ? { kind: 'finite', negative, coefficient, exponent } : undefined;
}
