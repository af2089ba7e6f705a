/** Documents that go at the end of a block: docs/spec/database.md, "Expiry". */
import { concatBytes, type Height, utf8FromBytes, utf8ToBytes } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import type { Place } from './deposits.ts';
import type { DocumentMeta } from './document-record.ts';
import { databaseGas } from './gas.ts';
import type { Change } from './index-entries.ts';
import type { DatabaseId } from './layout.ts';
import { addWork } from './work-queue.ts';
import { WORK } from './work-kinds.ts';

/** Which document an item of work is about. */
export interface ExpiringDocument {
  readonly database: DatabaseId;
  readonly collection: string;
  readonly idKey: Uint8Array;
}

/** database (20) ‖ length of the collection's name (1) ‖ name ‖ key of the `_id`. */
export function expiringToBytes({ database, collection, idKey }: ExpiringDocument): Uint8Array {
  const name = utf8ToBytes(collection);
  return concatBytes(database, Uint8Array.of(name.length), name, idKey);
}

export function expiringFromBytes(bytes: Uint8Array): ExpiringDocument {
  const end = 21 + (bytes[20] as number);
  return { database: bytes.slice(0, 20), collection: utf8FromBytes(bytes.subarray(21, end)), idKey: bytes.slice(end) };
}

/**
 * Where the collection has documents go some blocks after their last change, each change moves their height on; else what was said about the document stays.
 *
 * @param metas - about each changed document, in the order of the changes
 */
export function expireLater(changes: readonly Change[], metas: readonly DocumentMeta[], place: Place, context: Pick<OperationContext, 'state' | 'gas' | 'block'>): readonly DocumentMeta[] {
  const { ttl } = place.collectionRecord;
  if (ttl === undefined) return metas;
  const expires = context.block.height + ttl;
  return changes.map(({ idKey, metaBefore, after }, i) => {
    const meta = metas[i] as DocumentMeta;
    if (after === undefined) return meta;
    scheduleExpiry({ ...place, idKey }, metaBefore.expires, expires, context);
    return { ...meta, expires };
  });
}

/** A document has work waiting at its height or an earlier one, which then waits on; so only a height that comes nearer needs more. */
export function scheduleExpiry(document: ExpiringDocument, before: Height | undefined, expires: Height, { state, gas, block }: Pick<OperationContext, 'state' | 'gas' | 'block'>): void {
  if (before !== undefined && before <= expires) return;
  gas.charge(3n * databaseGas.keyWrite);
  addWork(state, block, expires, { kind: WORK.expireDocument, payload: expiringToBytes(document) });
}
