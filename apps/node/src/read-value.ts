/** What people type for documents, ids, sorts and indexes, read without loss. */
import { text as textOf } from 'node:stream/consumers';
import { InvalidArgumentError } from 'commander';
import { CodedError } from '@vsys/primitives';
import { type Document, documentFromJson, type JsonCode, type Value } from '@vsys/data-format/value';
import type { IndexDefinition } from '@vsys/database/ops';
import type { SortField } from '@vsys/database-query/verify';
import { AppError } from './app-error.ts';

/** What was typed or piped is not the JSON that a command takes. */
export class JsonError extends CodedError<JsonCode> {}

/** @param what - names the argument */
export function readDocument(text: string, what: string): Document {
  const read = documentFromJson(text);
  if (!read.ok) throw new JsonError(read.code, `${what}: ${read.message}; found ${quote(text)}`);
  return read.value;
}

/** An update with MongoDB's operators. @param what - names the argument */
export function readUpdate(text: string, what: string): Document {
  const read = documentFromJson(text, 'kept');
  if (!read.ok) throw new JsonError(read.code, `${what}: ${read.message}; found ${quote(text)}`);
  return read.value;
}

/** An `_id` as typed: JSON where it is JSON, such as 7, "7" or {"$oid": …}; else the text itself. */
export function readId(text: string): Value {
  const read = documentFromJson(`{"_id":${text}}`);
  const id = read.ok && read.value.size === 1 ? read.value.get('_id') : undefined;
  return id === undefined || id === null ? text : id;
}

/** The argument itself, or for `-` all of stdin. */
export async function argumentOrStdin(argument: string): Promise<string> {
  if (argument !== '-') return argument;
  if (process.stdin.isTTY) throw new AppError('USAGE', '"-" reads stdin, which is a terminal; pipe something into the command');
  return textOf(process.stdin);
}

/** `country,-people`: fields in order, a minus for descending. */
export function readFields(text: string): readonly SortField[] {
  const fields = text.split(',').map((one): SortField => (one.startsWith('-') ? { path: one.slice(1), direction: -1 } : { path: one, direction: 1 }));
  if (fields.some(({ path }) => path === '')) throw new InvalidArgumentError('It must be fields with commas between them, such as country,-people.');
  return fields;
}

/** `name:field,-field` or `name:field:unique`. */
export function readIndex(text: string): IndexDefinition {
  const [name = '', fields = '', kind, ...more] = text.split(':');
  if (name === '' || fields === '' || more.length > 0 || (kind !== undefined && kind !== 'unique')) {
    throw new InvalidArgumentError('It must be name:fields or name:fields:unique, such as place:country,-people.');
  }
  return { name, fields: readFields(fields), unique: kind === 'unique' };
}

/** For options that are given again and again. */
export function collectIndexes(text: string, before: readonly IndexDefinition[] = []): readonly IndexDefinition[] {
  return [...before, readIndex(text)];
}

/** @param max - by default what a JSON number holds */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) throw new InvalidArgumentError(max === Number.MAX_SAFE_INTEGER ? `It must be a whole number from ${min}.` : `It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

const UINT64_MAX = 0xffff_ffff_ffff_ffffn;

/** A whole number of up to 64 bits, exactly. */
export function wholeBigint(text: string): bigint {
  const value = /^\d{1,20}$/.test(text) ? BigInt(text) : 0n;
  if (value < 1n || value > UINT64_MAX) throw new InvalidArgumentError(`It must be a whole number from 1 to ${UINT64_MAX}, in digits only.`);
  return value;
}

/** The beginning of what somebody gave, for a message. */
export function quote(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line === '' ? 'nothing' : line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
