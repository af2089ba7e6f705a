import { accept, equalBytes, fromHex, refuse, toHex } from '@vsys/primitives';
import type { AccountId, Verdict } from '@vsys/primitives';

export interface BftValidator {
  readonly account: AccountId;
  /** Ed25519 public key that seals its proposals and signs its votes, 32 bytes. */
  readonly key: Uint8Array;
}

export interface BftParams {
  /** Least time from parent to child. */
  readonly periodMs: number;
  /** How long each step of round 0 is waited for. */
  readonly timeoutMs: number;
  /** What each further round adds to that. */
  readonly timeoutDeltaMs: number;
  /** In order of turns. They do not change: another list is another chain. */
  readonly validators: readonly BftValidator[];
}

const VERSION = 1;
const HEAD_BYTES = 15;
const VALIDATOR_BYTES = 20 + 32;
/** A certificate of 86 signatures fits a header's seal many times, but each light client checks all of them. */
export const BFT_VALIDATORS_MAX = 128;

/** Votes that decide: more than two thirds. */
export function bftQuorum(validators: number): number {
  return Math.floor((2 * validators) / 3) + 1;
}

/** Ranges of every field; uniqueness of accounts and keys. */
export function checkBftParams(params: BftParams): Verdict<void, 'BFT_PARAMS'> {
  const { periodMs, timeoutMs, timeoutDeltaMs, validators } = params;
  const wrong = (message: string): Verdict<void, 'BFT_PARAMS'> => refuse('BFT_PARAMS', message);
  if (!isWhole(periodMs, 10, 3_600_000)) return wrong(`periodMs: expected 10 to 3,600,000, found ${periodMs}`);
  if (!isWhole(timeoutMs, 10, 60_000)) return wrong(`timeoutMs: expected 10 to 60,000, found ${timeoutMs}`);
  if (!isWhole(timeoutDeltaMs, 1, 60_000)) return wrong(`timeoutDeltaMs: expected 1 to 60,000, found ${timeoutDeltaMs}`);
  if (validators.length < 1 || validators.length > BFT_VALIDATORS_MAX) return wrong(`validators: expected 1 to ${BFT_VALIDATORS_MAX}, found ${validators.length}`);
  const taken = new Set<string>();
  for (const [i, { account, key }] of validators.entries()) {
    if (account.length !== 20) return wrong(`validators[${i}].account: expected 20 bytes, found ${account.length}`);
    if (key.length !== 32) return wrong(`validators[${i}].key: expected 32 bytes, found ${key.length}`);
    for (const name of [`account ${toHex(account)}`, `key ${toHex(key)}`]) {
      if (taken.has(name)) return wrong(`validators: ${name} is listed twice`);
      taken.add(name);
    }
  }
  return accept(undefined);
}

/** Version, periodMs u32, timeoutMs u32, timeoutDeltaMs u32, count u16; then per validator account 20 bytes, key 32 bytes. Big-endian. */
export function bftParamsToBytes(params: BftParams): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + params.validators.length * VALIDATOR_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, params.periodMs);
  view.setUint32(5, params.timeoutMs);
  view.setUint32(9, params.timeoutDeltaMs);
  view.setUint16(13, params.validators.length);
  params.validators.forEach(({ account, key }, i) => {
    bytes.set(account, HEAD_BYTES + i * VALIDATOR_BYTES);
    bytes.set(key, HEAD_BYTES + i * VALIDATOR_BYTES + 20);
  });
  return bytes;
}

/** Strict: accepts only what `bftParamsToBytes` writes for parameters that hold. */
export function bftParamsFromBytes(bytes: Uint8Array): Verdict<BftParams, 'BFT_PARAMS'> {
  if (bytes.length < HEAD_BYTES) return refuse('BFT_PARAMS', `expected at least ${HEAD_BYTES} bytes, found ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint8(0) !== VERSION) return refuse('BFT_PARAMS', `expected version ${VERSION}, found ${view.getUint8(0)}`);
  const count = view.getUint16(13);
  if (bytes.length !== HEAD_BYTES + count * VALIDATOR_BYTES) return refuse('BFT_PARAMS', `expected ${count} validators, found ${bytes.length} bytes in all`);
  const validators = Array.from({ length: count }, (_, i): BftValidator => {
    const at = HEAD_BYTES + i * VALIDATOR_BYTES;
    return { account: bytes.slice(at, at + 20), key: bytes.slice(at + 20, at + VALIDATOR_BYTES) };
  });
  const params = { periodMs: view.getUint32(1), timeoutMs: view.getUint32(5), timeoutDeltaMs: view.getUint32(9), validators };
  const checked = checkBftParams(params);
  if (!checked.ok) return checked;
  return equalBytes(bftParamsToBytes(params), bytes) ? accept(params) : refuse('BFT_PARAMS', 'the bytes are not canonical');
}

/** `{ periodMs?, timeoutMs?, timeoutDeltaMs?, validators: [{ account, key }] }` with bytes in hexadecimal. */
export function bftParamsFromJson(json: unknown): Verdict<BftParams, 'BFT_PARAMS'> {
  if (!isRecord(json)) return refuse('BFT_PARAMS', 'expected an object');
  const unknown = Object.keys(json).find((key) => !['periodMs', 'timeoutMs', 'timeoutDeltaMs', 'validators'].includes(key));
  if (unknown !== undefined) return refuse('BFT_PARAMS', `${unknown}: there is no such parameter`);
  if (!Array.isArray(json['validators'])) return refuse('BFT_PARAMS', 'validators: expected a list');
  const validators: BftValidator[] = [];
  for (const [i, validator] of (json['validators'] as readonly unknown[]).entries()) {
    if (!isRecord(validator)) return refuse('BFT_PARAMS', `validators[${i}]: expected an object`);
    const account = hexOf(validator['account'], 20);
    const key = hexOf(validator['key'], 32);
    if (account === undefined) return refuse('BFT_PARAMS', `validators[${i}].account: expected 40 hexadecimal digits`);
    if (key === undefined) return refuse('BFT_PARAMS', `validators[${i}].key: expected 64 hexadecimal digits`);
    validators.push({ account, key });
  }
  const timeoutMs = numberOf(json['timeoutMs'], 1_000);
  const params: BftParams = {
    periodMs: numberOf(json['periodMs'], 1_000),
    timeoutMs,
    timeoutDeltaMs: numberOf(json['timeoutDeltaMs'], Math.max(1, Math.floor(timeoutMs / 2))),
    validators,
  };
  const checked = checkBftParams(params);
  return checked.ok ? accept(params) : checked;
}

export function bftParamsToJson({ periodMs, timeoutMs, timeoutDeltaMs, validators }: BftParams): unknown {
  return { periodMs, timeoutMs, timeoutDeltaMs, validators: validators.map(({ account, key }) => ({ account: toHex(account), key: toHex(key) })) };
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
