import { accept, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import type { Place } from './deposits.ts';
import type { Change } from './index-entries.ts';
import { type CollectionCounts, countKey, countsFromRecord, countsToRecord, usageFromRecord, usageKey, usageToRecord } from './layout.ts';
import { checkQuota } from './quota.ts';

/** Keeps what a collection and its database hold, within their quotas: documents, their bytes, and the version above which documents go on. */
export function countChanges(changes: readonly Change[], { database, collection, databaseRecord, collectionRecord }: Place, { state }: Pick<OperationContext, 'state'>): Verdict<void, 'DB_QUOTA'> {
  const counts = countsFromRecord(state.get(countKey(database, collection)));
  const counted = changes.reduce(countChange, counts);
  const documents = counted.documents - counts.documents;
  const bytes = counted.bytes - counts.bytes;
  // A change that keeps the number and the length writes nothing; a deletion always changes the number.
  if (documents === 0n && bytes === 0n) return accept(undefined);
  const within = checkQuota('collection', collectionRecord.quota, counts, counted);
  if (!within.ok) return within;
  const usage = usageFromRecord(state.get(usageKey(database)));
  const used = { ...usage, documents: usage.documents + documents, bytes: usage.bytes + bytes };
  const all = checkQuota('database', databaseRecord.quota, usage, used);
  if (!all.ok) return all;
  state.set(countKey(database, collection), countsToRecord(counted));
  state.set(usageKey(database), usageToRecord(used));
  return accept(undefined);
}

function countChange({ documents, deletedVersion, bytes }: CollectionCounts, { version, before, bytesBefore, after }: Change): CollectionCounts {
  const rest = bytes - BigInt(bytesBefore) + BigInt(after?.bson.length ?? 0);
  if (after === undefined) return { documents: documents - 1n, deletedVersion: version > deletedVersion ? version : deletedVersion, bytes: rest };
  return { documents: before === undefined ? documents + 1n : documents, deletedVersion, bytes: rest };
}
