import { accept, refuse, type Verdict } from '@vsys/primitives';
import { type JsonSchema, type Param, wrong } from './params.ts';

/** A parameter that may be absent. */
export interface OptionalParam<T> extends Param<T> {
  readonly optional: true;
}

/** One reader for each field of `P`; those that may be absent are marked so, by type too. */
export type Fields<P> = { readonly [Name in keyof P]-?: undefined extends P[Name] ? OptionalParam<Exclude<P[Name], undefined>> : Param<P[Name]> };

export function optional<T>(param: Param<T>): OptionalParam<T> {
  return { ...param, optional: true };
}

/**
 * Reads the parameters of a call by name. Absent ones count as an empty object; unknown names are refused, so that a mistyped option is
 * never taken for one that was left out.
 */
export function readFields<P>(fields: Fields<P>, params: unknown): Verdict<P> {
  const given = params ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) return wrong('params', 'an object: parameters are given by name', params);
  const names = Object.keys(fields);
  const strange = Object.keys(given).find((name) => !names.includes(name));
  if (strange !== undefined) {
    return refuse('RPC_PARAMS', `there is no parameter ${JSON.stringify(strange.slice(0, 40))}; ${names.length === 0 ? 'this method takes none' : `there are ${names.join(', ')}`}`);
  }
  const read: Record<string, unknown> = {};
  for (const [name, param] of Object.entries<Param<unknown> & { readonly optional?: true }>(fields)) {
    const value = (given as Record<string, unknown>)[name];
    if (value === undefined && param.optional === true) continue;
    const verdict = param.read(value, name);
    if (!verdict.ok) return verdict;
    read[name] = verdict.value;
  }
  return accept(read as P);
}

/** Schema of an object with these fields and no others. */
export function object(properties: Readonly<Record<string, JsonSchema>>, absent: readonly string[] = []): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !absent.includes(name)), additionalProperties: false };
}
