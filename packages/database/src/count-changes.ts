import type { OperationContext } from '@vsys/container';
import type { Change } from './index-entries.ts';
import { type CollectionCounts, countKey, countsFromRecord, countsToRecord, type DatabaseId, usageFromRecord, usageKey, usageToRecord } from './layout.ts';

/** Keeps what a collection and its database hold: documents, their bytes, and the version above which documents go on. */
export function countChanges(changes: readonly Change[], database: DatabaseId, collection: string, { state }: Pick<OperationContext, 'state'>): void {
  const counts = countsFromRecord(state.get(countKey(database, collection)));
  const counted = changes.reduce(countChange, counts);
  const documents = counted.documents - counts.documents;
  const bytes = counted.bytes - counts.bytes;
  // A change that keeps the number and the length writes nothing; a deletion always changes the number.
  if (documents === 0n && bytes === 0n) return;
  state.set(countKey(database, collection), countsToRecord(counted));
  const usage = usageFromRecord(state.get(usageKey(database)));
  state.set(usageKey(database), usageToRecord({ ...usage, documents: usage.documents + documents, bytes: usage.bytes + bytes }));
}

function countChange({ documents, deletedVersion, bytes }: CollectionCounts, { version, before, bytesBefore, after }: Change): CollectionCounts {
  const rest = bytes - BigInt(bytesBefore) + BigInt(after?.bson.length ?? 0);
  if (after === undefined) return { documents: documents - 1n, deletedVersion: version > deletedVersion ? version : deletedVersion, bytes: rest };
  return { documents: before === undefined ? documents + 1n : documents, deletedVersion, bytes: rest };
}
