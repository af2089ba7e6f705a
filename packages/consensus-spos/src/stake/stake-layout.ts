/** Where the stake lies in state, beside the list of seats under `SEAT_LIST_KEY`: for those who read proofs of it. Browser-safe. */
import { concatBytes, uint32ToBytes } from '@vsys/primitives';
import type { AccountId } from '@vsys/primitives';
import { containerPrefix } from '@vsys/container';
import { SPOS_CONTAINER } from '../seat-list.ts';

const prefix = containerPrefix(SPOS_CONTAINER);
const RECORD = concatBytes(prefix, Uint8Array.of(2));
const LEASE = concatBytes(prefix, Uint8Array.of(3));
const KEY = concatBytes(prefix, Uint8Array.of(4));

export const SUPPLY_KEY: Uint8Array = concatBytes(prefix, Uint8Array.of(5));
/** Account that was touched last in a block; absent between blocks, but after genesis. */
export const TOUCHED_KEY: Uint8Array = concatBytes(prefix, Uint8Array.of(6));

export function stakeKey(account: AccountId): Uint8Array {
  // By hand, because the end of a block makes one for each balance that changed.
  const key = new Uint8Array(RECORD.length + account.length);
  key.set(RECORD);
  key.set(account, RECORD.length);
  return key;
}

/** What all leases of a lessor begin with; the number of the lease follows, in 4 bytes. */
export function leasePrefix(lessor: AccountId): Uint8Array {
  return concatBytes(LEASE, lessor);
}

export function leaseKey(lessor: AccountId, id: number): Uint8Array {
  return concatBytes(leasePrefix(lessor), uint32ToBytes(id));
}

/** Under it lies the account that uses a minting or voting key: for good, so that evidence finds who signed. */
export function keyOwnerKey(publicKey: Uint8Array): Uint8Array {
  return concatBytes(KEY, publicKey);
}
