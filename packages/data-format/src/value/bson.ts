import { type Verdict, accept, equalBytes, refuse, utf8FromBytes } from '@vsys/primitives';
import { decimalFromBytes, decimalOf, decimalParts, decimalToBytes } from './decimal128.ts';
import { type Document, isArray, isDocument, type Value, valueLimits } from './value.ts';

/** The canonical bytes of a document: BSON, in the order of its fields, with the types below and no others. */
const TYPE = { double: 0x01, string: 0x02, document: 0x03, array: 0x04, binary: 0x05, objectId: 0x07, boolean: 0x08, date: 0x09, null: 0x0a, int32: 0x10, int64: 0x12, decimal128: 0x13 } as const;

export type ValueCode = 'VALUE_TOO_LARGE' | 'VALUE_TOO_DEEP' | 'VALUE_TOO_MANY_FIELDS' | 'VALUE_FIELD_NAME' | 'VALUE_RANGE' | 'VALUE_MALFORMED' | 'VALUE_NOT_CANONICAL' | 'VALUE_TYPE';

/** Thrown inside the codec only; what leaves it is a refusal. */
class Stop {
  readonly code: ValueCode;
  readonly message: string;
  constructor(code: ValueCode, message: string) {
    this.code = code;
    this.message = message;
  }
}

interface Writer { bytes: Uint8Array; view: DataView; at: number; fields: number }

// One buffer of the largest size for all: a document past it is refused anyway, encoding is never interrupted by another, and what comes out is a copy.
const scratch = new Uint8Array(valueLimits.documentBytesMax + 64);
const scratchView = new DataView(scratch.buffer);
const utf8 = new TextEncoder();

export function encodeDocument(document: Document): Verdict<Uint8Array, ValueCode> {
  const writer: Writer = { bytes: scratch, view: scratchView, at: 0, fields: 0 };
  try {
    writeDocument(writer, document.entries(), 1);
    if (writer.at > valueLimits.documentBytesMax) throw tooLarge();
  } catch (stop) {
    if (stop instanceof Stop) return refuse(stop.code, stop.message);
    throw stop;
  }
  return accept(scratch.slice(0, writer.at));
}

const tooLarge = (): Stop => new Stop('VALUE_TOO_LARGE', `a document has at most ${valueLimits.documentBytesMax} bytes`);

function reserve(writer: Writer, length: number): number {
  const at = writer.at;
  if (at + length > writer.bytes.length) throw tooLarge();
  writer.at += length;
  return at;
}

function writeName(writer: Writer, name: string): void {
  if (name === '' || name.startsWith('$') || name.includes('\0') || !name.isWellFormed()) {
    throw new Stop('VALUE_FIELD_NAME', 'a field name is not empty, does not begin with "$", and holds neither NUL nor half a character');
  }
  writeText(writer, name);
  writer.bytes[reserve(writer, 1)] = 0;
}

/** Returns how many bytes it took. The encoder writes nothing of a character that has no room. */
function writeText(writer: Writer, text: string): number {
  const { read, written } = utf8.encodeInto(text, writer.bytes.subarray(writer.at));
  if (read < text.length) throw tooLarge();
  writer.at += written;
  return written;
}

function writeRaw(writer: Writer, raw: Uint8Array): void {
  const at = reserve(writer, raw.length);
  writer.bytes.set(raw, at);
}

function writeDocument(writer: Writer, entries: Iterable<readonly [string, Value]>, depth: number): void {
  if (depth > valueLimits.depthMax) throw new Stop('VALUE_TOO_DEEP', `documents nest at most ${valueLimits.depthMax} deep`);
  const start = reserve(writer, 4);
  for (const [name, value] of entries) {
    if (++writer.fields > valueLimits.fieldsMax) throw new Stop('VALUE_TOO_MANY_FIELDS', `a document has at most ${valueLimits.fieldsMax} fields and array elements in all`);
    const typeAt = reserve(writer, 1);
    writeName(writer, name);
    writer.bytes[typeAt] = writeValue(writer, value, depth);
  }
  writer.bytes[reserve(writer, 1)] = 0;
  writer.view.setInt32(start, writer.at - start, true);
}

