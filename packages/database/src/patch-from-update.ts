import { accept, refuse, type Verdict } from '@vsys/primitives';
import { compareValues, type Document, int32, isArray, isDocument, isNumeric, type Numeric, type Value } from '@vsys/data-format/value';
import type { Patch, Push } from './patch.ts';
import type { PayloadCode } from './payload-checks.ts';

type Changes = { -readonly [Operator in keyof Patch]?: Map<string, unknown> };

/**
 * Reads an update as MongoDB has it, such as `{ $inc: { n: 1 }, $push: { tags: { $each: ['x'], $slice: -10 } } }`. Refused is what a chain
 * does not take, with operator and path: `$pull` by a query, `$sort` by fields, `timestamp`, and the positional `$`, `$[]` and `$[name]`.
 */
export function patchFromUpdate(update: Document): Verdict<Partial<Patch>, PayloadCode> {
  const changes: Changes = {};
  for (const [name, argument] of update) {
    const operator = OPERATORS[name];
    if (operator === undefined) return refuse('DB_PATCH_TYPE', `"${name.slice(0, 40)}" is not an operator of an update; known are ${Object.keys(OPERATORS).join(', ')}`, { operator: name });
    if (!isDocument(argument)) return refuse('DB_PATCH_TYPE', `${name} takes an object of paths`, { operator: name });
    const field = operator.into;
    const into = (changes[field] ??= new Map<string, unknown>());
    for (const [path, value] of argument) {
      if (path.split('.').some((part) => part.startsWith('$'))) return refuse('DB_NAME', `${name} at "${path.slice(0, 40)}": positional forms are not known; name the element by its number, such as "items.0.price"`, { operator: name, path });
      if (into.has(path)) return refuse('DB_PATCH_CONFLICT', `${name} at "${path.slice(0, 40)}" meets another change: one change for each place`, { operator: name, path });
      const read = operator.read(value);
      if (typeof read === 'string') return refuse('DB_PATCH_TYPE', `${name} at "${path.slice(0, 40)}" takes ${read}`, { operator: name, path });
      into.set(path, read.value);
    }
  }
  const { unset, currentDate, ...rest } = changes;
  const lists = { ...(unset === undefined ? {} : { unset: [...unset.keys()] }), ...(currentDate === undefined ? {} : { currentDate: [...currentDate.keys()] }) };
  return accept({ ...(rest as Partial<Patch>), ...lists });
}

interface OperatorReader {
  readonly into: keyof Patch;
  /** What the argument is, or what it should be. */
  readonly read: (value: Value) => { readonly value: unknown } | string;
}

const asItIs = (value: Value): { readonly value: Value } => ({ value });

const OPERATORS: Readonly<Record<string, OperatorReader | undefined>> = Object.assign(Object.create(null) as Record<string, OperatorReader>, {
  $addToSet: { into: 'addToSet', read: readAddToSet },
  $bit: { into: 'bit', read: (value: Value) => (isDocument(value) ? { value } : '{"and": …}, {"or": …} or {"xor": …} with whole numbers') },
  $currentDate: { into: 'currentDate', read: (value: Value) => (typeof value === 'boolean' || (isDocument(value) && value.size === 1 && value.get('$type') === 'date') ? { value } : 'true or {"$type": "date"}') },
  $inc: { into: 'inc', read: readNumber },
  $max: { into: 'max', read: asItIs },
  $min: { into: 'min', read: asItIs },
  $mul: { into: 'mul', read: readNumber },
  $pop: { into: 'pop', read: readPop },
  $pull: { into: 'pullAll', read: (value: Value) => (isDocument(value) ? 'a value that elements are equal to; an object would be a query, so name whole objects with $pullAll' : { value: [value] }) },
  $pullAll: { into: 'pullAll', read: (value: Value) => (isArray(value) ? { value } : 'a list of values') },
  $push: { into: 'push', read: readPush },
  $rename: { into: 'rename', read: (value: Value) => (typeof value === 'string' ? { value } : 'the new path, a string') },
  $set: { into: 'set', read: asItIs },
  $setOnInsert: { into: 'setOnInsert', read: asItIs },
  $unset: { into: 'unset', read: asItIs },
} satisfies Record<string, OperatorReader>);

function readNumber(value: Value): { readonly value: Numeric } | string {
  return isNumeric(value) ? { value } : 'a number';
}

function readPop(value: Value): { readonly value: 1 | -1 } | string {
  const end = wholeOf(value);
  return end === 1 || end === -1 ? { value: end } : '1 for the last element or -1 for the first';
}

function readAddToSet(value: Value): { readonly value: readonly Value[] } | string {
  if (!isDocument(value) || !value.has('$each')) return { value: [value] };
  const each = value.get('$each');
  return value.size === 1 && isArray(each) ? { value: each } : 'a value, or {"$each": […]} alone';
}

const PUSH_NAMES: readonly string[] = ['$each', '$position', '$slice', '$sort'];

function readPush(value: Value): { readonly value: Push } | string {
  if (!isDocument(value) || ![...value.keys()].some((name) => name.startsWith('$'))) return { value: { each: [value] } };
  const each = value.get('$each');
  if (!isArray(each) || [...value.keys()].some((name) => !PUSH_NAMES.includes(name))) return 'a value, or {"$each": […]} with $position, $slice and $sort as wanted';
  const numbers: { position?: number; slice?: number; sort?: 1 | -1 } = {};
  for (const name of ['position', 'slice', 'sort'] as const) {
    const option = value.get(`$${name}`);
    if (option === undefined) continue;
    const whole = wholeOf(option);
    if (name === 'sort') {
      if (whole !== 1 && whole !== -1) return '$sort as 1 or -1, which orders whole values';
      numbers.sort = whole;
    } else if (whole === undefined) return `$${name} as a whole number of 32 bits`;
    else numbers[name] = whole;
  }
  return { value: { each, ...numbers } };
}

/** A number of any kind that is a whole one of 32 bits. */
function wholeOf(value: Value): number | undefined {
  if (!isNumeric(value)) return undefined;
  const whole = typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : value.kind === 'int32' ? value.value : Number(value.text);
  return whole === (whole | 0) && compareValues(value, int32(whole)) === 0 ? whole | 0 : undefined;
}
