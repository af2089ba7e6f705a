import { CodedError } from '@vsys/primitives';

export type StoreErrorCode =
  | 'STORE_CLOSED'
  | 'STORE_KEY_EMPTY'
  | 'STORE_KEY_LENGTH'
  | 'STORE_VALUE_LENGTH'
  | 'STORE_RANGE'
  | 'STORE_MISSING'
  | 'STORE_DRIVER_MISMATCH'
  | 'STORE_DRIVER_UNAVAILABLE'
  | 'STORE_LOCKED'
  | 'STORE_CORRUPT'
  | 'STORE_RECORD_DAMAGED'
  | 'STORE_FULL'
  | 'STORE_OPEN_FAILED'
  | 'STORE_IO';

/** Misuse of a store, or a broken disk under it. Causes and remedies: the package's README. */
export class StoreError extends CodedError<StoreErrorCode> {}
