import { accept, refuse, uint64FromBytes, uint64ToBytes, concatBytes, type Verdict } from '@vsys/primitives';
import type { OperationContext } from '@vsys/container';
import type { DatabaseParams } from './database-params.ts';
import { systemKey } from './system-keys.ts';

/** What a collection or a database may hold. Absent: no bound. */
export interface Quota {
  readonly documents?: bigint;
  /** Of the documents as BSON. */
  readonly bytes?: bigint;
}

interface Held { readonly documents: bigint; readonly bytes: bigint }

/** What a quota bounds may shrink whatever it is, and grow up to it. */
export function checkQuota(of: 'collection' | 'database', quota: Quota | undefined, before: Held, after: Held): Verdict<void, 'DB_QUOTA'> {
  for (const limit of ['documents', 'bytes'] as const) {
    const max = quota?.[limit];
    if (max === undefined || after[limit] <= before[limit] || after[limit] <= max) continue;
    return refuse('DB_QUOTA', `the ${of} may hold ${max} ${limit}; it holds ${before[limit]}, and would hold ${after[limit]}`, { of, limit, quota: max, holds: before[limit], would: after[limit] });
  }
  return accept(undefined);
}

export function windowKey(payer: Uint8Array): Uint8Array {
  return systemKey('window', payer);
}

/** On a chain that counts what accounts write: the bytes of documents that one wrote in this window, whether they are still there or not. */
export function countWindow(bytes: bigint, { windowBlocks, windowBytes }: DatabaseParams, { state, block, payer }: Pick<OperationContext, 'state' | 'block' | 'payer'>): Verdict<void, 'DB_QUOTA'> {
  if (windowBlocks === 0n || bytes === 0n) return accept(undefined);
  const window = BigInt(block.height) / windowBlocks;
  const record = state.get(windowKey(payer));
  const wrote = record !== undefined && uint64FromBytes(record) === window ? uint64FromBytes(record, 8) : 0n;
  if (wrote + bytes > windowBytes) {
    const next = (window + 1n) * windowBlocks;
    return refuse('DB_QUOTA', `an account writes ${windowBytes} bytes in ${windowBlocks} blocks; this one wrote ${wrote}, ${bytes} more are asked, and the next window begins at height ${next}`, { of: 'payer', limit: 'bytes', quota: windowBytes, holds: wrote, would: wrote + bytes, from: next });
  }
  state.set(windowKey(payer), concatBytes(uint64ToBytes(window), uint64ToBytes(wrote + bytes)));
  return accept(undefined);
}

/** `{documents: int64, bytes: int64}`, each left out where there is no bound. */
export function quotaFields({ documents, bytes }: Quota): [string, bigint][] {
  return [...(documents === undefined ? [] : [['documents', documents] as [string, bigint]]), ...(bytes === undefined ? [] : [['bytes', bytes] as [string, bigint]])];
}

export function quotaFromFields(fields: ReadonlyMap<string, unknown>): Quota {
  const [documents, bytes] = [fields.get('documents') as bigint | undefined, fields.get('bytes') as bigint | undefined];
  return { ...(documents === undefined ? {} : { documents }), ...(bytes === undefined ? {} : { bytes }) };
}
