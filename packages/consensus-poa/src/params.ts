import { accept, equalBytes, fromHex, refuse, toHex } from '@vsys/primitives';
import type { AccountId, Verdict } from '@vsys/primitives';

export interface PoaAuthority {
  readonly account: AccountId;
  /** Ed25519 public key that seals its blocks, 32 bytes. */
  readonly key: Uint8Array;
}

export interface PoaParams {
  /** Least time from parent to child in turn. */
  readonly periodMs: number;
  /** How much longer each position out of turn waits. */
  readonly backoffMs: number;
  /** In order of turns. */
  readonly authorities: readonly PoaAuthority[];
  /** Distinct authorities that must have built on a block before it is final. */
  readonly finalityDepth: number;
}

const VERSION = 1;
const HEAD_BYTES = 13;
const AUTHORITY_BYTES = 20 + 32;
const AUTHORITIES_MAX = 1_024;

/** More than half. Also the window in which an authority may seal once. */
export function poaMajority(authorities: number): number {
  return Math.floor(authorities / 2) + 1;
}

/** Ranges of every field; uniqueness of accounts and keys. */
export function checkPoaParams(params: PoaParams): Verdict<void, 'POA_PARAMS'> {
  const { periodMs, backoffMs, authorities, finalityDepth } = params;
  const wrong = (message: string): Verdict<void, 'POA_PARAMS'> => refuse('POA_PARAMS', message);
  if (!isWhole(periodMs, 10, 3_600_000)) return wrong(`periodMs: expected 10 to 3,600,000, found ${periodMs}`);
  if (!isWhole(backoffMs, 1, 3_600_000)) return wrong(`backoffMs: expected 1 to 3,600,000, found ${backoffMs}`);
  if (authorities.length < 1 || authorities.length > AUTHORITIES_MAX) return wrong(`authorities: expected 1 to ${AUTHORITIES_MAX}, found ${authorities.length}`);
  if (!isWhole(finalityDepth, poaMajority(authorities.length), authorities.length)) {
    return wrong(`finalityDepth: expected ${poaMajority(authorities.length)} to ${authorities.length}, found ${finalityDepth}`);
  }
  const taken = new Set<string>();
  for (const [i, { account, key }] of authorities.entries()) {
    if (account.length !== 20) return wrong(`authorities[${i}].account: expected 20 bytes, found ${account.length}`);
    if (key.length !== 32) return wrong(`authorities[${i}].key: expected 32 bytes, found ${key.length}`);
    for (const name of [`account ${toHex(account)}`, `key ${toHex(key)}`]) {
      if (taken.has(name)) return wrong(`authorities: ${name} is listed twice`);
      taken.add(name);
    }
  }
  return accept(undefined);
}

/** Version 1, periodMs u32, backoffMs u32, finalityDepth u16, count u16; then per authority account 20 bytes, key 32 bytes. Big-endian. */
export function poaParamsToBytes(params: PoaParams): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + params.authorities.length * AUTHORITY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, params.periodMs);
  view.setUint32(5, params.backoffMs);
  view.setUint16(9, params.finalityDepth);
  view.setUint16(11, params.authorities.length);
  params.authorities.forEach((authority, i) => {
    bytes.set(authority.account, HEAD_BYTES + i * AUTHORITY_BYTES);
    bytes.set(authority.key, HEAD_BYTES + i * AUTHORITY_BYTES + 20);
  });
  return bytes;
}

/** Strict: accepts only what `poaParamsToBytes` writes for parameters that hold. */
export function poaParamsFromBytes(bytes: Uint8Array): Verdict<PoaParams, 'POA_PARAMS'> {
  if (bytes.length < HEAD_BYTES) return refuse('POA_PARAMS', `expected at least ${HEAD_BYTES} bytes, found ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== VERSION) return refuse('POA_PARAMS', `expected version ${VERSION}, found ${view.getUint8(0)}`);
  const count = view.getUint16(11);
  if (bytes.length !== HEAD_BYTES + count * AUTHORITY_BYTES) return refuse('POA_PARAMS', `expected ${count} authorities, found ${bytes.length} bytes in all`);
  const authorities = Array.from({ length: count }, (_, i): PoaAuthority => {
    const at = HEAD_BYTES + i * AUTHORITY_BYTES;
    return { account: bytes.slice(at, at + 20), key: bytes.slice(at + 20, at + 52) };
  });
  const params = { periodMs: view.getUint32(1), backoffMs: view.getUint32(5), finalityDepth: view.getUint16(9), authorities };
  const checked = checkPoaParams(params);
  if (!checked.ok) return checked;
  return equalBytes(poaParamsToBytes(params), bytes) ? accept(params) : refuse('POA_PARAMS', 'the bytes are not canonical');
}

/** `{ periodMs?, backoffMs?, finalityDepth?, authorities: [{ account, key }] }` with bytes in hexadecimal. */
export function poaParamsFromJson(json: unknown): Verdict<PoaParams, 'POA_PARAMS'> {
  if (!isRecord(json)) return refuse('POA_PARAMS', 'expected an object');
  const unknown = Object.keys(json).find((key) => !['periodMs', 'backoffMs', 'finalityDepth', 'authorities'].includes(key));
  if (unknown !== undefined) return refuse('POA_PARAMS', `${unknown}: there is no such parameter`);
  if (!Array.isArray(json['authorities'])) return refuse('POA_PARAMS', 'authorities: expected a list');
  const authorities: PoaAuthority[] = [];
  for (const [i, authority] of (json['authorities'] as readonly unknown[]).entries()) {
    if (!isRecord(authority)) return refuse('POA_PARAMS', `authorities[${i}]: expected an object`);
    const account = hexOf(authority['account'], 20);
    const key = hexOf(authority['key'], 32);
    if (account === undefined) return refuse('POA_PARAMS', `authorities[${i}].account: expected 40 hexadecimal digits`);
    if (key === undefined) return refuse('POA_PARAMS', `authorities[${i}].key: expected 64 hexadecimal digits`);
    authorities.push({ account, key });
  }
  const periodMs = numberOf(json['periodMs'], 1_000);
  const params: PoaParams = {
    periodMs,
    backoffMs: numberOf(json['backoffMs'], Math.max(1, Math.floor(periodMs / 2))),
    finalityDepth: numberOf(json['finalityDepth'], poaMajority(authorities.length)),
    authorities,
  };
  const checked = checkPoaParams(params);
  return checked.ok ? accept(params) : checked;
}

export function poaParamsToJson(params: PoaParams): unknown {
  const { periodMs, backoffMs, finalityDepth } = params;
  return { periodMs, backoffMs, finalityDepth, authorities: params.authorities.map(({ account, key }) => ({ account: toHex(account), key: toHex(key) })) };
}

function isWhole(value: number, from: number, to: number): boolean {
  return Number.isSafeInteger(value) && value >= from && value <= to;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** NaN for what is not a number, so that the range check refuses it by name. */
function numberOf(value: unknown, absent: number): number {
  if (value === undefined) return absent;
  return typeof value === 'number' ? value : Number.NaN;
}

function hexOf(value: unknown, length: number): Uint8Array | undefined {
  return typeof value === 'string' && value.length === 2 * length && /^[0-9a-f]*$/i.test(value) ? fromHex(value) : undefined;
}
