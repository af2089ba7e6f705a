import type { Operation } from '@vsys/data-format';
import { collectionOps, type Quota } from '@vsys/database/ops';
import { clientFailure } from './client-failure.ts';
import type { LifetimeOptions, QuotaOptions } from './collection-types.ts';
import type { ReadPlace } from './read-rows.ts';
import { toValue } from './values.ts';

/** The height at which what is written now goes, where that was asked for. @throws ClientError CLIENT_UPDATE */
export async function expiryOf({ expiresAt, ttl }: LifetimeOptions, { client }: Pick<ReadPlace, 'client'>): Promise<number | undefined> {
  if (expiresAt !== undefined && ttl !== undefined) throw clientFailure('CLIENT_UPDATE', 'expiresAt is a height and ttl a number of blocks: name one of them');
  const given = expiresAt ?? ttl;
  if (given === undefined) return undefined;
  if (!Number.isSafeInteger(given) || given < 1) throw clientFailure('CLIENT_UPDATE', `${expiresAt === undefined ? 'ttl' : 'expiresAt'}: expected a whole number of 1 or more, found ${given}`);
  return expiresAt ?? given + (await client.follow()).tip.height;
}

/** The operation that lets some documents go, behind those that write them. */
export function expiring(ids: readonly unknown[], height: number | undefined, { database, collection }: ReadPlace): readonly Operation[] {
  return height === undefined || ids.length === 0 ? [] : [collectionOps(database, collection).expire(ids.map((id) => toValue(id, 'an _id')), height)];
}

/** @throws ClientError CLIENT_UPDATE */
export function quotaOf(asked: QuotaOptions): Quota {
  const numbers = (['documents', 'bytes'] as const).flatMap((name) => {
    const value = asked[name];
    if (value === undefined) return [];
    if (typeof value === 'number' && !Number.isSafeInteger(value)) throw clientFailure('CLIENT_UPDATE', `${name}: expected a whole number, found ${value}`);
    return [[name, BigInt(value)] as const];
  });
  return Object.fromEntries(numbers);
}
