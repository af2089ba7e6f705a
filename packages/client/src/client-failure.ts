import { ClientError, type ClientErrorCode } from '@vsys/rpc/client';
import { MONGO_CODES } from './mongo-codes.ts';

/** What this package itself throws with; codes of the node, the chain and `@vsys/rpc/client` pass through. */
export type DriverCode =
  | 'CLIENT_VALUE' | 'CLIENT_SCHEMA' | 'CLIENT_UPDATE' | 'CLIENT_SCAN_MAX' | 'CLIENT_FEE_MAX' | 'CLIENT_NO_WALLET' | 'CLIENT_OWNER' | 'CLIENT_INDEX' | 'CLIENT_WRITE_RULE'
  | 'CLIENT_TEST_WALLET' | 'CLIENT_TRUST' | 'CLIENT_MODULE' | 'CLIENT_LAGGED' | 'CLIENT_CURSOR' | 'CLIENT_SESSION' | 'CLIENT_KEYSTORE';

export function clientFailure(code: DriverCode, message: string, data: Readonly<Record<string, unknown>> = {}): ClientError {
  return new ClientError(code, message, data);
}

/** The same with a code of the client underneath. */
export function clientFailureOfRpc(code: ClientErrorCode, message: string, data: Readonly<Record<string, unknown>> = {}): ClientError {
  return new ClientError(code, message, data);
}

/**
 * MongoDB's number for an error of ours, where it has one: 11000 duplicate, 112 conflict of writes, 121 validation, 13 not allowed.
 *
 * @example
 * try { await write; } catch (error) { if (mongoCode(error) === 11_000) sayThatItIsTaken(); }
 */
export function mongoCode(error: unknown): number | undefined {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && Object.hasOwn(MONGO_CODES, code) ? MONGO_CODES[code] : undefined;
}
