/**
 * The whole filter language over one document: what no index answers is chosen with it out of proven rows, where the rows are. Plain functions
 * of filter and document, in MongoDB's meaning: an array matches by itself or by an element, and what is missing counts as null.
 */
import { accept, refuse, type Verdict } from '@vsys/primitives';
import { type Document, isArray, isDocument, isNumeric, type Value } from '@vsys/data-format/value';
import { beyondBound, candidatesAt, equalTo, type ValueTest, valuesAt } from '@vsys/database/layout';
import type { QueryCode } from './model.ts';

export type Matches = (document: Document) => boolean;

type Test = ValueTest;

/** Operators inside operators; deeper is nobody's question. */
const DEPTH_MAX = 32;

/**
 * Reads a filter: values, `$eq $ne $gt $gte $lt $lte $in $nin $exists $type $all $elemMatch $size $mod $regex $options $not`, and `$and $or $nor`. `$regex` is a regular
 * expression of the language, for whoever asks on their own machine.
 *
 * @returns QUERY_MALFORMED for an operator that is not there or takes something else
 */
export function compileFilter(filter: Document): Verdict<Matches, QueryCode> {
  try {
    return accept(compileDocument(filter, 0));
  } catch (error) {
    if (error instanceof FilterFault) return refuse('QUERY_MALFORMED', error.message);
    throw error;
  }
}

/** Carries a refusal out of nested reading; never leaves this file. */
class FilterFault extends Error {}

function fault(message: string): never {
  throw new FilterFault(message);
}

function compileDocument(filter: Document, depth: number): Matches {
  if (depth > DEPTH_MAX) fault(`a filter has at most ${DEPTH_MAX} levels`);
  const parts = [...filter].map(([name, asked]): Matches => {
    if (!name.startsWith('$')) {
      const test = compileField(name, asked, depth);
      return (document) => test(document, name);
    }
    if (name !== '$and' && name !== '$or' && name !== '$nor') return fault(`${name} is not an operator at the top of a filter; there are $and, $or and $nor`);
    if (!isArray(asked) || asked.length === 0) return fault(`${name} takes a list of filters`);
    const all = asked.map((one) => (isDocument(one) ? compileDocument(one, depth + 1) : fault(`${name} takes a list of filters`)));
    if (name === '$and') return (document) => all.every((one) => one(document));
    return name === '$or' ? (document) => all.some((one) => one(document)) : (document) => !all.some((one) => one(document));
  });
  return (document) => parts.every((one) => one(document));
}

type FieldTest = (document: Document, path: string) => boolean;

function compileField(path: string, asked: Value, depth: number): FieldTest {
  if (!isDocument(asked) || ![...asked.keys()].some((name) => name.startsWith('$'))) return some(equalTo(asked));
  const tests = [...asked].map(([operator, argument]) => compileOperator(path, operator, argument, asked, depth));
  return (document, at) => tests.every((one) => one(document, at));
}

/** True where a value of the path, or an element of one, passes. */
const some = (test: Test): FieldTest => (document, path) => candidatesAt(document, path).some(test);
const whole = (test: Test): FieldTest => (document, path) => valuesAt(document, path.split('.')).some(test);
const not = (test: FieldTest): FieldTest => (document, path) => !test(document, path);

