import { type Document, isArray, isDocument, type Value, valueLimits } from '@vsys/data-format/value';

/** A document while it is changed: its objects and arrays are our own, so that each change costs its path and not a copy of all. */
export type Draft = Map<string, Value>;

export function draftOf(document: Document): Draft {
  return copyOf(document) as Draft;
}

function copyOf(value: Value): Value {
  if (isArray(value)) return value.map(copyOf);
  return isDocument(value) ? new Map([...value].map(([name, inner]) => [name, copyOf(inner)])) : value;
}

/** Where a path leads: into an object or array, by the names that remain; the first of them is missing there unless there is a value. */
export interface Place {
  readonly parent: Draft | Value[];
  readonly rest: readonly string[];
  readonly value: Value | undefined;
  readonly throughArray: boolean;
}

/** Undefined when a scalar stands in the way, or an array where a name is no number. */
export function seek(draft: Draft, path: string): Place | undefined {
  const names = path.split('.');
  let at: Value = draft;
  let throughArray = false;
  for (const [i, name] of names.entries()) {
    let inner: Value | undefined;
    if (isDocument(at)) inner = at.get(name);
    else if (isArray(at) && placeInArray(name) !== undefined) {
      throughArray = true;
      inner = at[Number(name)];
    } else return undefined;
    if (inner === undefined || i === names.length - 1) return { parent: at as Draft | Value[], rest: names.slice(i), value: inner, throughArray };
    at = inner;
  }
  return undefined;
}

/** No array has more elements than a document has fields. */
function placeInArray(name: string): number | undefined {
  return /^(?:0|[1-9]\d{0,4})$/.test(name) && Number(name) < valueLimits.fieldsMax ? Number(name) : undefined;
}

/** Puts a value where a path leads, with the objects that are missing on the way. Past the end of an array, nulls fill the gap. */
export function put({ parent, rest }: Place, value: Value): void {
  const [first, ...inner] = rest as [string, ...string[]];
  const whole = inner.reduceRight<Value>((nested, name) => new Map([[name, nested]]), value);
  if (parent instanceof Map) parent.set(first, whole);
  else {
    while (parent.length < Number(first)) parent.push(null);
    parent[Number(first)] = whole;
  }
}

/** An element of an array becomes null, so that the others keep their places. */
export function remove({ parent, rest, value }: Place): void {
  if (value === undefined) return;
  if (parent instanceof Map) parent.delete(rest[0] as string);
  else parent[Number(rest[0])] = null;
}
