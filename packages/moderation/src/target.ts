import { type AccountId, accept, concatBytes, refuse, utf8ToBytes, type Verdict } from '@vsys/primitives';
import { taggedHash } from '@vsys/crypto/hash';
import type { DatabaseId } from '@vsys/database/layout';

/** What a mark is about: a person (an account or an identity), or data. */
export type Target =
  | { readonly kind: 'person'; readonly account: AccountId }
  | { readonly kind: 'database'; readonly database: DatabaseId }
  | { readonly kind: 'collection'; readonly database: DatabaseId; readonly collection: string }
  /** `idKey`: the order-preserving bytes of `_id`, as in the key of the document. */
  | { readonly kind: 'document'; readonly database: DatabaseId; readonly collection: string; readonly idKey: Uint8Array };

const TAG = { person: 1, database: 2, collection: 3, document: 4 } as const;
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
/** As the database has it. */
const ID_BYTES_MAX = 200;

/** One spelling for each target. */
export function targetToBytes(target: Target): Uint8Array {
  const tag = Uint8Array.of(TAG[target.kind]);
  if (target.kind === 'person') return concatBytes(tag, target.account);
  if (target.kind === 'database') return concatBytes(tag, target.database);
  const name = utf8ToBytes(target.collection);
  return concatBytes(tag, target.database, Uint8Array.of(name.length & 0xff), name, target.kind === 'document' ? target.idKey : new Uint8Array());
}

export function targetFromBytes(bytes: Uint8Array): Verdict<Target, 'MODERATION_PAYLOAD'> {
  const [tag, id] = [bytes[0], bytes.slice(1, 21)];
  if (tag === TAG.person || tag === TAG.database) {
    if (bytes.length !== 21) return wrong('a person or a database is 20 bytes');
    return accept(tag === TAG.person ? { kind: 'person', account: id } : { kind: 'database', database: id });
  }
  if (tag !== TAG.collection && tag !== TAG.document) return wrong('its first byte names no kind');
  const end = 22 + (bytes[21] ?? 0);
  const collection = String.fromCharCode(...bytes.subarray(22, end));
  if (bytes.length < end || !NAME.test(collection)) return wrong('a collection is 20 bytes of its database and a name');
  const idKey = bytes.slice(end);
  if (tag === TAG.collection) return idKey.length === 0 ? accept({ kind: 'collection', database: id, collection }) : wrong('nothing comes after the name of a collection');
  if (idKey.length === 0 || idKey.length > ID_BYTES_MAX) return wrong(`a document is told by 1 to ${ID_BYTES_MAX} bytes of its _id`);
  return accept({ kind: 'document', database: id, collection, idKey });
}

/** 32 bytes that stand for a target in keys. */
export function targetId(target: Target): Uint8Array {
  return taggedHash('v/moderation/target', targetToBytes(target));
}

/** All that a mark on hides this document: itself, its collection, its database, and the person that owns the database. */
export function targetsOver(document: Extract<Target, { kind: 'document' }>, owner: AccountId): readonly Target[] {
  const { database, collection } = document;
  return [document, { kind: 'collection', database, collection }, { kind: 'database', database }, { kind: 'person', account: owner }];
}

function wrong(why: string): Verdict<never, 'MODERATION_PAYLOAD'> {
  return refuse('MODERATION_PAYLOAD', `this is no target of a mark: ${why}`);
}
