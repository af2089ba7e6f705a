import { type Verdict, accept, equalBytes, refuse } from '@vsys/primitives';
import { type Fields, FormatError, readFields } from './fields.ts';
import { type Codec, codec, type MessageName } from './schema.ts';

export type FormatCode = 'FORMAT_TOO_LARGE' | 'FORMAT_MALFORMED' | 'FORMAT_NOT_CANONICAL' | 'FORMAT_FIELD';

const codecs = new Map<MessageName, Codec>();

export function codecOf(name: MessageName): Codec {
  const known = codecs.get(name) ?? codec(name);
  codecs.set(name, known);
  return known;
}

/**
 * The only way in: decode, validate, encode again, compare. Protobuf readers accept many encodings of one value; what is hashed and signed
 * must have one.
 *
 * @param read - makes the value, or refuses a field
 * @param write - the canonical bytes of the value
 */
export function decodeCanonical<T>(
  name: MessageName, bytes: Uint8Array, bytesMax: number, read: (fields: Fields) => Verdict<T, FormatCode>, write: (value: T) => Uint8Array,
): Verdict<T, FormatCode> {
  if (bytes.length > bytesMax) return refuse('FORMAT_TOO_LARGE', `${name} has ${bytes.length} bytes, at most ${bytesMax} are allowed`);
  let message: object;
  try {
    message = codecOf(name).decode(bytes);
  } catch {
    // The library's text may quote the input; ours does not.
    return refuse('FORMAT_MALFORMED', `${name} is not a protobuf message of its schema`);
  }
  const value = read(readFields(message));
  if (!value.ok) return value;
  let again: Uint8Array;
  try {
    again = write(value.value);
  } catch (error) {
    if (error instanceof FormatError) return refuse('FORMAT_FIELD', error.message);
    throw error;
  }
  if (!equalBytes(again, bytes)) return refuse('FORMAT_NOT_CANONICAL', `${name} is encoded in another way than the canonical one; encode it again with this library`);
  return accept(value.value);
}

/** Refuses a byte field of the wrong length. */
export function fieldLength(message: string, field: string, bytes: Uint8Array, length: number): Verdict<void, FormatCode> {
  if (bytes.length === length) return accept(undefined);
  return refuse('FORMAT_FIELD', `${message}.${field} must have ${length} bytes, found ${bytes.length}`, { field });
}

/** A uint64 that must also be a safe integer: heights and times. */
export function safeInteger(message: string, field: string, value: bigint): Verdict<number, FormatCode> {
  if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return accept(Number(value));
  return refuse('FORMAT_FIELD', `${message}.${field} must be at most 2^53 - 1, found ${value}`, { field });
}
