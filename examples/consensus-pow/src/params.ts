import { accept, concatBytes, equalBytes, refuse, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';

export interface PowParams {
  /** Wanted time from block to block. */
  readonly periodMs: number;
  /** Tries that the first block takes on average; the next ones as many as the pace asks for. */
  readonly work: bigint;
  /** Blocks on top of one that make it final. */
  readonly finalityDepth: number;
}

const VERSION = 1;
const BYTES = 17;
export const WORK_MAX: bigint = 1n << 40n;

/** Version 1, periodMs u32, work u64, finalityDepth u32; big-endian. */
export function powParamsToBytes({ periodMs, work, finalityDepth }: PowParams): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION), uint32ToBytes(periodMs), uint64ToBytes(work), uint32ToBytes(finalityDepth));
}

export function powParamsFromBytes(bytes: Uint8Array): Verdict<PowParams> {
  if (bytes.length !== BYTES || bytes[0] !== VERSION) return refuse('POW_PARAMS', `expected ${BYTES} bytes of version ${VERSION}`);
  const params = { periodMs: uint32FromBytes(bytes, 1), work: uint64FromBytes(bytes, 5), finalityDepth: uint32FromBytes(bytes, 13) };
  const checked = checkPowParams(params);
  return checked.ok && !equalBytes(powParamsToBytes(params), bytes) ? refuse('POW_PARAMS', 'the bytes are not canonical') : checked;
}

/** `{ periodMs?, work?, finalityDepth? }`, all of them numbers. */
export function powParamsFromJson(json: unknown): Verdict<PowParams> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return refuse('POW_PARAMS', 'expected an object');
  const known: Record<string, unknown> = { periodMs: 1_000, work: 16_384, finalityDepth: 20 };
  for (const [name, value] of Object.entries(json)) {
    if (!(name in known)) return refuse('POW_PARAMS', `${name}: there is no such parameter`);
    known[name] = value;
  }
  for (const [name, value] of Object.entries(known)) if (!Number.isSafeInteger(value)) return refuse('POW_PARAMS', `${name}: expected a whole number, found ${String(value)}`);
  return checkPowParams({ periodMs: known['periodMs'] as number, work: BigInt(known['work'] as number), finalityDepth: known['finalityDepth'] as number });
}

function checkPowParams(params: PowParams): Verdict<PowParams> {
  const { periodMs, work, finalityDepth } = params;
  if (periodMs < 10 || periodMs > 3_600_000) return refuse('POW_PARAMS', `periodMs: expected 10 to 3,600,000, found ${periodMs}`);
  if (work < 1n || work > WORK_MAX) return refuse('POW_PARAMS', `work: expected 1 to ${WORK_MAX}, found ${work}`);
  if (finalityDepth < 1 || finalityDepth > 10_000) return refuse('POW_PARAMS', `finalityDepth: expected 1 to 10,000, found ${finalityDepth}`);
  return accept(params);
}
