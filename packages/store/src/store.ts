/** Longest key, in bytes. A prefix added by `withPrefix` counts. */
export const KEY_BYTES_MAX = 65_536;
/** Longest value, in bytes. */
export const VALUE_BYTES_MAX = 67_108_864;

export type StoreOp =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'delete'; readonly key: Uint8Array };

export interface RangeOptions {
  /** The least key wanted, itself included. */
  readonly gte?: Uint8Array | undefined;
  /** The bound above: keys below it. An empty bound is below every key. */
  readonly lt?: Uint8Array | undefined;
  /** From the greatest key down. */
  readonly reverse?: boolean | undefined;
  /** At most so many entries, counted from the end that comes first; 0 gives none. */
  readonly limit?: number | undefined;
}

/** Reads in one ordered space of keys, ordered by unsigned bytes. What is returned belongs to the caller. */
export interface StoreReader {
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** One value per key, in the order asked, as one read of the engine. */
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  /**
   * Entries in order of keys. Can be walked once; sees the store as it was at the first step, whatever is written after.
   * Leave it by finishing or breaking the loop: one left half-way holds its view until the store closes.
   */
  iterate(options?: RangeOptions): AsyncIterable<readonly [Uint8Array, Uint8Array]>;
}

/** The store as it was when the snapshot was taken. */
export interface StoreSnapshot extends StoreReader {
  /** Ends the iterators over it; may be called again. */
  close(): Promise<void>;
}

/**
 * An ordered key-value store. Keys have 1 to `KEY_BYTES_MAX` bytes, values 0 to `VALUE_BYTES_MAX`. Every input is copied
 * before the call returns its promise. A write survives the death of the process, not a loss of power: what must survive
 * that goes to a `BlockLog` first.
 */
export interface Store extends StoreReader, AsyncDisposable {
  /** All or nothing; the last operation on a key wins. Batches land in the order of the calls. */
  batch(ops: readonly StoreOp[]): Promise<void>;
  snapshot(): Promise<StoreSnapshot>;
  /** Waits for what is under way, ends open iterators and snapshots, then closes. May be called again. */
  close(): Promise<void>;
}
