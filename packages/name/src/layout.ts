/** Where names lie in state, for readers and verifiers: docs/spec/name.md §1. Browser-safe. */
import { type AccountId, concatBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes, utf8FromBytes, utf8ToBytes } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { type Binary, recordFromBytes, recordToBytes, type Value } from '@vsys/data-format/value';
import { containerPrefix } from '@vsys/container';

export { checkName, priceFactor, skeletonOf } from './name-form.ts';
export { nameDefaults, nameParamsFromBytes, nameParamsToBytes } from './name-params.ts';
export type { NameParams } from './name-params.ts';
export { auctionPrice, standingOf } from './standing.ts';
export type { Standing } from './standing.ts';

export const NAME = 'name';

export interface NameRecord {
  /** An account or an identity. */
  readonly owner: AccountId;
  /** Height of the reservation that it was revealed from, and its commitment: the older one wins, then the smaller. */
  readonly reservedAt: number;
  readonly commitment: Uint8Array;
  /** Last height at which an older reservation takes it. */
  readonly contestUntil: number;
  /** First height at which the term is over. */
  readonly expires: number;
  /** What it leads to: an account, an identity, a database … */
  readonly target?: Uint8Array;
  /** Becomes the owner by accepting. */
  readonly offeredTo?: AccountId;
}

const prefix = containerPrefix(NAME);
const AREA = { params: 0, reservation: 1, queue: 2, name: 3, skeleton: 4, primary: 5, local: 6, owned: 7 } as const;
const key = (area: keyof typeof AREA, ...parts: Uint8Array[]): Uint8Array => concatBytes(prefix, Uint8Array.of(AREA[area]), ...parts);

/** Value of entries that say all by their key. */
export const PRESENT: Uint8Array = Uint8Array.of(1);
export const PARAMS_KEY: Uint8Array = key('params');

/** What is reserved: nobody can tell the name from it, and nobody else can use it. */
export function commitmentOf(salt: Uint8Array, name: string, owner: AccountId): Uint8Array {
  return taggedHash('v/name', salt, utf8ToBytes(name), owner);
}

/** Height of the reservation, 8 bytes. */
export function reservationKey(commitment: Uint8Array): Uint8Array {
  return key('reservation', commitment);
}

/** Reservations of one block, 4 bytes; with a place, the commitment at it. */
export function queueKey(height: number, place?: number): Uint8Array {
  return key('queue', uint64ToBytes(BigInt(height)), place === undefined ? new Uint8Array() : uint32ToBytes(place));
}

export function nameKey(name: string): Uint8Array {
  return key('name', utf8ToBytes(name));
}

/** The name that stands for all that look like it. */
export function skeletonKey(skeleton: string): Uint8Array {
  return key('skeleton', utf8ToBytes(skeleton));
}

/** The name that an account or identity goes by. Counts only while the name leads back to it. */
export function primaryKey(account: AccountId): Uint8Array {
  return key('primary', account);
}

/** 20 bytes that a local name leads to. Without the name: what all of an owner's begin with. */
export function localKey(owner: AccountId, name = ''): Uint8Array {
  return key('local', owner, utf8ToBytes(name));
}

/** Entries of an owner's global names, those whose term is over included. Without the name: what all of them begin with. */
export function ownedKey(owner: AccountId, name = ''): Uint8Array {
  return key('owned', owner, utf8ToBytes(name));
}

export function nameToRecord({ owner, reservedAt, commitment, contestUntil, expires, target, offeredTo }: NameRecord): Uint8Array {
  const binary = (bytes: Uint8Array): Binary => ({ kind: 'binary', bytes, subtype: 0 });
  return recordToBytes(new Map<string, Value>([
    ['owner', binary(owner)], ['reservedAt', BigInt(reservedAt)], ['commitment', binary(commitment)], ['contestUntil', BigInt(contestUntil)], ['expires', BigInt(expires)],
    ...(target === undefined ? [] : [['target', binary(target)] as const]), ...(offeredTo === undefined ? [] : [['offeredTo', binary(offeredTo)] as const]),
  ]));
}

/** @throws InvariantError on bytes that the container did not write */
export function nameFromRecord(record: Uint8Array): NameRecord {
  const fields = recordFromBytes(record);
  const bytes = (name: string): Uint8Array => (fields.get(name) as Binary).bytes;
  const number = (name: string): number => Number(fields.get(name));
  return {
    owner: bytes('owner'), reservedAt: number('reservedAt'), commitment: bytes('commitment'), contestUntil: number('contestUntil'), expires: number('expires'),
    ...(fields.has('target') ? { target: bytes('target') } : {}), ...(fields.has('offeredTo') ? { offeredTo: bytes('offeredTo') } : {}),
  };
}

export function heightToRecord(height: number): Uint8Array {
  return uint64ToBytes(BigInt(height));
}

export function heightFromRecord(record: Uint8Array): number {
  return Number(uint64FromBytes(record));
}

export function textToRecord(text: string): Uint8Array {
  return utf8ToBytes(text);
}

export function textFromRecord(record: Uint8Array): string {
  return utf8FromBytes(record);
}
