import { compareValues, isNumeric, typeOrder, type Value } from '@vsys/data-format/value';

/** On what a path leads to; undefined where there is nothing. */
export type ValueTest = (value: Value | undefined) => boolean;

/** What is missing is equal to null. */
export function equalTo(asked: Value): ValueTest {
  if (asked === null) return (value) => value === undefined || value === null;
  return (value) => value !== undefined && compareValues(value, asked) === 0;
}

/** What is missing counts as null. Bounds keep to the kind of their value, numbers of all types being one kind, and NaN lies beyond none. */
export function beyondBound(asked: Value, side: 'above' | 'below', inclusive: boolean): ValueTest {
  const kind = typeOrder(asked);
  return (found) => {
    const value = found ?? null;
    if (typeOrder(value) !== kind) return false;
    const order = compareValues(value, asked);
    if (order === 0) return inclusive;
    return !isNan(value) && !isNan(asked) && (side === 'above' ? order > 0 : order < 0);
  };
}

export function isNan(value: Value): boolean {
  return isNumeric(value) && (Number.isNaN(value) || (typeof value === 'object' && value.kind === 'decimal128' && value.text === 'NaN'));
}
