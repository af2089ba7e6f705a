import { asDecimal, asDouble, asInteger, isDecimal, signed } from './add-numbers.ts';
import { decimalOf, fitDecimal } from './decimal128.ts';
import { type Quantity, quantityOf } from './quantity.ts';
import { type Decimal128, int32, type Numeric } from './value.ts';

/**
 * The product in the wider kind of the two: int32, int64, double, decimal128. An int32 that overflows becomes an int64. Nothing wraps, and
 * with a decimal nothing is rounded: undefined when the product does not fit an int64, or not exactly a decimal128.
 */
export function multiplyNumbers(a: Numeric, b: Numeric): Numeric | undefined {
  if (isDecimal(a) || isDecimal(b)) return multiplyDecimals(quantityOf(a), quantityOf(b));
  if (typeof a === 'number' || typeof b === 'number') return asDouble(a) * asDouble(b);
  const product = asInteger(a) * asInteger(b);
  if (product !== BigInt.asIntN(64, product)) return undefined;
  const isNarrow = typeof a !== 'bigint' && typeof b !== 'bigint' && product === BigInt.asIntN(32, product);
  return isNarrow ? int32(Number(product)) : product;
}

function multiplyDecimals(a: Quantity, b: Quantity): Decimal128 | undefined {
  if (a.kind === 'nan' || b.kind === 'nan') return decimalOf({ kind: 'nan' });
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    const isNothing = [a, b].some((factor) => factor.kind === 'finite' && factor.coefficient === 0n);
    return decimalOf(isNothing ? { kind: 'nan' } : { kind: 'infinity', negative });
  }
  const x = asDecimal(a);
  const y = asDecimal(b);
  const product = signed(x) * signed(y);
  const parts = fitDecimal(negative, product === 0n ? '' : (product < 0n ? -product : product).toString(), x.exponent + y.exponent);
  return parts === undefined ? undefined : decimalOf(parts);
}
