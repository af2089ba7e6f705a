import { concatBytes, invariant, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { AccountId, Height } from '@vsys/primitives';
import { containerPrefix } from '@vsys/container';
import { AUTHORITY_CHANGE_BYTES } from './authority-change.ts';
import { authoritiesFromBytes, authoritiesToBytes } from './authority-list.ts';
import type { Authority } from './authority-list.ts';

/** How a list of authorities came to be what it is: what the container must know beside the list itself. */
export interface AuthorityPast {
  /** Block of the last change, and the list that was in force in it. */
  readonly changedAt: Height;
  readonly before: readonly Authority[];
  /** Keys that are no longer in the list, and until which height a proof against them counts. */
  readonly retired: readonly (Authority & { readonly until: Height })[];
  /** Accounts that evidence removed, and the block of it: what they did up to then is punished. */
  readonly punished: readonly { readonly account: AccountId; readonly height: Height }[];
}

/** A change that some are for. Void when the list changes. */
export interface OpenChange {
  /** Of `AuthorityChange`. */
  readonly change: Uint8Array;
  readonly since: Height;
  readonly proposer: AccountId;
  /** Places in the list, one bit each. */
  readonly approvals: Uint8Array;
}

const RETIRED_BYTES = 60;
const PUNISHED_BYTES = 28;
/** A bit for each, and a header carries all of them when one changes. */
export const AUTHORITIES_CHANGING_MAX = 128;
const APPROVALS_BYTES = AUTHORITIES_CHANGING_MAX / 8;
const OPEN_BYTES = AUTHORITY_CHANGE_BYTES + 8 + 20 + APPROVALS_BYTES;

/** Where the list stands in the state after a block; absent: the one of the parameters. */
export function authorityListKey(container: string): Uint8Array {
  return concatBytes(containerPrefix(container), Uint8Array.of(1));
}

export function authorityPastKey(container: string): Uint8Array {
  return concatBytes(containerPrefix(container), Uint8Array.of(2));
}

export function openChangesKey(container: string): Uint8Array {
  return concatBytes(containerPrefix(container), Uint8Array.of(3));
}

/** Height of the last change (8), the list before it; then, each behind a count (2), retired: account (20), key (32), until (8); punished: account (20), height (8). */
export function pastToBytes({ changedAt, before, retired, punished }: AuthorityPast): Uint8Array {
  return concatBytes(
    uint64ToBytes(BigInt(changedAt)), authoritiesToBytes(before),
    uint16ToBytes(retired.length), ...retired.flatMap(({ account, key, until }) => [account, key, uint64ToBytes(BigInt(until))]),
    uint16ToBytes(punished.length), ...punished.flatMap(({ account, height }) => [account, uint64ToBytes(BigInt(height))]),
  );
}

export function pastFromBytes(bytes: Uint8Array): AuthorityPast {
  const retiredAt = 10 + uint16FromBytes(bytes, 8) * 52;
  const punishedAt = retiredAt + 2 + uint16FromBytes(bytes, retiredAt) * RETIRED_BYTES;
  const before = authoritiesFromBytes(bytes.slice(8, retiredAt));
  invariant(before !== undefined, 'a record of the state is one that was written');
  return {
    changedAt: Number(uint64FromBytes(bytes)), before,
    retired: itemsOf(bytes, retiredAt, RETIRED_BYTES).map((one) => ({ account: one.slice(0, 20), key: one.slice(20, 52), until: Number(uint64FromBytes(one, 52)) })),
    punished: itemsOf(bytes, punishedAt, PUNISHED_BYTES).map((one) => ({ account: one.slice(0, 20), height: Number(uint64FromBytes(one, 20)) })),
  };
}

/** Count (2), then change (53), since (8), proposer (20), approvals (16). */
export function openChangesToBytes(open: readonly OpenChange[]): Uint8Array {
  return concatBytes(uint16ToBytes(open.length), ...open.flatMap(({ change, since, proposer, approvals }) => [change, uint64ToBytes(BigInt(since)), proposer, approvals]));
}

export function openChangesFromBytes(bytes: Uint8Array): readonly OpenChange[] {
  return itemsOf(bytes, 0, OPEN_BYTES).map((one) => ({
    change: one.slice(0, AUTHORITY_CHANGE_BYTES), since: Number(uint64FromBytes(one, AUTHORITY_CHANGE_BYTES)),
    proposer: one.slice(AUTHORITY_CHANGE_BYTES + 8, AUTHORITY_CHANGE_BYTES + 28), approvals: one.slice(AUTHORITY_CHANGE_BYTES + 28),
  }));
}

export function noApprovals(): Uint8Array {
  return new Uint8Array(APPROVALS_BYTES);
}

export function isApprovedBy(approvals: Uint8Array, place: number): boolean {
  return ((approvals[place >> 3] as number) & (1 << (place & 7))) !== 0;
}

export function withApproval(approvals: Uint8Array, place: number): Uint8Array {
  return approvals.with(place >> 3, (approvals[place >> 3] as number) | (1 << (place & 7)));
}

export function countApprovals(approvals: Uint8Array): number {
  return approvals.reduce((sum, byte) => sum + [...byte.toString(2)].filter((bit) => bit === '1').length, 0);
}

function itemsOf(bytes: Uint8Array, at: number, length: number): readonly Uint8Array[] {
  return Array.from({ length: uint16FromBytes(bytes, at) }, (_, i) => bytes.slice(at + 2 + i * length, at + 2 + (i + 1) * length));
}

function uint16ToBytes(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 255);
}

function uint16FromBytes(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
