import { accept, concatBytes, equalBytes, refuse, uint32FromBytes, uint32ToBytes } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { authoritiesFromBytes, authoritiesFromJson, authoritiesToBytes, authoritiesToJson, problemOfAuthorities } from '@vsys/consensus/rules';
import type { Authority } from '@vsys/consensus/rules';

/** The key seals its blocks. */
export type PoaAuthority = Authority;

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
const HEAD_BYTES = 11;
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
  const problem = problemOfAuthorities(authorities, 'authorities', AUTHORITIES_MAX);
  if (problem !== undefined) return wrong(problem);
  if (!isWhole(finalityDepth, poaMajority(authorities.length), authorities.length)) {
    return wrong(`finalityDepth: expected ${poaMajority(authorities.length)} to ${authorities.length}, found ${finalityDepth}`);
  }
  return accept(undefined);
}

/** Version 1, periodMs u32, backoffMs u32, finalityDepth u16, count u16; then per authority account 20 bytes, key 32 bytes. Big-endian. */
export function poaParamsToBytes({ periodMs, backoffMs, finalityDepth, authorities }: PoaParams): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION), uint32ToBytes(periodMs), uint32ToBytes(backoffMs), Uint8Array.of(finalityDepth >> 8, finalityDepth & 0xff), authoritiesToBytes(authorities));
}

/** Strict: accepts only what `poaParamsToBytes` writes for parameters that hold. */
export function poaParamsFromBytes(bytes: Uint8Array): Verdict<PoaParams, 'POA_PARAMS'> {
  if (bytes.length < HEAD_BYTES) return refuse('POA_PARAMS', `expected at least ${HEAD_BYTES} bytes, found ${bytes.length}`);
  if (bytes[0] !== VERSION) return refuse('POA_PARAMS', `expected version ${VERSION}, found ${bytes[0]}`);
  const authorities = authoritiesFromBytes(bytes.subarray(HEAD_BYTES));
  if (authorities === undefined) return refuse('POA_PARAMS', `${bytes.length - HEAD_BYTES} bytes are no list of authorities`);
  const params = { periodMs: uint32FromBytes(bytes, 1), backoffMs: uint32FromBytes(bytes, 5), finalityDepth: ((bytes[9] as number) << 8) | (bytes[10] as number), authorities };
  const checked = checkPoaParams(params);
  if (!checked.ok) return checked;
  return equalBytes(poaParamsToBytes(params), bytes) ? accept(params) : refuse('POA_PARAMS', 'the bytes are not canonical');
}

/** `{ periodMs?, backoffMs?, finalityDepth?, authorities: [{ account, key }] }` with bytes in hexadecimal. */
export function poaParamsFromJson(json: unknown): Verdict<PoaParams, 'POA_PARAMS'> {
  if (!isRecord(json)) return refuse('POA_PARAMS', 'expected an object');
  const unknown = Object.keys(json).find((key) => !['periodMs', 'backoffMs', 'finalityDepth', 'authorities'].includes(key));
  if (unknown !== undefined) return refuse('POA_PARAMS', `${unknown}: there is no such parameter`);
  const authorities = authoritiesFromJson(json['authorities'], 'authorities');
  if (typeof authorities === 'string') return refuse('POA_PARAMS', authorities);
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
  return { periodMs, backoffMs, finalityDepth, authorities: authoritiesToJson(params.authorities) };
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
