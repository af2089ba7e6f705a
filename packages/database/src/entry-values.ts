import { accept, compareBytes, concatBytes, equalBytes, refuse, type Verdict } from '@vsys/primitives';
import { type Document, encodeIndexKey, getPath, indexKeyBytesMax, isArray } from '@vsys/data-format/value';
import type { IndexField, IndexRecord } from './collection-record.ts';
import { meetsPartial } from './partial-filter.ts';
import { valuesAt } from './path-values.ts';
import { databaseLimits } from './payload-checks.ts';

export type EntryCode = 'DB_KEY_TOO_LONG' | 'DB_VALUE' | 'DB_LIMIT' | 'DB_INDEX_ARRAYS';

/** An array without elements has an entry of its own, below null: it is neither null nor missing, and a walk along the index does not leave it out. */
const EMPTY_ARRAY = 0x08;

/**
 * Bytes of the indexed values of a document, one for each of its entries in the index: in their order, each once. None where the index does not
 * hold the document.
 */
export function entryValues(index: Pick<IndexRecord, 'name' | 'fields' | 'sparse' | 'multikey' | 'partial'>, document: Document): Verdict<readonly Uint8Array[], EntryCode> {
  if (!isHeld(index, document)) return accept([]);
  if (index.multikey !== true) {
    const one = encodeIndexKey(index.fields.map(({ path }) => getPath(document, path)), index.fields.map(({ direction }) => direction));
    return one.ok ? accept([one.value]) : refused(index.name, one.code, one.message);
  }
  let entries: readonly Uint8Array[] = [new Uint8Array()];
  let several: string | undefined;
  for (const field of index.fields) {
    const parts = partsOf(index.name, field, document);
    if (!parts.ok) return parts;
    if (parts.value.length > 1) {
      if (several !== undefined) return refuse('DB_INDEX_ARRAYS', `index "${index.name}": "${several}" and "${field.path}" both have several values in one document; one field of an index may`);
      several = field.path;
    }
    entries = entries.flatMap((entry) => parts.value.map((part) => concatBytes(entry, part)));
    if ((entries[0]?.length ?? 0) > indexKeyBytesMax || entries.some(({ length }) => length > indexKeyBytesMax)) return refused(index.name, 'INDEX_KEY_TOO_LONG', `an index key has at most ${indexKeyBytesMax} bytes; index a shorter field`);
  }
  return accept(entries);
}

function isHeld({ fields, sparse, multikey, partial }: Pick<IndexRecord, 'fields' | 'sparse' | 'multikey' | 'partial'>, document: Document): boolean {
  if (sparse === true) {
    const has = ({ path }: IndexField): boolean => multikey === true ? valuesAt(document, path.split('.')).some((value) => value !== undefined) : getPath(document, path) !== undefined;
    if (!fields.some(has)) return false;
  }
  return partial === undefined || meetsPartial(partial, document);
}

/** What one field gives: each value, and each element of an array, once. */
function partsOf(name: string, { path, direction }: IndexField, document: Document): Verdict<readonly Uint8Array[], EntryCode> {
  const parts: Uint8Array[] = [];
  for (const found of valuesAt(document, path.split('.'))) {
    if (isArray(found) && found.length === 0) parts.push(Uint8Array.of(direction === 1 ? EMPTY_ARRAY : 0xff - EMPTY_ARRAY));
    for (const value of isArray(found) ? found : [found]) {
      const part = encodeIndexKey([value], [direction]);
      if (!part.ok) return refused(name, part.code, part.message);
      parts.push(part.value);
    }
  }
  const each = parts.toSorted(compareBytes).filter((part, i, all) => i === 0 || !equalBytes(part, all[i - 1] as Uint8Array));
  if (each.length > databaseLimits.entriesPerDocumentMax) return refuse('DB_LIMIT', `index "${name}": "${path}" has ${each.length} values in one document, at most ${databaseLimits.entriesPerDocumentMax} are indexed`);
  return accept(each);
}

function refused(name: string, code: string, message: string): Verdict<never, EntryCode> {
  return refuse(code === 'INDEX_KEY_TOO_LONG' ? 'DB_KEY_TOO_LONG' : 'DB_VALUE', `index "${name}": ${message}`);
}
