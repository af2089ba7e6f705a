import { accept, refuse, type Verdict } from '@vsys/primitives';
import { isArray, isDocument, isNumeric, type Int32, type Numeric, type Value } from '@vsys/data-format/value';
import { checkNames, type PayloadCode } from './payload-checks.ts';

/** In the order of a payload. */
export const patchOperators = ['addToSet', 'bit', 'currentDate', 'inc', 'max', 'min', 'mul', 'pop', 'pullAll', 'push', 'rename', 'set', 'setOnInsert', 'unset'] as const;
export type PatchOperator = (typeof patchOperators)[number];

export type Integer = Int32 | bigint;
export interface BitStep { readonly by: 'and' | 'or' | 'xor'; readonly operand: Integer }

/** One change of one place. */
export type PatchStep = { readonly path: string } & (
  | { readonly operator: 'set' | 'setOnInsert' | 'min' | 'max'; readonly value: Value }
  | { readonly operator: 'inc' | 'mul'; readonly value: Numeric }
  | { readonly operator: 'unset' }
  | { readonly operator: 'currentDate' }
  | { readonly operator: 'rename'; readonly to: string }
  | { readonly operator: 'push'; readonly each: readonly Value[]; readonly position?: number; readonly slice?: number; readonly sort?: 1 | -1 }
  | { readonly operator: 'addToSet' | 'pullAll'; readonly values: readonly Value[] }
  | { readonly operator: 'pop'; readonly end: 'first' | 'last' }
  | { readonly operator: 'bit'; readonly bits: readonly BitStep[] });

/** Reads the argument of an operator at one path. */
export function stepOf(operator: PatchOperator, path: string, argument: Value): Verdict<PatchStep, PayloadCode> {
  const wants = (what: string): Verdict<never, PayloadCode> => refuse('DB_PATCH_TYPE', `$${operator} at "${path.slice(0, 40)}" takes ${what}`, { operator, path });
  const named = checkNames(argument);
  if (!named.ok) return refuse(named.code, `$${operator} at "${path.slice(0, 40)}": ${named.message}`, { operator, path });
  switch (operator) {
    case 'set': case 'setOnInsert': case 'min': case 'max': return accept({ operator, path, value: argument });
    case 'inc': case 'mul': return isNumeric(argument) ? accept({ operator, path, value: argument }) : wants('a number');
    case 'unset': case 'currentDate': return argument === true ? accept({ operator, path }) : wants('true');
    case 'rename': return typeof argument === 'string' ? accept({ operator, path, to: argument }) : wants('the new path, a string');
    case 'addToSet': case 'pullAll': return isArray(argument) ? accept({ operator, path, values: argument }) : wants('a list of values');
    case 'pop': {
      const end = isInt32(argument) ? argument.value : 0;
      return end === 1 || end === -1 ? accept({ operator, path, end: end === 1 ? 'last' : 'first' }) : wants('1 or -1');
    }
    case 'push': return pushOf(path, argument) ?? wants('"each", a list of values, then "position" and "slice", whole numbers of 32 bits, and "sort", 1 or -1');
    case 'bit': return bitOf(path, argument) ?? wants('"and", "or" and "xor" with int32 or int64');
  }
}

function isInt32(value: Value | undefined): value is Int32 {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'int32';
}

const PUSH_OPTIONS = ['position', 'slice', 'sort'] as const;

function pushOf(path: string, argument: Value): Verdict<PatchStep, never> | undefined {
  if (!isDocument(argument)) return undefined;
  const [first, ...options] = argument.keys();
  const each = argument.get('each');
  const known = PUSH_OPTIONS.filter((name) => argument.has(name));
  // The same options in the one order that is written.
  if (first !== 'each' || !isArray(each) || options.length !== known.length || options.some((name, i) => name !== known[i])) return undefined;
  const numbers: { position?: number; slice?: number; sort?: 1 | -1 } = {};
  for (const name of known) {
    const value = argument.get(name);
    if (!isInt32(value)) return undefined;
    if (name !== 'sort') numbers[name] = value.value;
    else if (value.value === 1 || value.value === -1) numbers.sort = value.value;
    else return undefined;
  }
  return accept({ operator: 'push', path, each, ...numbers });
}

function bitOf(path: string, argument: Value): Verdict<PatchStep, never> | undefined {
  if (!isDocument(argument) || argument.size === 0) return undefined;
  const bits: BitStep[] = [];
  for (const [by, operand] of argument) {
    if ((by !== 'and' && by !== 'or' && by !== 'xor') || !(isInt32(operand) || typeof operand === 'bigint')) return undefined;
    bits.push({ by, operand });
  }
  return accept({ operator: 'bit', path, bits });
}
