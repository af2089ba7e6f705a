import { CodedError } from '@vsys/primitives';

export type StateErrorCode = 'STATE_KEY_LENGTH' | 'STATE_VALUE_LENGTH' | 'STATE_KEY_TWICE' | 'STATE_RANGE' | 'STATE_VIEW_DROPPED' | 'STATE_VIEW_UNKNOWN' | 'STATE_CORRUPT' | 'STATE_CLOSED' | 'STATE_FAILED' | 'STATE_OPTIONS' | 'STATE_NOT_EMPTY' | 'STATE_IMPORTING' | 'STATE_IMPORT_OTHER' | 'STATE_IMPORT_BUSY';

export class StateError extends CodedError<StateErrorCode> {}
