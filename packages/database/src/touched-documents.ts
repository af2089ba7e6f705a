import type { Value } from '@vsys/data-format/value';
import { documentKey, documentPrefix, type DatabaseId } from './layout.ts';
import { operationFromPayload } from './operation.ts';

/** A document that an operation is about. Whether it changed it, the state after the block tells. */
export interface TouchedDocument {
  /** Of its record in state. */
  readonly key: Uint8Array;
  readonly id: Value;
}

export interface TouchedDocuments {
  readonly database: DatabaseId;
  readonly collection: string;
  readonly documents: readonly TouchedDocument[];
}

/**
 * The documents that a payload of the database's container names, in its order: for those who read in blocks what became of a collection.
 *
 * @returns undefined for a payload that is none, or is about no documents
 */
export function touchedDocuments(payload: Uint8Array): TouchedDocuments | undefined {
  const read = operationFromPayload(payload);
  if (!read.ok) return undefined;
  const operation = read.value;
  switch (operation.kind) {
    case 'insert': return touched(operation, operation.documents.map(({ idKey, document }) => [idKey, document.get('_id') as Value]));
    case 'replace': case 'upsert': return touched(operation, [[operation.idKey, operation.next.document.get('_id') as Value]]);
    case 'expire': return touched(operation, operation.ids.map(({ idKey, id }) => [idKey, id]));
    case 'patch': case 'delete': return touched(operation, [[operation.idKey, operation.id]]);
    default: return undefined;
  }
}

function touched({ database, collection }: Pick<TouchedDocuments, 'database' | 'collection'>, ids: readonly (readonly [Uint8Array, Value])[]): TouchedDocuments {
  const prefix = documentPrefix(database, collection);
  return { database, collection, documents: ids.map(([idKey, id]) => ({ key: documentKey(prefix, idKey), id })) };
}
