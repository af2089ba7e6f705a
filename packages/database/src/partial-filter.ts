/** Which documents a partial index holds: a few conditions, all of which must be met. docs/spec/database.md, "Kinds of indexes". */
import { accept, refuse, type Verdict } from '@vsys/primitives';
import { type Document, encodeIndexKey, isArray, isDocument, type Value } from '@vsys/data-format/value';
import { candidatesAt, valuesAt } from './path-values.ts';
import { databaseLimits, hasNumber, isPath, malformed, type PayloadCode } from './payload-checks.ts';
import { beyondBound, equalTo, isNan, type ValueTest } from './value-tests.ts';

export const partialOperators = ['eq', 'exists', 'gt', 'gte', 'lt', 'lte'] as const;
export type PartialOperator = (typeof partialOperators)[number];

export interface PartialCondition {
  readonly path: string;
  readonly operator: PartialOperator;
  /** Of `exists`: true. */
  readonly value: Value;
}

/** In the order given, in the payload as in the record. */
export function partialToList(conditions: readonly PartialCondition[]): readonly Document[] {
  return conditions.map(({ path, operator, value }) => new Map<string, Value>([['path', path], ['operator', operator], ['value', value]]));
}

export function partialFromList(list: Value): Verdict<readonly PartialCondition[], PayloadCode> {
  if (!isArray(list) || list.length === 0) return malformed('"partial" is a list of conditions');
  if (list.length > databaseLimits.partialConditionsMax) return refuse('DB_LIMIT', `a partial index has at most ${databaseLimits.partialConditionsMax} conditions`);
  const conditions: PartialCondition[] = [];
  for (const one of list) {
    const condition = conditionFrom(one);
    if (!condition.ok) return condition;
    if (conditions.some(({ path, operator }) => path === condition.value.path && operator === condition.value.operator)) return malformed('a condition of a partial index is there once');
    conditions.push(condition.value);
  }
  return accept(conditions);
}

function conditionFrom(one: Value): Verdict<PartialCondition, PayloadCode> {
  const [path, operator, value] = isDocument(one) ? [...one.values()] : [];
  if (!isDocument(one) || [...one.keys()].join() !== 'path,operator,value' || typeof path !== 'string' || value === undefined) return malformed('a condition of a partial index has "path", "operator" and "value"');
  const known = partialOperators.find((name) => name === operator);
  if (known === undefined) return malformed(`a condition of a partial index is one of ${partialOperators.join(', ')}`);
  if (!isPath(path) || hasNumber(path)) return refuse('DB_NAME', `"${path.slice(0, 40)}" is not a path of fields, without numbers, for a partial index`);
  if (known === 'exists') return value === true ? accept({ path, operator: known, value }) : malformed('"exists" of a partial index is true');
  if (!encodeIndexKey([value]).ok || (known !== 'eq' && isNan(value))) return refuse('DB_VALUE', `"${path.slice(0, 40)}": a condition of a partial index compares with a value that an index holds, not with NaN, an array or an object`);
  return accept({ path, operator: known, value });
}

/** As a filter of MongoDB's form would choose: an array meets a condition by itself or by one of its elements. */
export function meetsPartial(conditions: readonly PartialCondition[], document: Document): boolean {
  return conditions.every(({ path, operator, value }) =>
    operator === 'exists' ? valuesAt(document, path.split('.')).some((found) => found !== undefined) : candidatesAt(document, path).some(testOf(operator, value)));
}

/** Values that the conditions look at: each a comparison. */
export function partialComparisons(conditions: readonly PartialCondition[], document: Document): number {
  return conditions.reduce((sum, { path }) => sum + candidatesAt(document, path).length, 0);
}

function testOf(operator: Exclude<PartialOperator, 'exists'>, value: Value): ValueTest {
  switch (operator) {
    case 'eq': return equalTo(value);
    case 'gt': case 'gte': return beyondBound(value, 'above', operator === 'gte');
    case 'lt': case 'lte': return beyondBound(value, 'below', operator === 'lte');
  }
}
