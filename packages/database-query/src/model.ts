import type { AccountId } from '@vsys/primitives';
import type { MarkRecord, Target } from '@vsys/moderation/layout';
import type { Document } from '@vsys/data-format/value';
import type { StoredDocument } from '@vsys/database/layout';

export interface SortField {
  /** Dotted path of a field. */
  readonly path: string;
  readonly direction: 1 | -1;
}

/**
 * A question of the proven tier: answered along `_id` or along one index, so that the answer can be shown complete.
 * Filter in MongoDB's form: equality, `$eq`, `$gt`, `$gte`, `$lt`, `$lte`.
 */
export interface Query {
  /** 20 bytes: `databaseId(owner, name)`. */
  readonly database: Uint8Array;
  readonly collection: string;
  readonly filter: Document;
  readonly sort?: readonly SortField[];
  /** Documents of one answer, 1 to 1,000; by default 100. */
  readonly limit?: number;
  /** `cursor` of the answer before. */
  readonly after?: Uint8Array;
}

export type CountQuery = Pick<Query, 'database' | 'collection' | 'filter'>;

/** How a query is answered: the reader and the verifier come to the same plan from the same collection record. */
export interface Explanation {
  readonly via: 'key' | 'collection' | 'index';
  /** Name of the index. */
  readonly index?: string;
  readonly reverse: boolean;
  /** Paths that the index narrows by equality, then the one it narrows by bounds. */
  readonly equals: readonly string[];
  readonly bounded?: string;
  readonly tier: 'proven';
  /** Why the other indexes are not used; where it was asked how, not what. */
  readonly others?: readonly { readonly index: string; readonly why: string }[];
}

/** Proofs under one state root. What they show, and only that, is the answer. */
export interface Answer {
  /** Of the collection record, which names the indexes. */
  readonly collectionProof: Uint8Array;
  /** Of the rows of the index or of `_id`, complete between the bounds; empty where one key is asked. */
  readonly rangeProof: Uint8Array;
  /** Of the documents that the index rows point to, or of the key asked; empty where the range holds the documents itself. */
  readonly documentsProof: Uint8Array;
  /** Where documents are withheld for marks of moderators that the node honours. */
  readonly tombstones?: Tombstones;
}

/** Why documents of an answer are withheld: each for one mark, which is proven under the same root. */
export interface Tombstones {
  /** For each document that is withheld, in the order in which the answer comes to them. */
  readonly marks: readonly { readonly moderator: AccountId; /** What over the document is marked. */ readonly on: Target['kind'] }[];
  /** Where a person is marked: the owner of the database. */
  readonly owner?: AccountId;
  /** Of the record of the database where there is an `owner`, then of the marks, each once. */
  readonly marksProof: Uint8Array;
}

/** In place of a document: it is there, its record hashes to this, and this mark is on it or on what it is in. */
export interface Tombstone {
  readonly kind: 'tombstone';
  readonly idKey: Uint8Array;
  /** SHA-256 of the record: who has the document elsewhere can see that it is this one. */
  readonly recordHash: Uint8Array;
  readonly moderator: AccountId;
  readonly mark: MarkRecord;
}

export interface ModeratedAnswer extends Omit<VerifiedAnswer, 'documents'> {
  /** In order, none left out. */
  readonly rows: readonly ({ readonly kind: 'document'; readonly stored: StoredDocument } | Tombstone)[];
}

export interface VerifiedAnswer {
  readonly documents: readonly StoredDocument[];
  /** Further documents match behind the limit. */
  readonly more: boolean;
  /** Give as `after` to go on; absent when there is no more. */
  readonly cursor?: Uint8Array;
  readonly explanation: Explanation;
}

export interface VerifiedCount {
  readonly count: bigint;
  readonly explanation: Explanation;
}

export type QueryCode =
  | 'QUERY_MALFORMED' | 'QUERY_NO_COLLECTION' | 'QUERY_NOT_PROVABLE' | 'QUERY_LIMIT' | 'QUERY_CURSOR' | 'QUERY_COUNT_MAX';

export const queryLimits = { documentsMax: 1_000, documentsDefault: 100, countMax: 65_536 } as const;
