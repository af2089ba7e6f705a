import { accept, concatBytes, equalBytes, refuse, uint32FromBytes, uint32ToBytes } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { authoritiesFromBytes, authoritiesFromJson, authoritiesToBytes, authoritiesToJson, problemOfAuthorities } from '@vsys/consensus/rules';
import type { Authority } from '@vsys/consensus/rules';

/** The key seals its proposals and signs its votes. */
export type BftValidator = Authority;

export interface BftParams {
  /** Least time from parent to child. */
  readonly periodMs: number;
  /** How long each step of round 0 is waited for. */
  readonly timeoutMs: number;
  /** What each further round adds to that. */
  readonly timeoutDeltaMs: number;
  /** In order of turns, as the chain begins; later ones stand in headers. */
  readonly validators: readonly BftValidator[];
}

const VERSION = 1;
const HEAD_BYTES = 13;
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
  const problem = problemOfAuthorities(validators, 'validators', BFT_VALIDATORS_MAX);
  if (problem !== undefined) return wrong(problem);
  return accept(undefined);
}

/** Version, periodMs u32, timeoutMs u32, timeoutDeltaMs u32, count u16; then per validator account 20 bytes, key 32 bytes. Big-endian. */
export function bftParamsToBytes({ periodMs, timeoutMs, timeoutDeltaMs, validators }: BftParams): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION), uint32ToBytes(periodMs), uint32ToBytes(timeoutMs), uint32ToBytes(timeoutDeltaMs), authoritiesToBytes(validators));
}

/** Strict: accepts only what `bftParamsToBytes` writes for parameters that hold. */
export function bftParamsFromBytes(bytes: Uint8Array): Verdict<BftParams, 'BFT_PARAMS'> {
  if (bytes.length < HEAD_BYTES) return refuse('BFT_PARAMS', `expected at least ${HEAD_BYTES} bytes, found ${bytes.length}`);
  if (bytes[0] !== VERSION) return refuse('BFT_PARAMS', `expected version ${VERSION}, found ${bytes[0]}`);
  const validators = authoritiesFromBytes(bytes.subarray(HEAD_BYTES));
  if (validators === undefined) return refuse('BFT_PARAMS', `${bytes.length - HEAD_BYTES} bytes are no list of validators`);
  const params = { periodMs: uint32FromBytes(bytes, 1), timeoutMs: uint32FromBytes(bytes, 5), timeoutDeltaMs: uint32FromBytes(bytes, 9), validators };
  const checked = checkBftParams(params);
  if (!checked.ok) return checked;
  return equalBytes(bftParamsToBytes(params), bytes) ? accept(params) : refuse('BFT_PARAMS', 'the bytes are not canonical');
}

/** `{ periodMs?, timeoutMs?, timeoutDeltaMs?, validators: [{ account, key }] }` with bytes in hexadecimal. */
export function bftParamsFromJson(json: unknown): Verdict<BftParams, 'BFT_PARAMS'> {
  if (!isRecord(json)) return refuse('BFT_PARAMS', 'expected an object');
  const unknown = Object.keys(json).find((key) => !['periodMs', 'timeoutMs', 'timeoutDeltaMs', 'validators'].includes(key));
  if (unknown !== undefined) return refuse('BFT_PARAMS', `${unknown}: there is no such parameter`);
  const validators = authoritiesFromJson(json['validators'], 'validators');
  if (typeof validators === 'string') return refuse('BFT_PARAMS', validators);
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
  return { periodMs, timeoutMs, timeoutDeltaMs, validators: authoritiesToJson(validators) };
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
