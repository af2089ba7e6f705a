import type { Value } from '@vsys/data-format/value';
import type { DatabaseParams } from './database-params.ts';
import { entryValues } from './entry-values.ts';
import { documentPrefix, indexPrefix, type IndexRecord } from './layout.ts';
import { type NewDocument, operationFromPayload } from './operation.ts';

/** Of a key of state: what a patch may move into an index that the payload does not show. */
const KEY_BYTES_MAX = 256;
/** A date or a number where the payload shows a single byte. */
const VALUE_BYTES = 16;

/**
 * The most that an operation can add to the deposit of its payer: for documents that are inserted, what they add; for others more than that, since what is there is not looked at.
 *
 * @returns units of the coin; 0 for a payload that is no write of documents
 */
export function depositMaxOf(payload: Uint8Array, indexes: readonly IndexRecord[], rates: Pick<DatabaseParams, 'depositPerByte' | 'depositPerKey'>): bigint {
  const read = operationFromPayload(payload);
  if (!read.ok || (rates.depositPerByte === 0n && rates.depositPerKey === 0n)) return 0n;
  const operation = read.value;
  switch (operation.kind) {
    case 'insert': return operation.documents.reduce((sum, one) => sum + dueFor(one, operation, indexes, rates), 0n);
    case 'replace': case 'upsert': return dueFor(operation.next, operation, indexes, rates);
    case 'patch': {
      const made: NewDocument = { idKey: operation.idKey, bson: payload, document: new Map<string, Value>([['_id', operation.id]]) };
      const moved = BigInt(VALUE_BYTES * operation.steps.length + indexes.length * (KEY_BYTES_MAX + operation.idKey.length)) * rates.depositPerByte;
      return dueFor(made, operation, indexes, rates) + moved;
    }
    default: return 0n;
  }
}

function dueFor({ idKey, bson, document }: NewDocument, { database, collection }: { readonly database: Uint8Array; readonly collection: string }, indexes: readonly IndexRecord[], { depositPerByte, depositPerKey }: Pick<DatabaseParams, 'depositPerByte' | 'depositPerKey'>): bigint {
  let bytes = documentPrefix(database, collection).length + idKey.length + bson.length;
  let keys = 1;
  for (const index of indexes) {
    const values = entryValues(index, document);
    for (const value of values.ok ? values.value : []) {
      bytes += indexPrefix(database, collection, index.number).length + value.length + (index.unique ? 1 : 2) * idKey.length;
      keys++;
    }
  }
  return BigInt(bytes) * depositPerByte + BigInt(keys) * depositPerKey;
}
