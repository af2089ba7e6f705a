/** Where tokens lie in state, for readers and verifiers: docs/spec/token.md §1. Browser-safe. */
import { type AccountId, concatBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes, utf8ToBytes } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import { type Binary, recordFromBytes, recordToBytes, type Value } from '@vsys/data-format/value';
import { containerPrefix } from '@vsys/container';

export const TOKEN = 'token';

/** 20 bytes, like the id of an account. */
export type ObjectId = Uint8Array;

interface Owned {
  /** An account or an identity. */
  readonly owner: AccountId;
  /** Becomes the owner by accepting. */
  readonly offeredTo?: AccountId;
}

/** Many units that are alike. Its owner is who issues it. */
export interface FungibleRecord extends Owned {
  readonly kind: 'fungible';
  readonly creator: AccountId;
  readonly symbol: string;
  /** Digits behind the point, when people read an amount. */
  readonly decimals: number;
  readonly supply: bigint;
  /** Most that there may ever be. */
  readonly cap: bigint;
  /** Only holders on the issuer's list hold it. */
  readonly isRestricted: boolean;
  /** Nobody moves any of it. */
  readonly isPaused: boolean;
}

/** One thing of its kind. */
export interface NonFungibleRecord extends Owned {
  readonly kind: 'nonFungible';
  readonly creator: AccountId;
  /** Where it is described, and the hash of the description or content. */
  readonly uri: string;
  readonly hash: Uint8Array;
}

/** A named container of fungibles. */
export interface AccountRecord extends Owned {
  readonly kind: 'account';
  readonly creator: AccountId;
  readonly name: string;
}

export type TokenRecord = FungibleRecord | NonFungibleRecord | AccountRecord;

const prefix = containerPrefix(TOKEN);
const AREA = { record: 0, balance: 1, holding: 2, frozen: 3, allowed: 4, created: 5, owned: 6 } as const;
const key = (area: keyof typeof AREA, ...parts: Uint8Array[]): Uint8Array => concatBytes(prefix, Uint8Array.of(AREA[area]), ...parts);
const none: Uint8Array = new Uint8Array();

/** Value of entries that say all by their key. */
export const PRESENT: Uint8Array = Uint8Array.of(1);

/** The fungible or non-fungible that the operation at this place of a transaction makes. */
export function tokenId(transactionId: Uint8Array, index: number): ObjectId {
  return taggedHash('v/token', transactionId, uint32ToBytes(index)).slice(0, 20);
}

/** Known beforehand, so that one can be paid to before it is made. Stays with it when its owner changes. */
export function accountObjectId(creator: AccountId, name: string): ObjectId {
  return taggedHash('v/token/account', creator, utf8ToBytes(name)).slice(0, 20);
}

export function tokenKey(id: ObjectId): Uint8Array {
  return key('record', id);
}

/** 16 bytes; absent is 0. Without the holder: what all balances of a fungible begin with. */
export function tokenBalanceKey(token: ObjectId, holder: AccountId = none): Uint8Array {
  return key('balance', token, holder);
}

/** Entries of the fungibles that somebody holds: `holder ‖ token`. */
export function holdingKey(holder: AccountId, token: ObjectId = none): Uint8Array {
  return key('holding', holder, token);
}

export function frozenKey(token: ObjectId, holder: AccountId = none): Uint8Array {
  return key('frozen', token, holder);
}

export function allowedKey(token: ObjectId, holder: AccountId = none): Uint8Array {
  return key('allowed', token, holder);
}

/** Entries of what somebody made or issued first: `creator ‖ object`. */
export function createdKey(creator: AccountId, id: ObjectId = none): Uint8Array {
  return key('created', creator, id);
}

/** Entries of what somebody owns: `owner ‖ object`. */
export function ownedKey(owner: AccountId, id: ObjectId = none): Uint8Array {
  return key('owned', owner, id);
}

export function amountToBytes(amount: bigint): Uint8Array {
  return concatBytes(uint64ToBytes(amount >> 64n), uint64ToBytes(amount & 0xffff_ffff_ffff_ffffn));
}

export function amountFromBytes(bytes: Uint8Array, at = 0): bigint {
  return (uint64FromBytes(bytes, at) << 64n) | uint64FromBytes(bytes, at + 8);
}

/** An absent record is 0, and 0 is stored as absence. */
export function balanceFromRecord(record: Uint8Array | undefined): bigint {
  return record === undefined ? 0n : amountFromBytes(record);
}

export function balanceToRecord(amount: bigint): Uint8Array | undefined {
  return amount === 0n ? undefined : amountToBytes(amount);
}

export function tokenToRecord(record: TokenRecord): Uint8Array {
  const binary = (bytes: Uint8Array): Binary => ({ kind: 'binary', bytes, subtype: 0 });
  const fields: [string, Value][] = [['kind', record.kind], ['creator', binary(record.creator)], ['owner', binary(record.owner)]];
  if (record.offeredTo !== undefined) fields.push(['offeredTo', binary(record.offeredTo)]);
  if (record.kind === 'account') fields.push(['name', record.name]);
  else if (record.kind === 'nonFungible') fields.push(['uri', record.uri], ['hash', binary(record.hash)]);
  else {
    fields.push(['symbol', record.symbol], ['decimals', BigInt(record.decimals)], ['supply', binary(amountToBytes(record.supply))], ['cap', binary(amountToBytes(record.cap))]);
    fields.push(['isRestricted', record.isRestricted], ['isPaused', record.isPaused]);
  }
  return recordToBytes(new Map(fields));
}

/** @throws InvariantError on bytes that the container did not write */
export function tokenFromRecord(record: Uint8Array): TokenRecord {
  const fields = recordFromBytes(record);
  const bytes = (name: string): Uint8Array => (fields.get(name) as Binary).bytes;
  const text = (name: string): string => fields.get(name) as string;
  const owned = { creator: bytes('creator'), owner: bytes('owner'), ...(fields.has('offeredTo') ? { offeredTo: bytes('offeredTo') } : {}) };
  switch (text('kind')) {
    case 'account': return { kind: 'account', ...owned, name: text('name') };
    case 'nonFungible': return { kind: 'nonFungible', ...owned, uri: text('uri'), hash: bytes('hash') };
    default: return {
      kind: 'fungible', ...owned, symbol: text('symbol'), decimals: Number(fields.get('decimals')), supply: amountFromBytes(bytes('supply')), cap: amountFromBytes(bytes('cap')),
      isRestricted: fields.get('isRestricted') === true, isPaused: fields.get('isPaused') === true,
    };
  }
}
