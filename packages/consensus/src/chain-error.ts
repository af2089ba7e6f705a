import { CodedError } from '@vsys/primitives';

/** Thrown when a chain cannot be opened or run on: a broken environment, not a bad block. */
export class ChainError extends CodedError<'CHAIN_WRONG_DATA' | 'CHAIN_LOG_BEHIND' | 'CHAIN_REPLAY' | 'CHAIN_SPEC' | 'CHAIN_CONTAINER' | 'CHAIN_STORE' | 'CHAIN_CLOSED'> {}
