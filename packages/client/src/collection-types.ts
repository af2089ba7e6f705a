import type { BlockRefJson } from '@vsys/rpc';
import type { ObjectId } from './object-id.ts';
import type { SendOptions } from './lane.ts';

/** A document as it is read: with its `_id`. */
export type Stored<T> = T extends { readonly _id: unknown } ? T : T & { _id: ObjectId };
/** A document as it is inserted: without an `_id` it is given an ObjectId. */
export type Inserted<T> = T extends { readonly _id: ObjectId } ? Omit<T, '_id'> & { _id?: ObjectId } : T extends { readonly _id: unknown } ? T : T & { _id?: ObjectId };
export type IdOf<T> = Stored<T>['_id'];

type Element<V> = V extends readonly (infer One)[] ? One : V;
type Operand<V> = V | Element<V>;

/** What a filter may ask of a field. `$regex` and what an index does not answer is chosen here, out of proven rows. */
export interface FieldOperators<V> {
  readonly $eq?: Operand<V> | null;
  readonly $ne?: Operand<V> | null;
  readonly $gt?: Operand<V>;
  readonly $gte?: Operand<V>;
  readonly $lt?: Operand<V>;
  readonly $lte?: Operand<V>;
  readonly $in?: readonly (Operand<V> | null)[];
  readonly $nin?: readonly (Operand<V> | null)[];
  readonly $exists?: boolean;
  readonly $type?: string | readonly string[];
  readonly $all?: readonly Element<V>[];
  readonly $elemMatch?: Readonly<Record<string, unknown>>;
  readonly $size?: number;
  readonly $mod?: readonly [divisor: number, remainder: number];
  readonly $regex?: string | RegExp;
  readonly $options?: string;
  readonly $not?: FieldOperators<V>;
}

type Path = `${string}.${string}`;

/** MongoDB's form. Dotted paths are not checked by the compiler. */
export type Filter<T> = { readonly [Name in keyof Stored<T>]?: Operand<Stored<T>[Name]> | FieldOperators<Stored<T>[Name]> | RegExp | null } & { readonly [path: Path]: unknown } & {
  readonly $and?: readonly Filter<T>[];
  readonly $or?: readonly Filter<T>[];
  readonly $nor?: readonly Filter<T>[];
};

type Numbers<T> = { readonly [Name in keyof T as T[Name] extends number | bigint | undefined ? Name : never]?: number | bigint } & { readonly [path: Path]: number | bigint };
type Lists<T> = { readonly [Name in keyof T as T[Name] extends readonly unknown[] | undefined ? Name : never]?: unknown } & { readonly [path: Path]: unknown };
type Fields<T> = { readonly [Name in keyof T]?: T[Name] } & { readonly [path: Path]: unknown };
type Names<T, V> = { readonly [Name in keyof T]?: V } & { readonly [path: Path]: V };

/** The operators of an update that a chain takes: bounded ones, on paths without `$`. */
export interface Update<T> {
  readonly $set?: Fields<T>;
  readonly $setOnInsert?: Fields<Stored<T>>;
  readonly $unset?: Names<T, '' | 1 | true>;
  readonly $inc?: Numbers<T>;
  readonly $mul?: Numbers<T>;
  readonly $min?: Fields<T>;
  readonly $max?: Fields<T>;
  readonly $rename?: Names<T, string>;
  readonly $push?: Lists<T>;
  readonly $addToSet?: Lists<T>;
  readonly $pull?: Lists<T>;
  readonly $pullAll?: Lists<T>;
  readonly $pop?: Names<T, 1 | -1>;
  readonly $bit?: Names<T, Readonly<Record<string, number>>>;
  readonly $currentDate?: Names<T, true | { readonly $type: 'date' }>;
}

export interface WriteOptions extends SendOptions {
  /** Lane of the key, 0 by default. Writes of one lane are in blocks in their order; of several, in any. */
  readonly lane?: number | undefined;
}

/** How long a document stays. Without either it stays, or as long as the collection says (`setTtl`). */
export interface LifetimeOptions {
  /** Height of the block at whose end it goes. */
  readonly expiresAt?: number | undefined;
  /** The same, as blocks from the newest one that is known when it is sent. */
  readonly ttl?: number | undefined;
}

export interface InsertOptions extends WriteOptions, LifetimeOptions {}

export interface ChangeOptions extends WriteOptions {
  /** The version that the document must have: `stampOf(document).version`. Another one is DB_VERSION, 112 for MongoDB's people, and is not tried again. */
  readonly ifVersion?: bigint | undefined;
}

export interface UpsertOptions extends ChangeOptions, LifetimeOptions {
  /** Makes the document when none matches. */
  readonly upsert?: boolean | undefined;
}

export interface InsertOneResult<T> { readonly insertedId: IdOf<T> }
export interface InsertManyResult<T> { readonly insertedIds: readonly IdOf<T>[]; readonly insertedCount: number }
export interface UpdateResult<T> { readonly matchedCount: number; readonly upsertedId?: IdOf<T> }
export interface DeleteResult { readonly deletedCount: number }
export interface BulkResult { readonly insertedCount: number; readonly matchedCount: number; readonly upsertedCount: number; readonly deletedCount: number }

/** One step of `bulkWrite` and of an estimate. */
export type BulkStep<T> =
  | { readonly insertOne: { readonly document: Inserted<T> } }
  | { readonly updateOne: { readonly filter: Filter<T>; readonly update: Update<T>; readonly upsert?: boolean; readonly ifVersion?: bigint } }
  | { readonly replaceOne: { readonly filter: Filter<T>; readonly replacement: T; readonly upsert?: boolean; readonly ifVersion?: bigint } }
  | { readonly deleteOne: { readonly filter: Filter<T>; readonly ifVersion?: bigint } };

/** What a collection or a database may hold; what is left out has no bound. */
export interface QuotaOptions {
  readonly documents?: number | bigint | undefined;
  /** Of the documents as BSON. */
  readonly bytes?: number | bigint | undefined;
}

/** What a collection holds, at a block, proven. */
export interface CollectionStats {
  readonly documents: bigint;
  /** Of the documents as BSON. */
  readonly bytes: bigint;
  readonly quota: { readonly documents?: bigint; readonly bytes?: bigint };
  /** Blocks after its last change in which a document goes; absent: it stays. */
  readonly ttl?: number;
  readonly block: BlockRefJson;
}

export interface DatabaseStats extends Omit<CollectionStats, 'ttl'> {
  readonly collections: bigint;
}
