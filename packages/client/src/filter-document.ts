import type { Document } from '@vsys/data-format/value';
import { toDocument } from './values.ts';

/** A filter as values: regular expressions of the language become `$regex`. */
export function filterToDocument(filter: object): Document {
  return toDocument(withoutExpressions(filter) as object, 'the filter');
}

function withoutExpressions(value: unknown): unknown {
  if (value instanceof RegExp) return { $regex: value.source, ...(value.flags === '' ? {} : { $options: value.flags.replace(/[gyd]/g, '') }) };
  if (Array.isArray(value)) return value.map(withoutExpressions);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, one]) => (name === '$regex' && one instanceof RegExp ? Object.entries(withoutExpressions(one) as object) : [[name, withoutExpressions(one)]])));
}
