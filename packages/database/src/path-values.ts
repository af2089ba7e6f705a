import { type Document, isArray, isDocument, type Value } from '@vsys/data-format/value';

/** What a path leads to, through arrays of objects too; one undefined where it leads nowhere. */
export function valuesAt(at: Value | undefined, path: readonly string[]): readonly (Value | undefined)[] {
  const [name, ...rest] = path;
  if (name === undefined) return [at];
  if (isDocument(at)) return valuesAt(at.get(name), rest);
  if (!isArray(at)) return [undefined];
  const byNumber = /^\d{1,6}$/.test(name) ? valuesAt(at[Number(name)], rest) : [];
  const inside = at.filter(isDocument).flatMap((one) => valuesAt(one.get(name), rest));
  const found = [...byNumber, ...inside].filter((value) => value !== undefined);
  return found.length === 0 ? [undefined] : found;
}

/** Values of a path, and the elements of those that are arrays: what a filter looks at. */
export function candidatesAt(document: Document, path: string): readonly (Value | undefined)[] {
  return valuesAt(document, path.split('.')).flatMap((value) => (isArray(value) ? [value, ...value] : [value]));
}
