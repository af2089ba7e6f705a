import type { Operation } from '@vsys/data-format';
import { collectionFromRecord, collectionKey, DATABASE_PARAMS_KEY, databaseParamsFromRecord } from '@vsys/database/layout';
import { depositMaxOf } from '@vsys/database/ops';
import type { ReadPlace } from './read-rows.ts';

/** The most that some writes can add to the deposits of their payer, by the chain's rates and the collection's indexes as they are. Proven. */
export async function depositBound(operations: readonly Operation[], { client, database, collection }: ReadPlace, signal: AbortSignal | undefined): Promise<bigint> {
  const { values: [params, record] } = await client.values([DATABASE_PARAMS_KEY, collectionKey(database, collection)], { signal });
  const rates = databaseParamsFromRecord(params);
  const indexes = record === undefined ? [] : collectionFromRecord(record).indexes;
  return operations.reduce((sum, { payload }) => sum + depositMaxOf(payload, indexes, rates), 0n);
}
