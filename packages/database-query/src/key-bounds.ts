import { accept, compareBytes, concatBytes, prefixEnd, refuse, type Verdict } from '@vsys/primitives';
import { encodeIndexKey, isNumeric, type Value } from '@vsys/data-format/value';
import type { Bound, Condition } from './filter.ts';
import type { QueryCode } from './model.ts';

/** Keys from `from` up to, not including, `to`. */
export interface KeyBounds {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** Everything that begins with some bytes. No key of an index begins another one, so this is also "this value and whatever follows it". */
export function beginningWith(prefix: Uint8Array): KeyBounds {
  // Keys of a container begin with its name's length, never with FF alone.
  return { from: prefix, to: end(prefix) };
}

/** Bytes of a value at its place in a key. */
export function keyOf(path: string, value: Value, direction: 1 | -1): Verdict<Uint8Array, QueryCode> {
  const key = encodeIndexKey([value], [direction]);
  return key.ok ? key : refuse('QUERY_MALFORMED', `"${path}": ${key.message}`);
}

/** The keys behind `base` whose next value lies between the bounds, which keep to one kind of value. */
export function betweenBounds(base: Uint8Array, path: string, { lower, upper }: Extract<Condition, { kind: 'between' }>, direction: 1 | -1): Verdict<KeyBounds, QueryCode> {
  const some = lower ?? upper;
  if (some === undefined) return accept(beginningWith(base));
  const kind = kindByte(some.value, direction);
  if (lower !== undefined && upper !== undefined && kindByte(upper.value, direction) !== kind) {
    return refuse('QUERY_MALFORMED', `"${path}": the bounds are of two kinds, between which there is nothing; give both as numbers, or both as text`);
  }
  // NaN lies below all numbers, and is not less than any.
  const lowest: Bound | undefined = lower ?? (isNumeric(some.value) ? { value: Number.NEGATIVE_INFINITY, inclusive: true } : undefined);
  const [first, last] = direction === 1 ? [lowest, upper] : [upper, lowest];
  const whole = beginningWith(concatBytes(base, Uint8Array.of(kind)));
  let { from, to } = whole;
  if (first !== undefined) {
    const key = keyOf(path, first.value, direction);
    if (!key.ok) return key;
    const at = concatBytes(base, key.value);
    from = first.inclusive ? at : end(at);
  }
  if (last !== undefined) {
    const key = keyOf(path, last.value, direction);
    if (!key.ok) return key;
    const at = concatBytes(base, key.value);
    to = last.inclusive ? end(at) : at;
  }
  // Bounds that cross leave nothing: an empty range, which is proven like any other.
  return accept(compareBytes(from, to) <= 0 ? { from, to } : { from, to: from });
}

/** The range behind a row already seen, in the direction of the walk. */
export function goOnAfter({ from, to }: KeyBounds, key: Uint8Array, reverse: boolean): Verdict<KeyBounds, QueryCode> {
  if (compareBytes(key, from) < 0 || compareBytes(key, to) >= 0) return refuse('QUERY_CURSOR', 'the cursor belongs to another query; give the one of the answer before, with the same filter and sort');
  return accept(reverse ? { from, to: key } : { from: end(key), to });
}

function end(prefix: Uint8Array): Uint8Array {
  return prefixEnd(prefix) as Uint8Array;
}

function kindByte(value: Value, direction: 1 | -1): number {
  const key = encodeIndexKey([typeof value === 'string' ? '' : value], [direction]);
  return key.ok ? key.value[0] as number : -1;
}
