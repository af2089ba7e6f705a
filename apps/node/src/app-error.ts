import { CodedError } from '@vsys/primitives';

export type AppErrorCode =
  | 'CONFIG_UNKNOWN' | 'CONFIG_VALUE' | 'CONFIG_SYNTAX' | 'CONFIG_MISSING' | 'KEY_FILE' | 'KEY_EXISTS' | 'SPEC_FILE' | 'MODULE_UNKNOWN' | 'PORT_BUSY' | 'USAGE' | 'NETWORK' | 'REFUSED' | 'NOT_FOUND' | 'DATA_ROW';

/** What the command line shows: the message says what happened and what to do. */
export class AppError extends CodedError<AppErrorCode> {}

/** By class, so that scripts can tell them apart. */
export function exitCodeOf(code: string): number {
  if (['USAGE', 'CONFIG_UNKNOWN', 'CONFIG_VALUE', 'CONFIG_SYNTAX', 'CONFIG_MISSING', 'KEY_EXISTS'].includes(code)) return 2;
  if (code === 'NETWORK' || code === 'PORT_BUSY' || code.startsWith('CLIENT_')) return 3;
  if (code === 'REFUSED' || /^(TX|DB|QUERY|COIN)_/.test(code)) return 4;
  if (code === 'NOT_FOUND') return 5;
  return 1;
}
