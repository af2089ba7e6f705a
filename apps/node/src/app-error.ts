import { CodedError } from '@vsys/primitives';
import type { AddressCode } from '@vsys/crypto';

export type AppErrorCode =
  | 'CONFIG_UNKNOWN' | 'CONFIG_VALUE' | 'CONFIG_SYNTAX' | 'CONFIG_MISSING' | 'KEY_FILE' | 'KEY_EXISTS' | 'FILE_EXISTS' | 'SPEC_FILE' | 'ERA_FILE' | 'MODULE_UNKNOWN' | 'MODULE_FILE' | 'PORT_BUSY' | 'USAGE' | 'NETWORK' | 'REFUSED' | 'NOT_FOUND' | 'DATA_ROW' | 'DATA_FILE' | 'NODE_ENDED' | 'ADDRESS_NETWORK' | AddressCode;

/** What the command line shows: the message says what happened and what to do. */
export class AppError extends CodedError<AppErrorCode> {}

/** What the caller gave or named: the same command with the same files fails again. */
const INPUT: readonly string[] = [
  'USAGE', 'CONFIG_UNKNOWN', 'CONFIG_VALUE', 'CONFIG_SYNTAX', 'CONFIG_MISSING', 'KEY_FILE', 'KEY_EXISTS', 'FILE_EXISTS', 'SPEC_FILE', 'ERA_FILE', 'MODULE_UNKNOWN', 'MODULE_FILE', 'DATA_ROW',
  'DATA_FILE', 'CHAIN_SPEC', 'CHAIN_CONTAINER', 'CHAIN_WRONG_DATA', 'NODE_SIGNER_DATA', 'P2P_ADDRESS_INVALID',
];
/** What the chain says to a transaction while it runs, beside the codes of its containers. */
const RUNNING: readonly string[] = ['REFUSED', 'OUT_OF_GAS', 'TOO_MANY_READS'];

/** By class, so that scripts can tell them apart: 2 input, 3 network, 4 refused by the chain, 5 not there, 1 all else. */
export function exitCodeOf(code: string): number {
  if (INPUT.includes(code) || /^(ADDRESS|JSON)_/.test(code)) return 2;
  if (code === 'NETWORK' || code === 'PORT_BUSY' || code === 'RPC_PORT_BUSY' || code === 'P2P_LISTEN' || code.startsWith('CLIENT_')) return 3;
  if (RUNNING.includes(code) || /^(TX|DB|QUERY|COIN|SPOS|IDENTITY|NAME|TOKEN|ATTESTATION|MODERATION)_/.test(code)) return 4;
  if (code === 'NOT_FOUND') return 5;
  return 1;
}
