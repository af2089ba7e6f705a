import { accept, refuse, type Verdict } from '@vsys/primitives';
import { addNumbers, type Document, getPath, isArray, isDocument, isNumeric, type Value } from '@vsys/data-format/value';
import type { Patch } from './operation.ts';

export type PatchCode = 'DB_PATCH_PATH' | 'DB_PATCH_NUMBER';

/** A document with the changes of a patch. Nothing is created inside a scalar, and numbers never wrap. */
export function applyPatch(document: Document, { set, unset, inc }: Patch): Verdict<Document, PatchCode> {
  let patched: Value = document;
  for (const [path, value] of set) {
    const done = put(patched, path.split('.'), value);
    if (!done.ok) return done;
    patched = done.value;
  }
  for (const path of unset) {
    const done = take(patched, path.split('.'));
    if (!done.ok) return done;
    patched = done.value;
  }
  for (const [path, by] of inc) {
    const sum = add(getPath(patched as Document, path), by, path);
    if (!sum.ok) return sum;
    const done = put(patched, path.split('.'), sum.value);
    if (!done.ok) return done;
    patched = done.value;
  }
  return accept(patched as Document);
}

const noSuchPath = (name: string): Verdict<never, PatchCode> => refuse('DB_PATCH_PATH', `"${name.slice(0, 40)}" lies inside a value that is neither an object nor an array with that place`);

function put(into: Value, names: readonly string[], value: Value): Verdict<Value, PatchCode> {
  const [name, ...rest] = names as [string, ...string[]];
  if (isArray(into)) {
    // One place past the end appends; a hole would need an invented value.
    const at = /^\d{1,6}$/.test(name) ? Number(name) : -1;
    if (at < 0 || at > into.length) return noSuchPath(name);
    const inner = rest.length === 0 ? accept(value) : put(into[at] ?? new Map(), rest, value);
    return inner.ok ? accept(into.toSpliced(at, 1, inner.value)) : inner;
  }
  if (!isDocument(into)) return noSuchPath(name);
  const inner = rest.length === 0 ? accept(value) : put(into.get(name) ?? new Map(), rest, value);
  return inner.ok ? accept(new Map(into).set(name, inner.value)) : inner;
}

/** Taking away what is not there changes nothing. */
function take(from: Value, names: readonly string[]): Verdict<Value, PatchCode> {
  const [name, ...rest] = names as [string, ...string[]];
  if (isArray(from)) return noSuchPath(name);
  if (!isDocument(from) || !from.has(name)) return accept(from);
  const copy = new Map(from);
  if (rest.length === 0) copy.delete(name);
  else {
    const inner = take(from.get(name) as Value, rest);
    if (!inner.ok) return inner;
    copy.set(name, inner.value);
  }
  return accept(copy);
}

/** Numbers that would wrap, or decimals that would be rounded, are refused. */
function add(to: Value | undefined, by: Value, path: string): Verdict<Value, PatchCode> {
  if (!isNumeric(by) || (to !== undefined && !isNumeric(to))) return refuse('DB_PATCH_NUMBER', `only numbers are added: "${path.slice(0, 40)}"`);
  const sum = to === undefined ? by : addNumbers(to, by);
  return sum === undefined ? refuse('DB_PATCH_NUMBER', `the sum at "${path.slice(0, 40)}" does not fit its kind: an int64, or a decimal of 34 digits without rounding`) : accept(sum);
}
