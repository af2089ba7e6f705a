import type { Height, StateRoot } from '@vsys/primitives';

/** A change to one key; `undefined` deletes. */
export interface StateWrite {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
  /** Only where the value is `undefined`: deletes every key that begins with this one, however many, before any other write of the block is done. */
  readonly below?: true;
}

export interface StateRange {
  /** First key, included. */
  readonly from: Uint8Array;
  /** End, not included; absent: to the last key. */
  readonly to?: Uint8Array;
  readonly reverse?: boolean;
  /** Most rows. */
  readonly limit: number;
}

export interface StateRow {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

export interface ChangesRange {
  /** First key, included. */
  readonly from: Uint8Array;
  /** End, not included; absent: to the last key. */
  readonly to?: Uint8Array;
}

/** A key whose value differs between two states; undefined where it is absent. */
export interface StateChange {
  readonly key: Uint8Array;
  readonly before: Uint8Array | undefined;
  readonly after: Uint8Array | undefined;
}

/** Both states, with what they have in common closed. */
export interface ChangesProof {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** The state after one block: read-only, at a fixed root. */
export interface StateView {
  readonly root: StateRoot;
  get(key: Uint8Array): Promise<Uint8Array | undefined>;
  /** One read for all: never await single gets in a loop. */
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>;
  range(range: StateRange): Promise<readonly StateRow[]>;
  /** Proof of presence or absence of each key. Checked by `verifyKeys` of `@vsys/state/proof`. */
  proveKeys(keys: readonly Uint8Array[]): Promise<Uint8Array>;
  /** The rows and a proof that they are all rows between the first bound and the last row (or the end). Checked by `verifyRange`. */
  proveRange(range: StateRange): Promise<{ readonly rows: readonly StateRow[]; readonly proof: Uint8Array; /** More rows lie beyond the limit. */ readonly more: boolean }>;
  /**
   * The keys of a range whose values are others than in an earlier or later state, and the proof that they are all; subtrees that are equal are not looked into.
   * Checked by `verifyChanges`, for the range from `from` to `end`.
   *
   * @param since - a view of the same state
   * @param limit - most changes, 1 to `STATE_CHANGES_MAX`; `end` tells where the range was cut, undefined when it was not
   */
  proveChanges(since: StateView, range: ChangesRange, limit: number): Promise<{ readonly changes: readonly StateChange[]; readonly proof: ChangesProof; readonly end: Uint8Array | undefined }>;
}

/**
 * Authenticated ordered state of one chain: a base at the last flushed block on disk, and overlays above it for any branch.
 * One writer: calls to `fork`, `flush` and `drop` are not made at the same time.
 */
export interface State extends AsyncDisposable {
  /** Height and root of the base on disk. */
  readonly base: { readonly height: Height; readonly root: StateRoot };
  /** The view of a root that is the base or an overlay; undefined when it is not known. */
  view(root: StateRoot, height?: Height): StateView | undefined;
  /** Makes the overlay of a child block. Keys are distinct; order does not matter. The root depends on content only. What is deleted with `below` costs the way to it. */
  fork(parent: StateView, height: Height, writes: readonly StateWrite[]): Promise<StateView>;
  /**
   * Moves the base up to `view`, an overlay above it, in one atomic batch, with `extra` operations of the caller in the same batch;
   * keeps what it overwrote for reads `asOf` inside the retention window.
   */
  flush(view: StateView, extra?: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[]): Promise<void>;
  /** Forgets overlays that do not descend from the base, and those given. */
  drop(views: readonly StateView[]): void;
  /** The view at a height at or below the base, inside the retention window; undefined outside it. */
  asOf(height: Height): Promise<StateView | undefined>;
  close(): Promise<void>;
}
