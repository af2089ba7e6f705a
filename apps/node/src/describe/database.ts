import type { DatabaseOperation } from '@vsys/database';
import type { Quota } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import { plural } from '../shown.ts';

export function describeDatabase(operation: DatabaseOperation): string {
  if (operation.kind === 'createDatabase') return `creates the database "${operation.name}"`;
  if (operation.kind === 'once') return `lets this happen once under the key ${toHex(operation.key)}`;
  if (operation.kind === 'dropDatabase') return `drops the database ${toHex(operation.database)} with all that is in it`;
  if (operation.kind === 'setQuota') return `${boundOf(operation.quota)} what ${operation.collection === undefined ? '' : `${operation.collection} of `}database ${toHex(operation.database)} may hold${sizesOf(operation.quota)}`;
  const where = `${operation.collection} of database ${toHex(operation.database)}`;
  switch (operation.kind) {
    case 'createCollection': return `creates the collection ${where} with ${plural(operation.indexes.length, 'index', 'indexes')}`;
    case 'dropIndex': return `drops the index "${operation.name}" of ${where}`;
    case 'createIndex': return `adds the index "${operation.index.name}" to ${where}`;
    case 'insert': return `inserts ${plural(operation.documents.length, 'document')} into ${where}`;
    case 'replace': return `replaces a document of ${where}`;
    case 'upsert': return `replaces or inserts a document of ${where}`;
    case 'patch': return `changes ${plural(operation.steps.length, 'field')} of a document of ${where}${operation.orInsert ? ', which is made if it is not there' : ''}`;
    case 'dropCollection': return `drops the collection ${where} with all that is in it`;
    case 'setSchema': return operation.schema === undefined ? `lets documents of ${where} have any form` : `holds documents of ${where} to a schema`;
    case 'setTtl': return operation.ttl === 0 ? `lets documents of ${where} stay` : `lets documents of ${where} go ${plural(operation.ttl, 'block')} after their last change`;
    case 'expire': return `${operation.expires === 0 ? 'lets' : 'ends'} ${plural(operation.ids.length, 'document')} of ${where} ${operation.expires === 0 ? 'stay' : `at height ${operation.expires}`}`;
    case 'delete': return `deletes a document of ${where}`;
  }
}

function boundOf(quota: Quota): string {
  return Object.keys(quota).length === 0 ? 'no longer bounds' : 'bounds';
}

function sizesOf({ documents, bytes }: Quota): string {
  const sizes = [...(documents === undefined ? [] : [`${documents} documents`]), ...(bytes === undefined ? [] : [`${bytes} bytes`])];
  return sizes.length === 0 ? '' : `: ${sizes.join(', ')}`;
}
