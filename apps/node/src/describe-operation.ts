import { accountToHex } from '@vsys/crypto';
import type { Operation } from '@vsys/data-format';
import { type DatabaseOperation, operationFromPayload } from '@vsys/database';
import { toHex, uint64FromBytes } from '@vsys/primitives';
import { COIN } from '@vsys/transaction';
import { plural } from './shown.ts';

/** What an operation does, in one sentence made of its bytes alone. */
export function describeOperation({ container, payload, actor }: Operation): string {
  const does = container === COIN && payload.length === 28 ? `pays ${uint64FromBytes(payload, 20)} to ${accountToHex(payload.slice(0, 20))}` : container === 'database' ? databaseText(payload) : unknown(container, payload);
  return actor === undefined ? does : `${does}, acting as ${accountToHex(actor)}`;
}

function databaseText(payload: Uint8Array): string {
  const read = operationFromPayload(payload);
  return read.ok ? textOf(read.value) : `${unknown('database', payload)} (${read.code})`;
}

function unknown(container: string, payload: Uint8Array): string {
  return `${container}: ${plural(payload.length, 'byte')} that are not known here`;
}

function textOf(operation: DatabaseOperation): string {
  if (operation.kind === 'createDatabase') return `creates the database "${operation.name}"`;
  const where = `${operation.collection} of database ${toHex(operation.database)}`;
  switch (operation.kind) {
    case 'createCollection': return `creates the collection ${where} with ${plural(operation.indexes.length, 'index', 'indexes')}`;
    case 'createIndex': return `adds the index "${operation.index.name}" to ${where}`;
    case 'insert': return `inserts ${plural(operation.documents.length, 'document')} into ${where}`;
    case 'replace': return `replaces a document of ${where}`;
    case 'upsert': return `replaces or inserts a document of ${where}`;
    case 'patch': return `changes ${plural(operation.steps.length, 'field')} of a document of ${where}${operation.orInsert ? ', which is made if it is not there' : ''}`;
    case 'delete': return `deletes a document of ${where}`;
  }
}
