import { accept, concatBytes, equalBytes, refuse, type Verdict } from '@vsys/primitives';
import type { Document } from '@vsys/data-format/value';
import type { GasMeter, OperationContext } from '@vsys/container';
import { STATE_KEY_BYTES_MAX } from '@vsys/state';
import type { DatabaseCode } from './create-database-container.ts';
import type { DocumentMeta } from './document-record.ts';
import { type EntryCode, entryValues } from './entry-values.ts';
import { type DatabaseId, indexPrefix, type IndexRecord } from './layout.ts';
import type { NewDocument } from './operation.ts';
import { databaseGas } from './gas.ts';
import { isBuiltFor } from './index-build.ts';
import { partialComparisons } from './partial-filter.ts';

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
export function entryMoves(database: DatabaseId, collection: string, indexes: readonly IndexRecord[], changes: readonly Change[], gas: GasMeter): Verdict<readonly EntryMove[], DatabaseCode> {
  const moves: EntryMove[] = [];
  for (const index of indexes) {
    const prefix = indexPrefix(database, collection, index.number);
    for (const { idKey, before, after } of changes) {
      if (!isBuiltFor(index, idKey)) continue;
      for (const document of [before, after?.document]) if (document !== undefined && index.partial !== undefined) gas.charge(databaseGas.comparison * BigInt(partialComparisons(index.partial, document)));
      const from = before === undefined ? accept([]) : entryKeys(prefix, index, before, idKey);
      const to = after === undefined ? accept([]) : entryKeys(prefix, index, after.document, idKey);
      if (!to.ok) return to;
      // What stands in the index was encoded once already.
      const [old, next] = [from.ok ? from.value : [], to.value];
      const [leaving, coming] = [old.filter((key) => !holds(next, key)), next.filter((key) => !holds(old, key))];
      for (let i = 0; i < Math.max(leaving.length, coming.length); i++) moves.push({ index, idKey, from: leaving[i], to: coming[i] });
    }
  }
  return accept(moves);
}

/** Keys of the entries of a document in an index, in their order. */
export function entryKeys(prefix: Uint8Array, index: IndexRecord, document: Document, idKey: Uint8Array): Verdict<readonly Uint8Array[], EntryCode> {
  const values = entryValues(index, document);
  if (!values.ok) return values;
  const keys = values.value.map((one) => (index.unique ? concatBytes(prefix, one) : concatBytes(prefix, one, idKey)));
  const long = keys.find(({ length }) => length > STATE_KEY_BYTES_MAX);
  if (long !== undefined) return refuse('DB_KEY_TOO_LONG', `index "${index.name}": values and "_id" together make a key of ${long.length} bytes, at most ${STATE_KEY_BYTES_MAX} are allowed`);
  return accept(keys);
}

const holds = (keys: readonly Uint8Array[], wanted: Uint8Array): boolean => keys.some((key) => equalBytes(key, wanted));

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
