import type { StoreOp } from './store.ts';

/**
 * What a driver writes: an engine without manners. `storeFromEngine` adds the checks, the copies of inputs, the order of
 * batches and the orderly close, so that every driver has them alike.
 */
export interface StoreEngine extends EngineReader {
  /** Atomic. Called one at a time; the operations are checked and belong to the engine. */
  write(ops: readonly StoreOp[]): Promise<void>;
  view(): Promise<EngineView>;
  /** Called once, with no call under way and no cursor or view open. */
  close(): Promise<void>;
}

export interface EngineReader {
  /** Values that nobody else holds, as plain `Uint8Array`. */
  getMany(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]>;
  /** The view it reads is fixed when its first `next` resolves, or before. */
  cursor(range: EngineRange): EngineCursor;
}

export interface EngineView extends EngineReader {
  close(): Promise<void>;
}

/** Checked: bounds have at least one byte, the limit is `Infinity` or a whole number from 1. */
export interface EngineRange {
  readonly gte: Uint8Array | undefined;
  readonly lt: Uint8Array | undefined;
  readonly reverse: boolean;
  readonly limit: number;
}

export interface EngineCursor {
  /** The next few entries in order; none means the end. */
  next(): Promise<readonly (readonly [Uint8Array, Uint8Array])[]>;
  /** Called once, with no `next` under way. */
  close(): Promise<void>;
}
