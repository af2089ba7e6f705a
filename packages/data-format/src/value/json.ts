import { type Verdict, accept, fromHex, refuse, toHex } from '@vsys/primitives';
import { decimal128 } from './decimal128.ts';
import { type Document, isArray, isDocument, type Value, valueLimits } from './value.ts';

/**
 * JSON at the edge. Reading takes JSON and MongoDB's Extended JSON alike; it refuses what JSON.parse would lose without a word: a name
 * that stands twice, and an integer past 2^53 (write {"$numberLong": "…"}).
 */
export type JsonCode = 'JSON_SYNTAX' | 'JSON_DUPLICATE' | 'JSON_INTEGER' | 'JSON_EXTENDED' | 'JSON_TOO_DEEP' | 'JSON_NOT_OBJECT';

class Stop {
  readonly code: JsonCode;
  readonly message: string;
  constructor(code: JsonCode, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** @param operators - `kept` leaves an object such as `{"$inc": …}` as it is, for an update; by default it is refused */
export function documentFromJson(text: string, operators: 'kept' | 'refused' = 'refused'): Verdict<Document, JsonCode> {
  const reader = { text, at: 0, operators };
  try {
    const value = readValue(reader, 0);
    skipSpace(reader);
    if (reader.at !== text.length) throw syntax(reader, 'the end');
    return isDocument(value) ? accept(value) : refuse('JSON_NOT_OBJECT', 'expected an object in braces');
  } catch (stop) {
    if (stop instanceof Stop) return refuse(stop.code, stop.message);
    throw stop;
  }
}

interface Reader { readonly text: string; readonly operators: 'kept' | 'refused'; at: number }

const syntax = (reader: Reader, expected: string): Stop => new Stop('JSON_SYNTAX', `expected ${expected} at character ${reader.at + 1}`);

function skipSpace(reader: Reader): void {
  while (' \t\n\r'.includes(reader.text[reader.at] ?? 'x')) reader.at++;
}

function readValue(reader: Reader, depth: number): Value {
  if (depth > valueLimits.depthMax + 1) throw new Stop('JSON_TOO_DEEP', `documents nest at most ${valueLimits.depthMax} deep`);
  skipSpace(reader);
  const first = reader.text[reader.at];
  if (first === '{') return readObject(reader, depth);
  if (first === '[') return readArray(reader, depth);
  if (first === '"') return readString(reader);
  for (const [word, value] of [['true', true], ['false', false], ['null', null]] as const) {
    if (reader.text.startsWith(word, reader.at)) {
      reader.at += word.length;
      return value;
    }
  }
  return readNumber(reader);
}

function readNumber(reader: Reader): Value {
  const pattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text);
  if (found === null) throw syntax(reader, 'a value');
  reader.at = pattern.lastIndex;
  const value = Number(found[0]);
  if (!Number.isFinite(value)) throw new Stop('JSON_INTEGER', 'a number is too large for a double');
  if (found[1] !== undefined || found[2] !== undefined || Object.is(value, -0)) return value;
  if (value === (value | 0)) return { kind: 'int32', value };
  if (!Number.isSafeInteger(value)) throw new Stop('JSON_INTEGER', 'an integer past 2^53 would lose digits; write {"$numberLong": "…"}');
  return BigInt(found[0]);
}

function readString(reader: Reader): string {
  // oxlint-disable-next-line no-control-regex -- JSON forbids exactly these characters inside a string
  const pattern = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
  pattern.lastIndex = reader.at;
  const found = pattern.exec(reader.text);
  if (found === null) throw syntax(reader, 'a string that ends');
  reader.at = pattern.lastIndex;
  return JSON.parse(found[0]) as string;
}

function readArray(reader: Reader, depth: number): Value[] {
  const values: Value[] = [];
  readList(reader, ']', () => void values.push(readValue(reader, depth + 1)));
  return values;
}

function readObject(reader: Reader, depth: number): Value {
  const document = new Map<string, Value>();
  readList(reader, '}', () => {
    skipSpace(reader);
    const name = readString(reader);
    skipSpace(reader);
    if (reader.text[reader.at] !== ':') throw syntax(reader, '":"');
    reader.at++;
    if (document.has(name)) throw new Stop('JSON_DUPLICATE', `a name stands twice before character ${reader.at + 1}`);
    document.set(name, readValue(reader, depth + 1));
  });
  return fromExtended(document, reader.operators);
}

function readList(reader: Reader, close: string, item: () => void): void {
  reader.at++;
  skipSpace(reader);
  if (reader.text[reader.at] === close) {
    reader.at++;
    return;
  }
  for (;;) {
    item();
    skipSpace(reader);
    const next = reader.text[reader.at++];
    if (next === close) return;
    if (next !== ',') {
      reader.at--;
      throw syntax(reader, `"," or "${close}"`);
    }
  }
}

const integer = (value: Value | undefined, name: string): bigint => {
  if (typeof value !== 'string' || !/^-?\d{1,19}$/.test(value)) throw new Stop('JSON_EXTENDED', `${name} takes a string of digits`);
  return BigInt(value);
};

function fromExtended(document: Map<string, Value>, operators: Reader['operators']): Value {
  const [name] = document.keys();
  if (document.size !== 1 || name === undefined || !name.startsWith('$')) return document;
  const value = document.get(name);
  switch (name) {
    case '$numberInt': return { kind: 'int32', value: Number(integer(value, name)) };
    case '$numberLong': return integer(value, name);
    case '$numberDouble': {
      const words: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Number.POSITIVE_INFINITY, '-Infinity': Number.NEGATIVE_INFINITY };
      if (typeof value !== 'string' || value.trim() === '' || (words[value] === undefined && Number.isNaN(Number(value)))) throw new Stop('JSON_EXTENDED', `${name} takes a number as a string`);
      return words[value] ?? Number(value);
    }
    case '$numberDecimal': {
      const decimal = typeof value === 'string' ? decimal128(value) : undefined;
      if (decimal?.ok !== true) throw new Stop('JSON_EXTENDED', `${name} takes a decimal number of at most 34 digits as a string, and rounds none away`);
      return decimal.value;
    }
    case '$oid':
      if (typeof value !== 'string' || !/^[0-9a-fA-F]{24}$/.test(value)) throw new Stop('JSON_EXTENDED', `${name} takes 24 hexadecimal digits`);
      return { kind: 'objectId', bytes: fromHex(value) };
    case '$date':
      if (typeof value === 'bigint') return { kind: 'date', timeMs: value };
      throw new Stop('JSON_EXTENDED', `${name} takes {"$numberLong": "milliseconds"}`);
    case '$binary': {
      const base64 = isDocument(value) ? value.get('base64') : undefined;
      const subtype = isDocument(value) ? value.get('subType') : undefined;
      if (typeof base64 !== 'string' || (subtype !== '00' && subtype !== '04')) throw new Stop('JSON_EXTENDED', `${name} takes {"base64": …, "subType": "00" or "04"}`);
      return { kind: 'binary', bytes: fromBase64(base64), subtype: subtype === '00' ? 0 : 4 };
    }
    default:
      if (operators === 'kept') return document;
      throw new Stop('JSON_EXTENDED', `${name} is not a kind of value here; field names do not begin with "$"`);
  }
}

