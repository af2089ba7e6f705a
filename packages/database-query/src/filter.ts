import { accept, refuse, type Verdict } from '@vsys/primitives';
import { type Document, isArray, isDocument, type Value } from '@vsys/data-format/value';
import type { QueryCode } from './model.ts';

export interface Bound {
  readonly value: Value;
  readonly inclusive: boolean;
}

/** What a filter asks of one path. Bounds keep to the kind of their value, as in MongoDB: `$gt: 5` matches no string. */
export type Condition =
  | { readonly kind: 'equal'; readonly value: Value }
  | { readonly kind: 'between'; readonly lower?: Bound; readonly upper?: Bound };

/** By path; all must hold. */
export type Conditions = ReadonlyMap<string, Condition>;

const BOUNDS: Readonly<Record<string, { readonly side: 'lower' | 'upper'; readonly inclusive: boolean }>> = {
  $gt: { side: 'lower', inclusive: false }, $gte: { side: 'lower', inclusive: true },
  $lt: { side: 'upper', inclusive: false }, $lte: { side: 'upper', inclusive: true },
};

/** Reads a filter in MongoDB's form: `{ path: value }`, or operators in place of the value. */
export function conditionsOf(filter: Document): Verdict<Conditions, QueryCode> {
  const conditions = new Map<string, Condition>();
  for (const [path, asked] of filter) {
    if (path.startsWith('$')) return refuse('QUERY_NOT_PROVABLE', `${path} is not answered with a proof; ask for paths with values, $gt, $gte, $lt or $lte`);
    const condition = conditionOf(path, asked);
    if (!condition.ok) return condition;
    conditions.set(path, condition.value);
  }
  return accept(conditions);
}

function conditionOf(path: string, asked: Value): Verdict<Condition, QueryCode> {
  if (!isDocument(asked) || ![...asked.keys()].some((name) => name.startsWith('$'))) return equal(path, asked);
  const only = asked.get('$eq');
  if (only !== undefined && asked.size === 1) return equal(path, only);
  const bounds: { lower?: Bound; upper?: Bound } = {};
  for (const [name, value] of asked) {
    const bound = BOUNDS[name];
    if (bound === undefined) return refuse('QUERY_NOT_PROVABLE', `"${path}": ${name} is not answered with a proof here; use a value, or $gt, $gte, $lt, $lte`);
    if (bounds[bound.side] !== undefined) return refuse('QUERY_MALFORMED', `"${path}" has two ${bound.side} bounds; keep the narrower`);
    if (isArray(value) || isDocument(value)) return refuse('QUERY_NOT_PROVABLE', `"${path}": arrays and objects are not indexed; ask for a field inside`);
    if (isNaNumber(value)) return refuse('QUERY_MALFORMED', `"${path}": NaN is no bound; ask for it by equality`);
    bounds[bound.side] = { value, inclusive: bound.inclusive };
  }
  return accept({ kind: 'between', ...bounds });
}

function isNaNumber(value: Value): boolean {
  return Number.isNaN(value) || (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'decimal128' && value.text === 'NaN');
}

function equal(path: string, value: Value): Verdict<Condition, QueryCode> {
  if (isArray(value) || isDocument(value)) return refuse('QUERY_NOT_PROVABLE', `"${path}": arrays and objects are not indexed; ask for a field inside`);
  return accept({ kind: 'equal', value });
}
