import { createReadStream } from 'node:fs';
import { hasCode, uint64ToBytes } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto';
import { type Document, documentFromJson, documentToJson, encodeDocument, encodeIndexKey, getPath, type Value } from '@vsys/data-format/value';
import { type CollectionRecord, type DatabaseId, entryValues, indexPrefix } from '@vsys/database/layout';
import { collectionOps, DatabaseOpError } from '@vsys/database/ops';
import { AppError } from './app-error.ts';
import { keyOfId } from './document-key.ts';
import { quote } from './read-value.ts';
import { createRowSplitter, type RawRow, RowError } from './split-rows.ts';

export interface Row {
  readonly number: number;
  readonly line: number;
  readonly document: Document;
  /** Canonical bytes of the document. */
  readonly bytes: Uint8Array;
  /** Where it lies in state. */
  readonly key: Uint8Array;
}

/** A row that cannot be stored, with the field that is to blame where one is. */
export interface BadRow {
  readonly number: number;
  readonly line: number;
  readonly code: string;
  readonly field?: string;
  readonly message: string;
}

export interface RowTarget {
  readonly database: DatabaseId;
  readonly collection: CollectionRecord;
  /** Field whose value becomes `_id`; absent: `_id` itself. */
  readonly idField?: string | undefined;
}

/** Longest key of state. */
const KEY_BYTES_MAX = 256;

/**
 * Rows of a file, one after the other: lines of JSON, or the elements of one JSON array.
 *
 * @throws AppError DATA_FILE; RowError for what has no rows that could be told apart
 */
export async function* rawRows(path: string): AsyncGenerator<RawRow, void, void> {
  const splitter = createRowSplitter();
  for await (const text of textsOf(path)) yield* splitter.push(text);
  yield* splitter.end();
}

/** In pieces. What is not UTF-8 is refused: replacing it would store what the file does not say. */
async function* textsOf(path: string): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let read = 0;
  try {
    for await (const piece of createReadStream(path)) {
      yield decoder.decode(piece as Uint8Array, { stream: true });
      read += (piece as Uint8Array).length;
    }
    yield decoder.decode();
  } catch (cause) {
    if (hasCode(cause, 'ERR_ENCODING_INVALID_ENCODED_DATA')) throw new RowError('DATA_ROW', `${path} is not UTF-8 somewhere behind byte ${read}; convert it`, { cause });
    if (hasCode(cause, 'ENOENT') || hasCode(cause, 'EACCES') || hasCode(cause, 'EISDIR')) throw new AppError('DATA_FILE', `cannot read ${path}; check the path and its rights`, { cause });
    throw cause;
  }
}

/** What is wrong with a row: everything that can be said of it without its neighbours, before anything is sent. */
export function checkRow({ number, line, text }: RawRow, target: RowTarget): BadRow | undefined {
  const bad = (code: string, message: string, field?: string): BadRow => ({ number, line, code, message, ...(field === undefined ? {} : { field }) });
  const read = documentFromJson(text);
  if (!read.ok) return bad(read.code, `${read.message}; found ${quote(text)}`);
  const document = withId(read.value, number, target.idField);
  if (document === undefined) return bad('DB_VALUE', `the row has no field "${target.idField}", which --id takes for _id`, target.idField);
  try {
    collectionOps(target.database, target.collection.name).insert([document]);
  } catch (error) {
    if (!(error instanceof DatabaseOpError)) throw error;
    const field = fieldOf(document, error);
    return bad(error.code, `${error.message}${field === undefined ? '' : `; found ${foundAt(document, field)}`}`, field);
  }
  const idKey = encodeIndexKey([document.get('_id')]);
  for (const index of target.collection.indexes) {
    if (index.failed !== undefined) continue;
    const values = entryValues(index, document);
    const prefix = indexPrefix(target.database, target.collection.name, index.number);
    const length = values.ok && idKey.ok ? prefix.length + Math.max(0, ...values.value.map((one) => one.length)) + (index.unique ? 0 : idKey.value.length) : 0;
    if (values.ok && length <= KEY_BYTES_MAX) continue;
    const field = index.fields.find(({ path }) => !encodeIndexKey([getPath(document, path)]).ok)?.path ?? index.fields[0]?.path ?? '';
    const why = values.ok ? `values and _id make a key of ${length} bytes, and ${KEY_BYTES_MAX} are allowed` : values.message;
    return bad(values.ok ? 'DB_KEY_TOO_LONG' : values.code, `${values.ok ? `index "${index.name}": ` : ''}${why}; found ${foundAt(document, field)}`, field);
  }
  return undefined;
}

/** @param raw - one that `checkRow` found nothing wrong with; undefined when that is not so */
export function rowOf({ number, line, text }: RawRow, target: RowTarget): Row | undefined {
  const read = documentFromJson(text);
  const document = read.ok ? withId(read.value, number, target.idField) : undefined;
  const bytes = document === undefined ? undefined : encodeDocument(document);
  if (document === undefined || bytes?.ok !== true) return undefined;
  return { number, line, document, bytes: bytes.value, key: keyOfId(target.database, target.collection.name, document.get('_id')) };
}

/** A row without an `_id` is given one made of its number and content, so that a second run finds it again. */
function withId(document: Document, number: number, idField: string | undefined): Document | undefined {
  if (idField !== undefined) {
    const id = document.get(idField);
    return id === undefined ? undefined : new Map<string, Value>([['_id', id], ...[...document].filter(([name]) => name !== '_id')]);
  }
  if (document.has('_id')) return document;
  const encoded = encodeDocument(document);
  const content = encoded.ok ? encoded.value : new Uint8Array();
  return new Map<string, Value>([['_id', { kind: 'objectId', bytes: taggedHash('v/import/row', uint64ToBytes(BigInt(number)), content).slice(0, 12) }], ...document]);
}

function fieldOf(document: Document, { message }: DatabaseOpError): string | undefined {
  if (message.includes('_id')) return '_id';
  return [...document.keys()].find((name) => name.includes('.') || name.startsWith('$') || name === '');
}

function foundAt(document: Document, field: string): string {
  const value = document.get(field) ?? getPath(document, field);
  if (value === undefined) return 'nothing';
  return quote(documentToJson(new Map([['_', value]])).slice('{"_":'.length, -1));
}