function fromBase64(text: string): Uint8Array {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) throw new Stop('JSON_EXTENDED', '$binary takes base64');
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * Extended JSON. `relaxed` writes numbers as numbers where JSON holds them exactly, for people; canonical keeps every kind, for machines.
 */
export function documentToJson(document: Document, form: 'relaxed' | 'canonical' = 'relaxed'): string {
  return write(document, form);
}

function write(value: Value, form: 'relaxed' | 'canonical'): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    // A whole double must not come back as an int32: it keeps its point.
    const text = Object.is(value, -0) ? '-0.0' : Number.isInteger(value) && Math.abs(value) < 1e21 ? `${value}.0` : String(value);
    return form === 'canonical' || !Number.isFinite(value) ? `{"$numberDouble":"${text}"}` : text;
  }
  if (typeof value === 'bigint') {
    const plain = form === 'relaxed' && value === BigInt.asIntN(53, value) && value !== BigInt.asIntN(32, value);
    return plain ? String(value) : `{"$numberLong":"${value}"}`;
  }
  if (isArray(value)) return `[${value.map((one) => write(one, form)).join(',')}]`;
  if (isDocument(value)) return `{${[...value].map(([name, one]) => `${JSON.stringify(name)}:${write(one, form)}`).join(',')}}`;
  switch (value.kind) {
    case 'int32': return form === 'relaxed' ? String(value.value) : `{"$numberInt":"${value.value}"}`;
    case 'decimal128': return `{"$numberDecimal":${JSON.stringify(value.text)}}`;
    case 'date': return `{"$date":{"$numberLong":"${value.timeMs}"}}`;
    case 'objectId': return `{"$oid":"${toHex(value.bytes)}"}`;
    case 'binary': return `{"$binary":{"base64":"${btoa(String.fromCharCode(...value.bytes))}","subType":"0${value.subtype}"}}`;
  }
}