function writeValue(writer: Writer, value: Value, depth: number): number {
  if (value === null) return TYPE.null;
  if (typeof value === 'boolean') return (writer.bytes[reserve(writer, 1)] = value ? 1 : 0, TYPE.boolean);
  if (typeof value === 'number') {
    // One spelling for "not a number"; -0 stays what it is.
    return (writer.view.setFloat64(reserve(writer, 8), Number.isNaN(value) ? Number.NaN : value, true), TYPE.double);
  }
  if (typeof value === 'bigint') return (writeInt64(writer, value), TYPE.int64);
  if (typeof value === 'string') return (writeString(writer, value), TYPE.string);
  if (isDocument(value)) return (writeDocument(writer, value.entries(), depth + 1), TYPE.document);
  if (isArray(value)) return (writeDocument(writer, value.map((one, i) => [String(i), one] as const), depth + 1), TYPE.array);
  switch (value.kind) {
    case 'int32':
      if (!Number.isInteger(value.value) || value.value !== (value.value | 0)) throw new Stop('VALUE_RANGE', `an int32 is a whole number of 32 bits, found ${value.value}`);
      return (writer.view.setInt32(reserve(writer, 4), value.value, true), TYPE.int32);
    case 'decimal128': {
      const parts = decimalParts(value);
      if (parts === undefined) throw new Stop('VALUE_RANGE', 'the text of a decimal128 is the one that decimal128() gives');
      return (writeRaw(writer, decimalToBytes(parts)), TYPE.decimal128);
    }
    case 'date': return (writeInt64(writer, value.timeMs), TYPE.date);
    case 'objectId':
      if (value.bytes.length !== 12) throw new Stop('VALUE_RANGE', `an ObjectId has 12 bytes, found ${value.bytes.length}`);
      return (writeRaw(writer, value.bytes), TYPE.objectId);
    case 'binary':
      writer.view.setInt32(reserve(writer, 4), value.bytes.length, true);
      writer.bytes[reserve(writer, 1)] = value.subtype;
      return (writeRaw(writer, value.bytes), TYPE.binary);
  }
}

function writeInt64(writer: Writer, value: bigint): void {
  if (value !== BigInt.asIntN(64, value)) throw new Stop('VALUE_RANGE', 'an int64 is from -2^63 to 2^63 - 1');
  writer.view.setBigInt64(reserve(writer, 8), value, true);
}

function writeString(writer: Writer, text: string): void {
  if (!text.isWellFormed()) throw new Stop('VALUE_RANGE', 'a string holds half a character (a lone surrogate)');
  const lengthAt = reserve(writer, 4);
  writer.view.setInt32(lengthAt, writeText(writer, text) + 1, true);
  writer.bytes[reserve(writer, 1)] = 0;
}

interface Reader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
  fields: number;
  /** Something was read that may have other spellings, or may not be written at all. What remains has one spelling by the way it is read. */
  isDoubtful: boolean;
}

/** Strict: what does not encode to the same bytes again is refused. It is encoded again only where something in it leaves that open. */
export function decodeDocument(bytes: Uint8Array): Verdict<Document, ValueCode> {
  if (bytes.length > valueLimits.documentBytesMax) return refuse('VALUE_TOO_LARGE', tooLarge().message);
  const reader: Reader = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at: 0, fields: 0, isDoubtful: false };
  let document: Document;
  try {
    document = readDocument(reader, 1);
    if (reader.at !== bytes.length) throw new Stop('VALUE_MALFORMED', `${bytes.length - reader.at} bytes follow the document`);
  } catch (stop) {
    if (stop instanceof Stop) return refuse(stop.code, stop.message);
    // Reads past the end, bad UTF-8.
    return refuse('VALUE_MALFORMED', 'the bytes are not a document');
  }
  if (!reader.isDoubtful) return accept(document);
  const again = encodeDocument(document);
  if (!again.ok) return again;
  return equalBytes(again.value, bytes) ? accept(document) : refuse('VALUE_NOT_CANONICAL', 'the document is encoded in another way than the canonical one');
}

function readDocument(reader: Reader, depth: number): Map<string, Value> {
  if (depth > valueLimits.depthMax) throw new Stop('VALUE_TOO_DEEP', `documents nest at most ${valueLimits.depthMax} deep`);
  const end = reader.at + reader.view.getInt32(reader.at, true);
  if (end > reader.bytes.length || end < reader.at + 5) throw new Stop('VALUE_MALFORMED', 'a length points outside the document');
  reader.at += 4;
  const document = new Map<string, Value>();
  while (reader.at < end - 1) {
    if (++reader.fields > valueLimits.fieldsMax) throw new Stop('VALUE_TOO_MANY_FIELDS', `a document has at most ${valueLimits.fieldsMax} fields and array elements in all`);
    const type = reader.bytes[reader.at++] as number;
    const name = readName(reader, end);
    if (document.has(name)) throw new Stop('VALUE_FIELD_NAME', 'a field name stands twice');
    document.set(name, readValue(reader, type, depth));
  }
  if (reader.at !== end - 1 || reader.bytes[reader.at] !== 0) throw new Stop('VALUE_MALFORMED', 'a document does not end where its length says');
  reader.at = end;
  return document;
}

