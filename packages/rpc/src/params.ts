/** Readers of what somebody sent, each beside the JSON schema that tells of it, so that the two cannot part. */
import { accept, fromHex, type Refusal, refuse, type Verdict } from '@vsys/primitives';
import type { Query } from '@vsys/database-query';
import { queryFromJson } from '@vsys/database-query/verify';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** One parameter: how it is told of, and how it is read. */
export interface Param<T> {
  readonly schema: JsonSchema;
  /** @param name - how a refusal names it, such as `locator[3]` */
  read(value: unknown, name: string): Verdict<T>;
}

/** Depth at which a query is no longer looked at: documents nest 32 deep, and what reads JSON further on is recursive. */
const QUERY_DEPTH_MAX = 64;

/** Lower-case hex of so many bytes. */
export function hex(bytesMin: number, bytesMax: number = bytesMin): Param<Uint8Array> {
  const digits = bytesMin === bytesMax ? `${2 * bytesMin}` : `an even number from ${2 * bytesMin} to ${2 * bytesMax} of`;
  const pattern = bytesMin === bytesMax ? `^[0-9a-f]{${2 * bytesMin}}$` : `^([0-9a-f]{2}){${bytesMin},${bytesMax}}$`;
  const form = new RegExp(pattern);
  return {
    schema: { type: 'string', pattern },
    read: (value, name) => (typeof value === 'string' && form.test(value) ? accept(fromHex(value)) : wrong(name, `${digits} lower-case hex digits`, value)),
  };
}

/** Base64 with padding, in the one form that encoding again gives. */
export function base64(): Param<Uint8Array> {
  return {
    schema: { type: 'string', contentEncoding: 'base64' },
    read(value, name) {
      // Node skips what is not base64; only a text that comes back the same was all of it.
      const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : undefined;
      if (bytes === undefined || bytes.length === 0 || bytes.toString('base64') !== value) return wrong(name, 'base64 of at least one byte, with padding', value);
      return accept(new Uint8Array(bytes));
    },
  };
}

export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): Param<number> {
  return {
    schema: { type: 'integer', minimum: min, maximum: max },
    read: (value, name) => (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max ? accept(value as number) : wrong(name, `a whole number from ${min} to ${max}`, value)),
  };
}

export function oneOf<T extends string>(...names: readonly T[]): Param<T> {
  return {
    schema: { enum: names },
    read: (value, name) => (names.includes(value as T) ? accept(value as T) : wrong(name, `one of ${names.map((one) => `"${one}"`).join(', ')}`, value)),
  };
}

/** More than `max` entries are refused with RPC_LIMIT before any is read. */
export function list<T>(item: Param<T>, min: number, max: number): Param<readonly T[]> {
  return {
    schema: { type: 'array', items: item.schema, minItems: min, maxItems: max },
    read(value, name) {
      if (!Array.isArray(value) || value.length < min) return wrong(name, `a list of ${min} to ${max} entries`, value);
      if (value.length > max) return refuse('RPC_LIMIT', `"${name}" has ${value.length} entries, at most ${max} are taken`);
      const read: T[] = [];
      for (const [i, one] of value.entries()) {
        const verdict = item.read(one, `${name}[${i}]`);
        if (!verdict.ok) return verdict;
        read.push(verdict.value);
      }
      return accept(read);
    },
  };
}

export function query(): Param<Query> {
  return {
    schema: { $ref: '#/components/schemas/Query' },
    read(value, name) {
      if (typeof value !== 'object' || value === null) return wrong(name, 'a query: an object with database, collection and filter', value);
      if (isDeeper(value, QUERY_DEPTH_MAX)) return refuse('RPC_LIMIT', `"${name}" nests deeper than ${QUERY_DEPTH_MAX}`);
      return queryFromJson(value);
    },
  };
}

/** What was found, without repeating it. */
export function wrong(name: string, right: string, value: unknown): Refusal<'RPC_PARAMS'> {
  return refuse('RPC_PARAMS', `"${name}" is ${right}; found ${found(value)}`);
}

function found(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  return typeof value === 'number' ? `the number ${value}` : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** By a stack of its own: what is looked for here is what would overflow the machine's. */
function isDeeper(value: unknown, max: number): boolean {
  const stack = [{ value, depth: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth >= max) return true;
    for (const inner of Object.values(next.value)) stack.push({ value: inner, depth: next.depth + 1 });
  }
  return false;
}
