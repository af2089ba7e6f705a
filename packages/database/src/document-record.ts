import { type AccountId, concatBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import { type Binary, type Document, recordFromBytes, recordToBytes, type Value } from '@vsys/data-format/value';
import type { DepositShare } from './deposit-shares.ts';

/** What the chain knows about a document beside it. Each is absent where it is at its default. */
export interface DocumentMeta {
  /** Default: the owner of the database. */
  readonly owner?: AccountId;
  /** Who paid the deposit, first of those that did. Default: nobody. */
  readonly payer?: AccountId;
  /** Units held, by all that paid. Default: 0. */
  readonly deposit?: bigint;
  /** Who else paid of it, in the order of their coming; the rest is the payer's. Default: nobody. */
  readonly shares?: readonly DepositShare[];
  /** Height at whose end it goes. Default: none. */
  readonly expires?: number;
  /** In place of the collection's, for this document. Default: none. */
  readonly rules?: Document;
}

export interface StoredDocument {
  /** One more with each change; the first is above those of all documents that were deleted from the collection before, so 1 where there are none. */
  readonly version: bigint;
  /** Block of the last change. */
  readonly height: number;
  readonly meta: DocumentMeta;
  readonly document: Document;
}

const META_AT = 16;
/** Most documents have no other: an empty BSON document. */
const NO_META = Uint8Array.of(5, 0, 0, 0, 0);
const EMPTY: DocumentMeta = {};

/** version (8 bytes, big-endian) ‖ height (8 bytes) ‖ BSON of what is known about it ‖ BSON of the document. */
export function documentToRecord(version: bigint, height: number, bson: Uint8Array, meta: DocumentMeta = EMPTY): Uint8Array {
  return concatBytes(uint64ToBytes(version), uint64ToBytes(BigInt(height)), metaToBytes(meta), bson);
}

export function documentFromRecord(record: Uint8Array): StoredDocument {
  return { version: uint64FromBytes(record), height: Number(uint64FromBytes(record, 8)), meta: metaFromRecord(record), document: recordFromBytes(documentBytes(record)) };
}

/** The BSON of the document in its record. */
export function documentBytes(record: Uint8Array): Uint8Array {
  return record.subarray(META_AT + metaLength(record));
}

export function metaFromRecord(record: Uint8Array): DocumentMeta {
  const length = metaLength(record);
  return length === NO_META.length ? EMPTY : metaFromDocument(recordFromBytes(record.subarray(META_AT, META_AT + length)));
}

/** BSON begins with its length, 4 bytes, little-endian. */
function metaLength(record: Uint8Array): number {
  return new DataView(record.buffer, record.byteOffset).getUint32(META_AT, true);
}

function metaToBytes(meta: DocumentMeta): Uint8Array {
  const { owner, payer, deposit, shares, expires, rules } = meta;
  const fields: [string, Value][] = [];
  if (owner !== undefined) fields.push(['owner', binary(owner)]);
  if (payer !== undefined) fields.push(['payer', binary(payer)]);
  if (deposit !== undefined) fields.push(['deposit', deposit]);
  if (shares !== undefined) fields.push(['shares', shares.map((share) => new Map<string, Value>([['payer', binary(share.payer)], ['units', share.units]]))]);
  if (expires !== undefined) fields.push(['expires', BigInt(expires)]);
  if (rules !== undefined) fields.push(['rules', rules]);
  return fields.length === 0 ? NO_META : recordToBytes(new Map(fields));
}

function metaFromDocument(fields: Document): DocumentMeta {
  const [owner, payer, deposit, shares, expires, rules] = ['owner', 'payer', 'deposit', 'shares', 'expires', 'rules'].map((name) => fields.get(name));
  return {
    ...(owner === undefined ? {} : { owner: (owner as Binary).bytes }),
    ...(payer === undefined ? {} : { payer: (payer as Binary).bytes }),
    ...(deposit === undefined ? {} : { deposit: deposit as bigint }),
    ...(shares === undefined ? {} : { shares: (shares as Document[]).map((share) => ({ payer: (share.get('payer') as Binary).bytes, units: share.get('units') as bigint })) }),
    ...(expires === undefined ? {} : { expires: Number(expires as bigint) }),
    ...(rules === undefined ? {} : { rules: rules as Document }),
  };
}

function binary(bytes: Uint8Array): Binary {
  return { kind: 'binary', bytes, subtype: 0 };
}
