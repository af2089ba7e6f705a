import { type AccountId, type Height, uint64FromBytes } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { systemKey } from './system-keys.ts';

/** Of the first transaction that had the key. */
export interface Once {
  readonly height: Height;
  readonly transactionId: Uint8Array;
}

/** Where it is remembered that an actor used a key. */
export function onceKey(actor: AccountId, key: Uint8Array): Uint8Array {
  return systemKey('once', taggedHash('v/database-once', actor, key));
}

export function onceFromRecord(record: Uint8Array): Once {
  return { height: Number(uint64FromBytes(record)), transactionId: record.slice(8) };
}
