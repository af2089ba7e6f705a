import { CodedError } from '@vsys/primitives';

/**
 * Between our values and protobufjs' messages. Two traps are closed here: its encoder writes a bigint as 0 without a word, and it writes
 * a default that is set explicitly, so that one value would have two encodings.
 */
export class FormatError extends CodedError<'FORMAT_RANGE' | 'FORMAT_FIELD'> {}

const UINT64_MAX = 0xffff_ffff_ffff_ffffn;

/** @throws FormatError `FORMAT_RANGE` */
export function longFromBigint(field: string, value: bigint): { low: number; high: number; unsigned: true } {
  if (value < 0n || value > UINT64_MAX) throw new FormatError('FORMAT_RANGE', `${field} must be 0 to 2^64 - 1, found ${value}`, { field });
  return { low: Number(value & 0xffff_ffffn) | 0, high: Number(value >> 32n) | 0, unsigned: true };
}

/** Field of a decoded message: absent or default gives the default. */
export interface Fields {
  bytes(name: string): Uint8Array;
  text(name: string): string;
  uint32(name: string): number;
  uint64(name: string): bigint;
  flag(name: string): boolean;
  list(name: string): readonly unknown[];
  child(name: string): Fields | undefined;
}

export function readFields(message: object): Fields {
  const own = (name: string): unknown => (Object.hasOwn(message, name) ? (message as Record<string, unknown>)[name] : undefined);
  return {
    bytes: (name) => copy(own(name) as Uint8Array | undefined),
    text: (name) => (own(name) as string | undefined) ?? '',
    uint32: (name) => (own(name) as number | undefined) ?? 0,
    uint64: (name) => bigintFromLong(own(name)),
    flag: (name) => (own(name) as boolean | undefined) ?? false,
    list: (name) => (own(name) as unknown[] | undefined) ?? [],
    child(name) {
      const value = own(name);
      return value === undefined || value === null ? undefined : readFields(value as object);
    },
  };
}

/** Decoded bytes share memory with the network's buffer. */
export function copy(bytes: Uint8Array | undefined): Uint8Array {
  return bytes === undefined ? new Uint8Array() : new Uint8Array(bytes);
}

function bigintFromLong(value: unknown): bigint {
  if (value === undefined) return 0n;
  if (typeof value === 'number') return BigInt(value);
  const { low, high } = value as { low: number; high: number };
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** A message with its defaults left out. */
export function dropDefaults(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === 0 || value === '' || value === false) continue;
    if (typeof value === 'bigint') {
      if (value !== 0n) kept[name] = longFromBigint(name, value);
    } else if (ArrayBuffer.isView(value) || Array.isArray(value)) {
      if ((value as { length: number }).length > 0) kept[name] = value;
    } else kept[name] = value;
  }
  return kept;
}
