import { CodedError } from '@vsys/primitives';

/** `KEY_LENGTH`, `KEY_RANGE`: a secret that is none. `KEY_PUBLIC`: bytes that are no public key of their scheme. */
export class KeyError extends CodedError<'KEY_LENGTH' | 'KEY_RANGE' | 'KEY_PUBLIC'> {}
