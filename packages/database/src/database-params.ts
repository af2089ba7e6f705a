import { accept, CodedError, equalBytes, invariant, refuse, type Verdict } from '@vsys/primitives';
import { decodeDocument, encodeDocument, type Value } from '@vsys/data-format/value';
import { systemKey } from './system-keys.ts';

/** The chain's rules for what is stored, fixed in its spec. */
export interface DatabaseParams {
  /** Units of the coin held for each byte of keys and values of a document and its entries. 0: no deposits. */
  readonly depositPerByte: bigint;
  /** And for each key. */
  readonly depositPerKey: bigint;
  /** Blocks after which what an account may write begins anew. 0: it may write what it pays for. */
  readonly windowBlocks: bigint;
  /** Bytes of documents that an account may write in these. */
  readonly windowBytes: bigint;
}

/** Thrown at genesis by a spec whose parameters do not hold. */
export class DatabaseParamsError extends CodedError<'DB_PARAMS'> {}

/** A chain to try things on asks for nothing. */
export const databaseDefaults: DatabaseParams = { depositPerByte: 0n, depositPerKey: 0n, windowBlocks: 0n, windowBytes: 0n };

export const DATABASE_PARAMS_KEY: Uint8Array = systemKey('params');

const NAMES = ['depositPerByte', 'depositPerKey', 'windowBlocks', 'windowBytes'] as const;
/** So that no document's deposit passes the numbers of a coin. */
const UNITS_MAX = 1_000_000_000n;
const MAX: DatabaseParams = { depositPerByte: UNITS_MAX, depositPerKey: UNITS_MAX, windowBlocks: 1_000_000_000n, windowBytes: 1n << 60n };

/** Canonical BSON of all fields, in this order; no bytes for the defaults. */
export function databaseParamsToBytes(params: DatabaseParams): Uint8Array {
  if (NAMES.every((name) => params[name] === databaseDefaults[name])) return new Uint8Array();
  const encoded = encodeDocument(new Map<string, Value>(NAMES.map((name) => [name, params[name]])));
  invariant(encoded.ok, 'parameters of the database encode');
  return encoded.value;
}

/** No bytes stand for the defaults. */
export function databaseParamsFromBytes(bytes: Uint8Array): Verdict<DatabaseParams, 'DB_PARAMS'> {
  if (bytes.length === 0) return accept(databaseDefaults);
  const decoded = decodeDocument(bytes);
  if (!decoded.ok) return refuse('DB_PARAMS', decoded.message, { reason: decoded.code });
  for (const name of NAMES) {
    const value = decoded.value.get(name);
    if (typeof value !== 'bigint' || value < 0n || value > MAX[name]) return refuse('DB_PARAMS', `${name}: expected 0 to ${MAX[name]}`);
  }
  const params = Object.fromEntries(NAMES.map((name) => [name, decoded.value.get(name)])) as unknown as DatabaseParams;
  if ((params.windowBlocks === 0n) !== (params.windowBytes === 0n)) return refuse('DB_PARAMS', 'windowBlocks and windowBytes: both or neither');
  return equalBytes(databaseParamsToBytes(params), bytes) ? accept(params) : refuse('DB_PARAMS', `the parameters are ${NAMES.join(', ')}, in this order, and none where all are 0`);
}

/** @param record - under `DATABASE_PARAMS_KEY` */
export function databaseParamsFromRecord(record: Uint8Array | undefined): DatabaseParams {
  if (record === undefined) return databaseDefaults;
  const read = databaseParamsFromBytes(record);
  invariant(read.ok, 'genesis wrote parameters that hold');
  return read.value;
}