interface KnownName { readonly bytes: Uint8Array; readonly name: string }

const NAMES_KEPT_MAX = 1_024;
const NAME_KEPT_BYTES_MAX = 64;
/** Names come again with each document of a collection: they are found by their bytes, each in one place that the last of that place has. */
const knownNames: (KnownName | undefined)[] = Array.from({ length: NAMES_KEPT_MAX });

function readName(reader: Reader, end: number): string {
  const { bytes, at } = reader;
  let nameEnd = at;
  let hash = 0;
  for (; nameEnd < end && bytes[nameEnd] !== 0; nameEnd++) hash = (Math.imul(hash, 31) + (bytes[nameEnd] as number)) | 0;
  if (nameEnd >= end) throw new Stop('VALUE_MALFORMED', 'a field name has no end');
  reader.at = nameEnd + 1;
  // A name of no letters, or one that begins with "$", is not written.
  if (nameEnd === at || bytes[at] === 0x24) reader.isDoubtful = true;
  const place = hash & (NAMES_KEPT_MAX - 1);
  const known = knownNames[place];
  if (known !== undefined && isAt(bytes, at, nameEnd, known.bytes)) return known.name;
  const raw = bytes.slice(at, nameEnd);
  const name = utf8FromBytes(raw);
  if (raw.length <= NAME_KEPT_BYTES_MAX) knownNames[place] = { bytes: raw, name };
  return name;
}

function isAt(bytes: Uint8Array, at: number, end: number, wanted: Uint8Array): boolean {
  if (wanted.length !== end - at) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

function take(reader: Reader, length: number): Uint8Array {
  skip(reader, length);
  return reader.bytes.slice(reader.at - length, reader.at);
}

function skip(reader: Reader, length: number): void {
  if (length < 0 || reader.at + length > reader.bytes.length) throw new Stop('VALUE_MALFORMED', 'a length points outside the document');
  reader.at += length;
}

function readValue(reader: Reader, type: number, depth: number): Value {
  const fixed = (length: number): number => {
    reader.at += length;
    return reader.at - length;
  };
  switch (type) {
    case TYPE.null: return null;
    case TYPE.boolean: {
      const byte = take(reader, 1)[0] as number;
      if (byte > 1) reader.isDoubtful = true;
      return byte !== 0;
    }
    case TYPE.double: {
      const number = reader.view.getFloat64(fixed(8), true);
      if (Number.isNaN(number)) reader.isDoubtful = true;
      return number;
    }
    case TYPE.int32: return { kind: 'int32', value: reader.view.getInt32(fixed(4), true) };
    case TYPE.int64: return reader.view.getBigInt64(fixed(8), true);
    case TYPE.decimal128: {
      reader.isDoubtful = true;
      const parts = decimalFromBytes(take(reader, 16));
      if (parts === undefined) throw new Stop('VALUE_NOT_CANONICAL', 'a decimal128 has one NaN, no payloads, and at most 34 digits');
      return decimalOf(parts);
    }
    case TYPE.date: return { kind: 'date', timeMs: reader.view.getBigInt64(fixed(8), true) };
    case TYPE.objectId: return { kind: 'objectId', bytes: take(reader, 12) };
    case TYPE.string: {
      const length = reader.view.getInt32(fixed(4), true);
      const from = reader.at;
      skip(reader, length);
      if (length < 1 || reader.bytes[reader.at - 1] !== 0) reader.isDoubtful = true;
      return utf8FromBytes(reader.bytes.subarray(from, Math.max(from, reader.at - 1)));
    }
    case TYPE.document: return readDocument(reader, depth + 1);
    case TYPE.array: {
      const elements = readDocument(reader, depth + 1);
      let place = 0;
      for (const name of elements.keys()) if (name !== String(place++)) reader.isDoubtful = true;
      return [...elements.values()];
    }
    case TYPE.binary: {
      const length = reader.view.getInt32(fixed(4), true);
      const subtype = take(reader, 1)[0];
      if (subtype !== 0 && subtype !== 4) throw new Stop('VALUE_TYPE', `binary subtype ${subtype} is not kept here; 0 and 4 are`);
      return { kind: 'binary', bytes: take(reader, length), subtype };
    }
    default: throw new Stop('VALUE_TYPE', `BSON type ${type} is not kept here`);
  }
}
