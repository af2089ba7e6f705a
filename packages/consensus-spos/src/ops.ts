/** Builders of the operations of the container `spos`, for clients: browser-safe. What they return goes into the body of a transaction. */
import { CodedError } from '@vsys/primitives';
import type { AccountId, Amount } from '@vsys/primitives';
import { SPOS_CONTAINER } from './seat-list.ts';
import { stakeOperationFromPayload, stakePayload } from './stake/stake-operation.ts';
import type { StakeOperation } from './stake/stake-operation.ts';

export { SEAT_LIST_KEY, seatListFromBytes } from './seat-list.ts';
export type { Seat } from './seat-list.ts';
export { contendResultFromBytes } from './stake/contend-result.ts';
export type { ContendResult } from './stake/contend-result.ts';
export { accrue, earned } from './stake/interest.ts';
export { mintingBalance } from './stake/minting-balance.ts';
export { leaseKey, leasePrefix, stakeKey, SUPPLY_KEY } from './stake/stake-layout.ts';
export { stakeOperationFromPayload } from './stake/stake-operation.ts';
export type { StakeOperation } from './stake/stake-operation.ts';
export { leaseRecordFromBytes, stakeRecordFromBytes, supplyRecordFromBytes } from './stake/stake-record.ts';
export type { LeaseRecord, StakeRecord, SupplyRecord } from './stake/stake-record.ts';

export interface StakeCall {
  readonly container: typeof SPOS_CONTAINER;
  readonly payload: Uint8Array;
}

/** What the chain would refuse at the door is thrown here, before it is signed. */
export class StakeOpError extends CodedError<'SPOS_PAYLOAD'> {}

/** Begins to count how long the coins of the account have been there. Who leases, is leased to or holds a seat is enrolled already. */
export function enroll(): StakeCall {
  return call({ kind: 'enroll' });
}

/** Sets coins aside for a seat: they cannot be spent, they count for `to`, and come back at once with `cancelLease`. Its result is the lease's number. */
export function lease(to: AccountId, amount: Amount): StakeCall {
  return call({ kind: 'lease', to, amount });
}

/** Takes the coins of a lease back, with the interest. */
export function cancelLease(id: number): StakeCall {
  return call({ kind: 'cancelLease', id });
}

/**
 * Asks for a seat. The fee is burned whatever comes out; the result says what did. Must be the last operation of its transaction.
 *
 * @param mintKey - ed25519, 32 bytes; never used by another account before
 * @param voteKey - as `mintKey`, and may be the same key
 */
export function contend(seat: number, mintKey: Uint8Array, voteKey: Uint8Array = mintKey): StakeCall {
  return call({ kind: 'contend', seat, mintKey, voteKey });
}

/** Gives the seat up. */
export function release(seat: number): StakeCall {
  return call({ kind: 'release', seat });
}

/** Other keys for the seat that the account holds: in force when the list of seats is. */
export function setKeys(mintKey: Uint8Array, voteKey: Uint8Array = mintKey): StakeCall {
  return call({ kind: 'setKeys', mintKey, voteKey });
}

/** @param permille - of the reward, to the lessors. More holds at once, less after the notice. */
export function setShare(permille: number): StakeCall {
  return call({ kind: 'setShare', permille });
}

/** Pays the interest of a lease, which goes on. */
export function claim(id: number): StakeCall {
  return call({ kind: 'claim', id });
}

/** Pays the bond of a seat that was lost, when its time has come. */
export function claimBond(): StakeCall {
  return call({ kind: 'claimBond' });
}

/** @param proof - as `headerEvidence` and `voteEvidence` make it */
export function evidence(proof: Uint8Array): StakeCall {
  return call({ kind: 'evidence', proof });
}

function call(operation: StakeOperation): StakeCall {
  const field = badField(operation);
  const payload = field === undefined ? stakePayload(operation) : new Uint8Array();
  const checked = field === undefined ? stakeOperationFromPayload(payload) : undefined;
  if (checked?.ok !== true) throw new StakeOpError('SPOS_PAYLOAD', checked?.message ?? `${operation.kind}: ${field}`, { kind: operation.kind });
  return { container: SPOS_CONTAINER, payload };
}

/** What has no place in the bytes, before it is put there. */
function badField(operation: StakeOperation): string | undefined {
  for (const [name, value] of Object.entries(operation)) {
    const bits = name === 'id' ? 32 : 16;
    if (typeof value === 'number' && !(Number.isSafeInteger(value) && value >= 0 && value < 2 ** bits)) return `${name} is a whole number below 2^${bits}, found ${value}`;
    if (typeof value === 'bigint' && (value < 1n || value >= 1n << 64n)) return `${name} is from 1 to 2^64 - 1, found ${value}`;
    const length = name === 'to' ? 20 : name === 'mintKey' || name === 'voteKey' ? 32 : undefined;
    if (length !== undefined && value instanceof Uint8Array && value.length !== length) return `${name} has ${length} bytes, found ${value.length}`;
  }
  return undefined;
}
