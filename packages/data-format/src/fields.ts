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
  return new MessageFields(message as Record<string, unknown>);
}

/** A class for once: one is made for every message of every transaction, and closures for each field would be made with it. */
class MessageFields implements Fields {
  private readonly message: Readonly<Record<string, unknown>>;
  constructor(message: Readonly<Record<string, unknown>>) {
    this.message = message;
  }
  /** The prototype of a message holds the defaults of the library, which are not ours. */
  private own(name: string): unknown {
    return Object.hasOwn(this.message, name) ? this.message[name] : undefined;
  }
  bytes(name: string): Uint8Array {
    return copy(this.own(name) as Uint8Array | undefined);
  }
  text(name: string): string {
    return (this.own(name) as string | undefined) ?? '';
  }
  uint32(name: string): number {
    return (this.own(name) as number | undefined) ?? 0;
  }
  uint64(name: string): bigint {
    return bigintFromLong(this.own(name));
  }
  flag(name: string): boolean {
    return (this.own(name) as boolean | undefined) ?? false;
  }
  list(name: string): readonly unknown[] {
    return (this.own(name) as unknown[] | undefined) ?? [];
  }
  child(name: string): Fields | undefined {
    const value = this.own(name);
    return value === undefined || value === null ? undefined : readFields(value as object);
  }
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
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined || value === 0 || value === '' || value === false) continue;
    if (typeof value === 'bigint') {
      if (value !== 0n) kept[name] = longFromBigint(name, value);
    } else if (ArrayBuffer.isView(value) || Array.isArray(value)) {
      if ((value as { length: number }).length > 0) kept[name] = value;
    } else kept[name] = value;
  }
  return kept;
}
