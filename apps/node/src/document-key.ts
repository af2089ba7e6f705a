import { documentToJson, encodeIndexKey, type Value } from '@vsys/data-format/value';
import { type DatabaseId, documentFromRecord, documentKey, documentPrefix } from '@vsys/database/layout';
import { DatabaseOpError } from '@vsys/database/ops';

/** Where a document lies in state. @throws DatabaseOpError for an `_id` that cannot be one */
export function keyOfId(database: DatabaseId, collection: string, id: Value | undefined): Uint8Array {
  const key = encodeIndexKey([id]);
  if (!key.ok) throw new DatabaseOpError('DB_VALUE', `_id: ${key.message}`);
  return documentKey(documentPrefix(database, collection), key.value);
}

/** Tells of the record of one document. */
export function versionOf([record]: readonly (Uint8Array | undefined)[]): string {
  if (record === undefined) return 'the document is not there';
  const { version, height } = documentFromRecord(record);
  return `the document has version ${version}, of block ${height}`;
}

/** An `_id` as JSON. */
export function idText(id: Value | undefined): string {
  return documentToJson(new Map([['_id', id ?? null]])).slice('{"_id":'.length, -1);
}
