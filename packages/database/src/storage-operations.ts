/** Operations about what a database takes up, and how long: tags 30 to 39. docs/spec/database.md, from "Dropping" on. */
import { accept, concatBytes, type Height, refuse, uint64FromBytes, uint64ToBytes, type Verdict } from '@vsys/primitives';
import { decodeDocument, type Document, encodeDocument, type Value } from '@vsys/data-format/value';
import type { DatabaseId } from './layout.ts';
import { headOf, payloadAbout, type Target } from './operation-head.ts';
import { idKeyOf } from './id-key.ts';
import { databaseLimits, malformed, type PayloadCode } from './payload-checks.ts';
import { type Quota, quotaFields } from './quota.ts';
import { splitDocuments } from './split-documents.ts';

export interface ExpiringId { readonly idKey: Uint8Array; readonly id: Value }

export type StorageOperation =
  | (Target & { readonly kind: 'dropCollection' })
  | { readonly kind: 'dropDatabase'; readonly database: DatabaseId }
  /** Of the database, where no collection is named. */
  | { readonly kind: 'setQuota'; readonly database: DatabaseId; readonly collection?: string; readonly quota: Quota }
  /** 0: documents stay. */
  | (Target & { readonly kind: 'setTtl'; readonly ttl: number })
  /** 0: the documents stay. */
  | (Target & { readonly kind: 'expire'; readonly expires: Height; readonly ids: readonly ExpiringId[] })
  | { readonly kind: 'once'; readonly key: Uint8Array };

export const STORAGE_TAG = { dropCollection: 30, dropDatabase: 31, setQuota: 32, setTtl: 33, expire: 34, once: 35 } as const;

/** @param payload - of a tag from 30 to 39 */
export function storageOperationFromPayload(payload: Uint8Array): Verdict<StorageOperation, PayloadCode> {
  switch (payload[0]) {
    case STORAGE_TAG.dropDatabase: return payload.length === 21 ? accept({ kind: 'dropDatabase', database: payload.slice(1) }) : malformed('dropDatabase is the id of a database and nothing else');
    case STORAGE_TAG.once: return readOnce(payload.slice(1));
    // No name: of the database.
    case STORAGE_TAG.setQuota: if (payload[21] === 0) return readQuota({ database: payload.slice(1, 21) }, payload.subarray(22));
  }
  const head = headOf(payload);
  if (!head.ok) return head;
  const { rest, ...target } = head.value;
  switch (payload[0]) {
    case STORAGE_TAG.dropCollection: return rest.length === 0 ? accept({ kind: 'dropCollection', ...target }) : malformed('dropCollection names a collection and nothing else');
    case STORAGE_TAG.setQuota: return readQuota(target, rest);
    case STORAGE_TAG.setTtl: return readTtl(target, rest);
    case STORAGE_TAG.expire: return readExpire(target, rest);
    default: return malformed('its first byte names no operation');
  }
}

export function dropDatabasePayload(database: DatabaseId): Uint8Array {
  return concatBytes(Uint8Array.of(STORAGE_TAG.dropDatabase), database);
}

export function quotaPayload(database: DatabaseId, collection: string | undefined, quota: Quota): Uint8Array {
  return payloadAbout(STORAGE_TAG.setQuota, { database, collection: collection ?? '' }, bytesOf(new Map(quotaFields(quota))));
}

export function ttlPayload(target: Target, blocks: number): Uint8Array {
  return payloadAbout(STORAGE_TAG.setTtl, target, heightBytes(blocks));
}

export function expirePayload(target: Target, expires: Height, ids: readonly Value[]): Uint8Array {
  return payloadAbout(STORAGE_TAG.expire, target, concatBytes(heightBytes(expires), ...ids.map((id) => bytesOf(new Map([['_id', id]])))));
}

export function oncePayload(key: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(STORAGE_TAG.once), key);
}

/** What is no number of blocks becomes one that the reader refuses. */
function heightBytes(height: number): Uint8Array {
  return uint64ToBytes(Number.isSafeInteger(height) && height >= 0 ? BigInt(height) : 0xffff_ffff_ffff_ffffn);
}

/** What does not encode becomes a payload that the reader refuses. */
function bytesOf(fields: Document): Uint8Array {
  const encoded = encodeDocument(fields);
  return encoded.ok ? encoded.value : new Uint8Array();
}

function readOnce(key: Uint8Array): Verdict<StorageOperation, PayloadCode> {
  if (key.length < 1 || key.length > databaseLimits.onceKeyBytesMax) return refuse('DB_LIMIT', `a key of what is done once has 1 to ${databaseLimits.onceKeyBytesMax} bytes, found ${key.length}`);
  return accept({ kind: 'once', key });
}

function readQuota(target: { readonly database: DatabaseId; readonly collection?: string }, rest: Uint8Array): Verdict<StorageOperation, PayloadCode> {
  const fields = decodeDocument(rest);
  if (!fields.ok) return refuse('DB_VALUE', fields.message, { reason: fields.code });
  const quota: { documents?: bigint; bytes?: bigint } = {};
  for (const [name, value] of fields.value) {
    if (name !== 'documents' && name !== 'bytes') return malformed('a quota has "documents" and "bytes", each or none');
    if (typeof value !== 'bigint' || value < 0n) return malformed(`${name} of a quota: expected an int64 of 0 or more`);
    quota[name] = value;
  }
  if (fields.value.size === 2 && [...fields.value.keys()][0] !== 'documents') return malformed('a quota has "documents" before "bytes"');
  return accept({ kind: 'setQuota', ...target, quota });
}

function readTtl(target: Target, rest: Uint8Array): Verdict<StorageOperation, PayloadCode> {
  if (rest.length !== 8) return malformed('setTtl is a number of blocks');
  const blocks = blocksFrom(rest);
  return blocks.ok ? accept({ kind: 'setTtl', ...target, ttl: blocks.value }) : blocks;
}

function readExpire(target: Target, rest: Uint8Array): Verdict<StorageOperation, PayloadCode> {
  if (rest.length < 13) return malformed('expire is a height and the "_id"s of documents');
  const expires = blocksFrom(rest);
  if (!expires.ok) return expires;
  const parts = splitDocuments(rest.subarray(8));
  if (!parts.ok) return parts;
  const ids: ExpiringId[] = [];
  for (const part of parts.value) {
    const fields = decodeDocument(part);
    if (!fields.ok) return refuse('DB_VALUE', fields.message, { reason: fields.code });
    const id = fields.value.get('_id');
    if (fields.value.size !== 1) return malformed('what expires is told by "_id" alone');
    const idKey = idKeyOf(id);
    if (!idKey.ok) return idKey;
    ids.push({ idKey: idKey.value, id: id as Value });
  }
  return accept({ kind: 'expire', ...target, expires: expires.value, ids });
}

function blocksFrom(bytes: Uint8Array): Verdict<number, PayloadCode> {
  const blocks = uint64FromBytes(bytes);
  if (blocks > BigInt(databaseLimits.expiryBlocksMax)) return refuse('DB_LIMIT', `a height or a number of blocks is at most ${databaseLimits.expiryBlocksMax}`);
  return accept(Number(blocks));
}
