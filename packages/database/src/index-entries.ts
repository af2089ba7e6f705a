import { accept, concatBytes, equalBytes, refuse, type Verdict } from '@vsys/primitives';
import type { Document } from '@vsys/data-format/value';
import type { OperationContext } from '@vsys/container';
import { STATE_KEY_BYTES_MAX } from '@vsys/state';
import type { DatabaseCode } from './create-database-container.ts';
import type { DocumentMeta } from './document-record.ts';
import { type DatabaseId, indexedValues, indexPrefix, type IndexRecord } from './layout.ts';
import type { NewDocument } from './operation.ts';
import { databaseGas } from './gas.ts';

/** One document, before and after. */
export interface Change {
  readonly key: Uint8Array;
  readonly idKey: Uint8Array;
  /** After the change. */
  readonly version: bigint;
  readonly before?: Document;
  /** Of the document before, as BSON; 0 where there was none. */
  readonly bytesBefore: number;
  /** About the document before; of one that was not there, nothing. */
  readonly metaBefore: DocumentMeta;
  readonly after?: NewDocument;
}

/** What one change does to one index. */
export interface EntryMove {
  readonly index: IndexRecord;
  readonly idKey: Uint8Array;
  readonly from: Uint8Array | undefined;
  readonly to: Uint8Array | undefined;
}

/** Entries that appear, disappear or move. What stays where it is is left out. */
export function entryMoves(database: DatabaseId, collection: string, indexes: readonly IndexRecord[], changes: readonly Change[]): Verdict<readonly EntryMove[], DatabaseCode> {
  const moves: EntryMove[] = [];
  for (const index of indexes) {
    const prefix = indexPrefix(database, collection, index.number);
    for (const { idKey, before, after } of changes) {
      const from = before === undefined ? undefined : entryKey(prefix, index, before, idKey);
      const to = after === undefined ? undefined : entryKey(prefix, index, after.document, idKey);
      if (to?.ok === false) return to;
      // What stands in the index was encoded once already.
      const old = from?.ok === true ? from.value : undefined;
      if (old !== undefined && to !== undefined && equalBytes(old, to.value)) continue;
      moves.push({ index, idKey, from: old, to: to?.value });
    }
  }
  return accept(moves);
}

function entryKey(prefix: Uint8Array, index: IndexRecord, document: Document, idKey: Uint8Array): Verdict<Uint8Array, DatabaseCode> {
  const values = indexedValues(index, document);
  if (!values.ok) return refuse(values.code === 'INDEX_KEY_TOO_LONG' ? 'DB_KEY_TOO_LONG' : 'DB_VALUE', `index "${index.name}": ${values.message}`);
  const key = index.unique ? concatBytes(prefix, values.value) : concatBytes(prefix, values.value, idKey);
  if (key.length > STATE_KEY_BYTES_MAX) return refuse('DB_KEY_TOO_LONG', `index "${index.name}": values and "_id" together make a key of ${key.length} bytes, at most ${STATE_KEY_BYTES_MAX} are allowed`);
  return accept(key);
}

/** Takes old entries away before new ones come, so that two documents of one batch may change places in a unique index. */
export function writeEntries(moves: readonly EntryMove[], { state, gas }: Pick<OperationContext, 'state' | 'gas'>): Verdict<void, DatabaseCode> {
  state.need(moves.flatMap(({ index, to }) => (index.unique && to !== undefined ? [to] : [])));
  for (const { from } of moves) if (from !== undefined) state.set(from, undefined);
  for (const { index, idKey, to } of moves) {
    gas.charge(databaseGas.keyWrite);
    if (to === undefined) continue;
    if (index.unique && state.get(to) !== undefined) return refuse('DB_DUPLICATE', `another document has the same values in the unique index "${index.name}"`, { index: index.name });
    state.set(to, idKey);
  }
  return accept(undefined);
}
