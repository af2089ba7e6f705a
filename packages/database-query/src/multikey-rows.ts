/**
 * Rows of an index by elements name a document as often as it has elements in the range. It counts once, where the walk meets it first: that can be told
 * from the document alone, so pages need not know what those before them showed.
 */
import { compareBytes, equalBytes, concatBytes } from '@vsys/primitives';
import { type Document, encodeIndexKey } from '@vsys/data-format/value';
import { entryValues, type IndexRecord } from '@vsys/database/layout';
import type { KeyBounds } from './key-bounds.ts';

export interface MultikeyWalk {
  readonly index: IndexRecord;
  readonly prefix: Uint8Array;
  /** Of the query, without its cursor. */
  readonly whole: KeyBounds;
  readonly reverse: boolean;
}

/** Whether a row is the first of its document in the walk. */
export function isFirstOfDocument(key: Uint8Array, document: Document, { index, prefix, whole, reverse }: MultikeyWalk): boolean {
  const values = entryValues(index, document);
  const idKey = encodeIndexKey([document.get('_id')]);
  if (!values.ok || !idKey.ok) return false;
  const keys = values.value.map((one) => (index.unique ? concatBytes(prefix, one) : concatBytes(prefix, one, idKey.value)));
  const walked = keys.filter((one) => compareBytes(one, whole.from) >= 0 && compareBytes(one, whole.to) < 0).sort(compareBytes);
  const first = reverse ? walked.at(-1) : walked[0];
  return first !== undefined && equalBytes(first, key);
}

/** The ends of documents' keys that rows name: each once, in the order in which they come. */
export function distinctIds(rows: readonly { readonly value: Uint8Array }[]): readonly Uint8Array[] {
  return [...new Map(rows.map(({ value }) => [String.fromCharCode(...value), value])).values()];
}
