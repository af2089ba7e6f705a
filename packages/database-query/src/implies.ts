/** What follows from what: whether a filter asks only for documents that a sparse or partial index holds, and what all of those meet anyway. */
import { compareValues, typeOrder, type Value } from '@vsys/data-format/value';
import { beyondBound, type IndexRecord, type PartialCondition } from '@vsys/database/layout';
import type { Bound, Condition, Conditions } from './filter.ts';

/** Some field of the index is there in every document that is asked for. */
export function impliesSparse({ fields }: Pick<IndexRecord, 'fields'>, conditions: Conditions): boolean {
  return fields.some(({ path }) => isThere(conditions.get(path)));
}

/** Every document that is asked for meets all conditions of the index. */
export function impliesPartial(partial: readonly PartialCondition[], conditions: Conditions): boolean {
  return partial.every((held) => impliesOne(conditions.get(held.path), held));
}

/** Every document that meets the conditions of the index meets this one of the filter too. */
export function isHeldAnyway(partial: readonly PartialCondition[], path: string, asked: Condition): boolean {
  const there = partial.filter((held) => held.path === path);
  if (asked.kind === 'equal') return there.some(({ operator, value }) => operator === 'eq' && isSame(value, asked.value));
  const isMet = (bound: Bound, side: 'above' | 'below'): boolean => there.some(({ operator, value }) => {
    if (value === null || isOpaque(value)) return false;
    if (operator === 'eq') return beyondBound(bound.value, side, bound.inclusive)(value);
    return sideOf(operator) === side && isWithin({ value, inclusive: operator.endsWith('e') }, bound, side);
  });
  return (asked.lower === undefined || isMet(asked.lower, 'above')) && (asked.upper === undefined || isMet(asked.upper, 'below'));
}

/** Null is what a missing field counts as, so to ask for it says nothing. */
function isThere(asked: Condition | undefined): boolean {
  if (asked === undefined) return false;
  return asked.kind === 'equal' ? asked.value !== null : [asked.lower, asked.upper].some((bound) => bound !== undefined && bound.value !== null);
}

function impliesOne(asked: Condition | undefined, { operator, value }: PartialCondition): boolean {
  if (asked === undefined) return false;
  if (operator === 'exists') return isThere(asked);
  if (operator === 'eq') return asked.kind === 'equal' && isSame(asked.value, value);
  const side = sideOf(operator) as 'above' | 'below';
  const held: Bound = { value, inclusive: operator.endsWith('e') };
  if (asked.kind === 'equal') return asked.value !== null && !isOpaque(asked.value) && beyondBound(value, side, held.inclusive)(asked.value);
  const bound = side === 'above' ? asked.lower : asked.upper;
  return bound !== undefined && isWithin(bound, held, side);
}

/** What lies beyond the first bound lies beyond the second one. */
function isWithin(inner: Bound, outer: Bound, side: 'above' | 'below'): boolean {
  if (inner.value === null || isOpaque(inner.value) || typeOrder(inner.value) !== typeOrder(outer.value)) return false;
  const order = compareValues(inner.value, outer.value);
  return order === 0 ? outer.inclusive || !inner.inclusive : side === 'above' ? order > 0 : order < 0;
}

function isSame(a: Value, b: Value): boolean {
  return !isOpaque(a) && compareValues(a, b) === 0;
}

/** Keys of an index do not tell binaries of two subtypes apart, and conditions do. */
function isOpaque(value: Value): boolean {
  return typeOrder(value) === typeOrder({ kind: 'binary', bytes: new Uint8Array(), subtype: 0 });
}

function sideOf(operator: PartialCondition['operator']): 'above' | 'below' | undefined {
  if (operator === 'gt' || operator === 'gte') return 'above';
  return operator === 'lt' || operator === 'lte' ? 'below' : undefined;
}