function compileOperator(path: string, operator: string, argument: Value, all: Document, depth: number): FieldTest {
  const takes = (what: string): never => fault(`"${path}": ${operator} takes ${what}`);
  const listOf = (): readonly Value[] => (isArray(argument) ? argument : takes('a list'));
  switch (operator) {
    case '$eq': return some(equalTo(argument));
    case '$ne': return not(some(equalTo(argument)));
    case '$gt': return some(beyondBound(argument, 'above', false));
    case '$gte': return some(beyondBound(argument, 'above', true));
    case '$lt': return some(beyondBound(argument, 'below', false));
    case '$lte': return some(beyondBound(argument, 'below', true));
    case '$in': return some(anyOf(listOf().map(equalTo)));
    case '$nin': return not(some(anyOf(listOf().map(equalTo))));
    case '$exists': {
      if (typeof argument !== 'boolean') return takes('true or false');
      return (document, at) => valuesAt(document, at.split('.')).some((value) => value !== undefined) === argument;
    }
    case '$type': {
      const names = (isArray(argument) ? argument : [argument]).map((name) => (typeof name === 'string' && (KINDS.includes(name) || name === 'number') ? name : takes(`one of ${KINDS.join(', ')} and number`)));
      return some((value) => value !== undefined && names.some((name) => (name === 'number' ? isNumeric(value) : kindOf(value) === name)));
    }
    case '$size': {
      const size = wholeOf(argument) ?? takes('a whole number');
      return whole((value) => isArray(value) && value.length === size);
    }
    case '$mod': {
      const [divisor, remainder] = isArray(argument) && argument.length === 2 ? argument.map(wholeOf) : [];
      if (divisor === undefined || remainder === undefined || divisor === 0) return takes('a divisor and a remainder, both whole numbers');
      return some((value) => typeof value === 'bigint' ? value % BigInt(divisor) === BigInt(remainder) : numberOf(value) !== undefined && Math.trunc(numberOf(value) as number) % divisor === remainder);
    }
    case '$all': {
      const tests = listOf().map((one) => some(equalTo(one)));
      return (document, at) => tests.length > 0 && tests.every((test) => test(document, at));
    }
    case '$elemMatch': {
      const test = isDocument(argument) ? elementTest(path, argument, depth) : takes('a filter');
      return whole((value) => isArray(value) && value.some(test));
    }
    case '$not': {
      if (!isDocument(argument)) return takes('operators');
      return not(compileField(path, argument, depth + 1));
    }
    case '$regex': {
      const options = all.get('$options') ?? '';
      if (typeof argument !== 'string' || typeof options !== 'string' || !/^[imsu]*$/.test(options)) return takes('a text, with $options of i, m, s and u');
      const expression = expressionOf(argument, options) ?? takes('a regular expression');
      return some((value) => typeof value === 'string' && expression.test(value));
    }
    case '$options': return all.has('$regex') ? () => true : takes('its place beside $regex');
    default: return fault(`"${path}": ${operator.slice(0, 40)} is not an operator of filters`);
  }
}

function elementTest(path: string, argument: Document, depth: number): Test {
  const isOperators = [...argument.keys()].some((name) => name.startsWith('$') && name !== '$and' && name !== '$or' && name !== '$nor');
  if (!isOperators) {
    const matches = compileDocument(argument, depth + 1);
    return (value) => isDocument(value) && matches(value);
  }
  const test = compileField(path, argument, depth + 1);
  // The element stands alone, so that operators see it as they would a field.
  return (value) => value !== undefined && test(new Map([['element', value]]), 'element');
}

function expressionOf(text: string, options: string): RegExp | undefined {
  try {
    return new RegExp(text, options);
  } catch {
    return undefined;
  }
}

const anyOf = (tests: readonly Test[]): Test => (value) => tests.some((test) => test(value));

const KINDS: readonly string[] = ['null', 'bool', 'string', 'double', 'long', 'int', 'decimal', 'binData', 'objectId', 'date', 'array', 'object'];

function kindOf(value: Value): string {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean': return 'bool';
    case 'string': return 'string';
    case 'number': return 'double';
    case 'bigint': return 'long';
  }
  if (isDocument(value)) return 'object';
  if (isArray(value)) return 'array';
  const { kind } = value as Extract<Value, { readonly kind: string }>;
  return { int32: 'int', decimal128: 'decimal', binary: 'binData', objectId: 'objectId', date: 'date' }[kind];
}

function numberOf(value: Value | undefined): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (value === undefined || value === null || typeof value !== 'object' || !('kind' in value)) return undefined;
  if (value.kind === 'int32') return value.value;
  return value.kind === 'decimal128' && Number.isFinite(Number(value.text)) ? Number(value.text) : undefined;
}

function wholeOf(value: Value): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : numberOf(value);
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined;
}
