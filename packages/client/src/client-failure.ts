import { ClientError, type ClientErrorCode } from '@vsys/rpc/client';

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

/** Numbers that drivers of MongoDB know, so that what handles them there handles them here. */
const MONGO_CODES: Readonly<Record<string, number>> = {
  DB_DUPLICATE: 11_000, DB_EXISTS: 48, CLIENT_SCHEMA: 121, DB_VERSION: 112, DB_NOT_OWNER: 13, TX_NOT_AUTHORIZED: 13, CLIENT_NO_WALLET: 13, CLIENT_WRITE_RULE: 13,
  DB_NO_COLLECTION: 26, DB_NO_DATABASE: 26, QUERY_NO_COLLECTION: 26, QUERY_MALFORMED: 2, CLIENT_UPDATE: 9, DB_PATCH_TYPE: 14, DB_PATCH_CONFLICT: 40,
  DB_PATCH_PATH: 28, DB_KEY_TOO_LONG: 17_280, CLIENT_TIMEOUT: 50, QUERY_CURSOR: 43, CLIENT_CURSOR: 43, CLIENT_LAGGED: 286,
};

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
