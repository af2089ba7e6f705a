/**
 * What the operators mean, written a second time and as plainly as can be: every step copies, nothing is shared with the sources but values and
 * their order. Undefined stands for a refusal.
 */
import { addNumbers, compareValues, type Document, int32, isArray, isDocument, isNumeric, multiplyNumbers, type Value } from '@vsys/data-format/value';
import type { Patch } from '../src/ops.ts';

const NOTHING = Symbol('nothing');
const BLOCKED = Symbol('blocked');
type Found = Value | typeof NOTHING | typeof BLOCKED;

function find(value: Value, [name, ...rest]: readonly string[]): Found {
  if (name === undefined) return value;
  if (isDocument(value)) return value.has(name) ? find(value.get(name) as Value, rest) : NOTHING;
  if (!isArray(value) || String(Number(name)) !== name || !/^\d{1,3}$/.test(name)) return BLOCKED;
  return Number(name) < value.length ? find(value[Number(name)] as Value, rest) : NOTHING;
}

function withValue(into: Value, [name, ...rest]: readonly string[], value: Value): Value {
  if (name === undefined) return value;
  if (isArray(into)) {
    const copy = [...into];
    while (copy.length <= Number(name)) copy.push(rest.length > 0 && copy.length === Number(name) ? new Map() : null);
    copy[Number(name)] = withValue(copy[Number(name)] as Value, rest, value);
    return copy;
  }
  const object = into as Document;
  const inner = object.get(name) ?? (object.has(name) ? null : new Map<string, Value>());
  return new Map([...object, [name, withValue(inner, rest, value)]]);
}

function without(from: Value, [name = '', ...rest]: readonly string[]): Value {
  if (isArray(from)) return from.map((element, i) => (String(i) !== name ? element : rest.length === 0 ? null : without(element, rest)));
  return new Map([...(from as Document)].flatMap(([field, value]): [string, Value][] => (field !== name ? [[field, value]] : rest.length === 0 ? [] : [[field, without(value, rest)]])));
}

const isIn = (values: readonly Value[], value: Value): boolean => values.some((other) => compareValues(other, value) === 0);

interface ModelStep { readonly at: string; readonly run: (document: Document) => Document | undefined }

/** The document after a patch. */
export function patchModel(document: Document, patch: Partial<Patch>, timeMs: number, isInsert: boolean): Document | undefined {
  const steps: ModelStep[] = [];
  const step = (at: string, change: (value: Found) => Found | undefined): void => {
    const path = at.split('.');
    steps.push({ at, run: (before) => {
      const found = find(before, path);
      const next = change(found);
      if (next === undefined || next === BLOCKED) return undefined;
      // By `Object.is`: -0 is another number than 0 here, as it is in the bytes.
      return next === NOTHING || Object.is(next, found) ? before : (withValue(before, path, next) as Document);
    } });
  };
  const each = <Argument>(changes: Iterable<readonly [string, Argument]> | undefined, change: (found: Value | typeof NOTHING, argument: Argument) => Found | undefined): void => {
    for (const [path, argument] of changes ?? []) step(path, (found) => (found === BLOCKED ? undefined : change(found, argument)));
  };
  const array = (found: Value | typeof NOTHING, change: (list: readonly Value[]) => readonly Value[]): Found | undefined => (found === NOTHING ? change([]) : isArray(found) ? change(found) : undefined);
  each(patch.set, (_, value) => value);
  if (isInsert) each(patch.setOnInsert, (_, value) => value);
  each((patch.currentDate ?? []).map((path) => [path, true] as const), () => ({ kind: 'date', timeMs: BigInt(timeMs) }));
  each(patch.inc, (found, by) => (found === NOTHING ? by : isNumeric(found) && isNumeric(by) ? addNumbers(found, by) : undefined));
  each(patch.mul, (found, by) => (isNumeric(by) && (found === NOTHING || isNumeric(found)) ? multiplyNumbers(found === NOTHING ? int32(0) : found, by) : undefined));
  each(patch.min, (found, value) => (found === NOTHING || compareValues(value, found) < 0 ? value : found));
  each(patch.max, (found, value) => (found === NOTHING || compareValues(found, value) < 0 ? value : found));
  each(patch.push, (found, push) => array(found, (list) => {
    const at = push.position === undefined ? list.length : push.position < 0 ? Math.max(0, list.length + push.position) : Math.min(push.position, list.length);
    const longer = [...list.slice(0, at), ...push.each, ...list.slice(at)];
    // Equal ones keep their order: they are told apart by their place.
    const sorted = push.sort === undefined ? longer : longer.map((value, i) => ({ value, i })).toSorted((a, b) => (push.sort as number) * compareValues(a.value, b.value) || a.i - b.i).map(({ value }) => value);
    if (push.slice === undefined) return sorted;
    const { slice } = push;
    return sorted.filter((_, i) => (slice < 0 ? i >= sorted.length + slice : i < slice));
  }));
  each(patch.addToSet, (found, values) => array(found, (list) => values.reduce<readonly Value[]>((set, value) => (isIn(set, value) ? set : [...set, value]), list)));
  for (const [path, values] of patch.pullAll ?? []) step(path, (found) => (found === NOTHING || found === BLOCKED ? NOTHING : isArray(found) ? found.filter((element) => !isIn(values, element)) : undefined));
  each(patch.pop, (found, end) => (found === NOTHING ? found : array(found, (list) => list.filter((_, i) => i !== (end === 1 ? list.length - 1 : 0)))));
  each(patch.bit, (found, bits) => {
    const isInteger = (value: Value): boolean => typeof value === 'bigint' || (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'int32');
    let value: Value = found === NOTHING ? int32(0) : found;
    for (const [by, operand] of bits) {
      if (!isInteger(value) || !isInteger(operand)) return undefined;
      const [a, b] = [value, operand].map((one) => (typeof one === 'bigint' ? one : BigInt((one as { value: number }).value))) as [bigint, bigint];
      const result: bigint = by === 'and' ? a & b : by === 'or' ? a | b : a ^ b;
      value = typeof value === 'bigint' || typeof operand === 'bigint' ? result : int32(Number(result));
    }
    return value;
  });
  for (const path of patch.unset ?? []) steps.push({ at: path, run: (before) => (typeof find(before, path.split('.')) === 'symbol' ? before : (without(before, path.split('.')) as Document)) });
  for (const [from, to] of patch.rename ?? []) {
    steps.push({ at: to, run: (before) => {
      const value = find(before, from.split('.'));
      if (value === NOTHING) return before;
      if (value === BLOCKED || find(before, to.split('.')) === BLOCKED || [from, to].some((path) => leadsThroughArray(before, path))) return undefined;
      return without(withValue(before, to.split('.'), value), from.split('.')) as Document;
    } });
  }
  let at: Document | undefined = document;
  for (const { run } of steps.toSorted((a, b) => order(a.at, b.at))) if (at !== undefined) at = run(at);
  return at;
}

function leadsThroughArray(document: Document, path: string): boolean {
  const names = path.split('.');
  return names.some((_, i) => isArray(find(document, names.slice(0, i)) as Value));
}

/** For the names of the test only: digits and lower-case letters. */
function order(a: string, b: string): number {
  const key = (path: string): string => path.split('.').map((name) => (/^\d+$/.test(name) ? `0${name.padStart(4, '0')}` : `1${name}`)).join('!');
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}
