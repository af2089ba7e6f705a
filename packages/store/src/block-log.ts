import { CodedError } from '@vsys/primitives';

/** Longest record, in bytes. */
export const RECORD_BYTES_MAX = 33_554_432;

export type BlockLogErrorCode =
  | 'BLOCK_LOG_CLOSED'
  | 'BLOCK_LOG_RANGE'
  | 'BLOCK_LOG_RECORD_LENGTH'
  | 'BLOCK_LOG_CORRUPT'
  | 'BLOCK_LOG_VERSION'
  | 'BLOCK_LOG_FAILED';

/** Causes and remedies: the package's README. A full disk is `StoreError` `STORE_FULL`, a second process `STORE_LOCKED`. */
export class BlockLogError extends CodedError<BlockLogErrorCode> {}

export interface BlockLogRecord {
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/**
 * Append-only records that survive a loss of power: the truth from which a node's store is replayed. Records have 0 to
 * `RECORD_BYTES_MAX` bytes; inputs are copied before `append` returns its promise, outputs belong to the caller.
 */
export interface BlockLog extends AsyncDisposable {
  /**
   * Durable before the promise resolves, all of the call's records or none. Calls land in their order.
   *
   * @returns the sequence of the first record: from 0, without gaps; `next` when there are no records
   */
  append(records: readonly Uint8Array[]): Promise<number>;
  /** The sequence that the next record will get: how many are durable. */
  readonly next: number;
  /** @throws BlockLogError `BLOCK_LOG_RANGE` when there is no such record, `BLOCK_LOG_CORRUPT` when its bytes changed */
  read(sequence: number): Promise<Uint8Array>;
  /** The records from `from` up to what is durable at the first step, in order. */
  records(from: number): AsyncIterable<BlockLogRecord>;
  /** Waits for what is under way. May be called again. */
  close(): Promise<void>;
}

/** Refuses records above the limit; for implementations. */
export function checkRecords(records: readonly Uint8Array[]): void {
  for (const record of records) {
    if (record.length <= RECORD_BYTES_MAX) continue;
    throw new BlockLogError('BLOCK_LOG_RECORD_LENGTH', `expected a record of at most ${RECORD_BYTES_MAX} bytes, found ${record.length}`);
  }
}

/** Refuses a sequence that is not a whole number from 0 to `max`; for implementations. */
export function checkSequence(sequence: number, max: number): void {
  if (!Number.isSafeInteger(sequence) || sequence < 0 || sequence > max) {
    throw new BlockLogError('BLOCK_LOG_RANGE', `expected a sequence from 0 to ${max}, found ${sequence}`, { sequence, max });
  }
}
