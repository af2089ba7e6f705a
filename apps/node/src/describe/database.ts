import type { DatabaseOperation } from '@vsys/database';
import { toHex } from '@vsys/primitives';
import { plural } from '../shown.ts';

export function describeDatabase(operation: DatabaseOperation): string {
  if (operation.kind === 'createDatabase') return `creates the database "${operation.name}"`;
  if (operation.kind === 'dropDatabase') return `drops the database ${toHex(operation.database)} with all that is in it`;
  const where = `${operation.collection} of database ${toHex(operation.database)}`;
  switch (operation.kind) {
    case 'createCollection': return `creates the collection ${where} with ${plural(operation.indexes.length, 'index', 'indexes')}`;
    case 'createIndex': return `adds the index "${operation.index.name}" to ${where}`;
    case 'insert': return `inserts ${plural(operation.documents.length, 'document')} into ${where}`;
    case 'replace': return `replaces a document of ${where}`;
    case 'upsert': return `replaces or inserts a document of ${where}`;
    case 'patch': return `changes ${plural(operation.steps.length, 'field')} of a document of ${where}${operation.orInsert ? ', which is made if it is not there' : ''}`;
    case 'dropCollection': return `drops the collection ${where} with all that is in it`;
    case 'delete': return `deletes a document of ${where}`;
  }
}
