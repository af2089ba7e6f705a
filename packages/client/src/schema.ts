import { clientFailure } from './client-failure.ts';
import { ObjectId } from './object-id.ts';
import { Decimal128, Uuid } from './values.ts';

/** What a kind of field is in the application. */
interface Kinds {
  readonly string: string;
  readonly boolean: boolean;
  /** Whole ones of 32 bits, or doubles. */
  readonly number: number;
  readonly int: number;
  readonly long: bigint;
  readonly decimal: Decimal128;
  readonly date: Date;
  readonly binary: Uint8Array;
  readonly uuid: Uuid;
  readonly objectId: ObjectId;
  readonly any: unknown;
}

export type Kind = keyof Kinds;
/** A kind, with "?" where the field may be absent; `[kind]` for a list; an object for an object. */
export type FieldSchema = Kind | `${Kind}?` | readonly [FieldSchema] | Schema;
export interface Schema { readonly [name: string]: FieldSchema }

type Optional<S extends Schema> = { [Name in keyof S]: S[Name] extends `${Kind}?` ? Name : never }[keyof S];
type FieldOf<F> = F extends `${infer K extends Kind}?` ? Kinds[K] : F extends Kind ? Kinds[F] : F extends readonly [infer One] ? FieldOf<One>[] : F extends Schema ? Infer<F> : never;
type Flat<T> = { [Name in keyof T]: T[Name] } & {};

/**
 * The documents that a schema describes.
 *
 * @example
 * const note = { text: 'string', done: 'boolean', due: 'date?', tags: ['string'] } as const;
 * type Note = Infer<typeof note>; // { text: string; done: boolean; tags: string[]; due?: Date }
 */
export type Infer<S extends Schema> = Flat<{ -readonly [Name in Exclude<keyof S, Optional<S>>]: FieldOf<S[Name]> } & { -readonly [Name in Optional<S>]?: FieldOf<S[Name]> }>;

const CHECKS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  number: (value) => typeof value === 'number',
  int: (value) => typeof value === 'number' && value === (value | 0),
  long: (value) => typeof value === 'bigint',
  decimal: (value) => value instanceof Decimal128,
  date: (value) => value instanceof Date,
  binary: (value) => value instanceof Uint8Array,
  uuid: (value) => value instanceof Uuid,
  objectId: (value) => value instanceof ObjectId,
  any: () => true,
};

/**
 * Whether a document is as declared. It is this client that looks, before it signs: the chain takes what others write without it.
 *
 * @throws ClientError CLIENT_SCHEMA, 121 for MongoDB's people
 */
export function checkSchema(schema: Schema, document: Readonly<Record<string, unknown>>, at = ''): void {
  for (const [name, field] of Object.entries(schema)) checkField(field, document[name], at + name);
  const strange = Object.keys(document).find((name) => !Object.hasOwn(schema, name) && !(at === '' && name === '_id') && document[name] !== undefined);
  if (strange !== undefined) throw clientFailure('CLIENT_SCHEMA', `"${at}${strange}" is not in the schema; it has ${Object.keys(schema).join(', ')}`, { path: at + strange });
}

/** One field, also alone, as an update sets it. */
export function checkField(field: FieldSchema, value: unknown, path: string): void {
  if (Array.isArray(field)) {
    if (!Array.isArray(value)) throw notA(path, 'a list', value);
    for (const [i, one] of value.entries()) checkField(field[0] as FieldSchema, one, `${path}[${i}]`);
  } else if (typeof field === 'object') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notA(path, 'an object', value);
    checkSchema(field as Schema, value as Readonly<Record<string, unknown>>, `${path}.`);
  } else {
    const kind = (field as string).replace('?', '') as Kind;
    if (value === undefined && field !== kind) return;
    if (!CHECKS[kind](value)) throw notA(path, kind === 'long' ? 'a bigint' : `a ${kind}`, value);
  }
}

/** The declared field at a dotted path; undefined where the schema does not tell. */
export function fieldAt(schema: Schema, path: string): FieldSchema | undefined {
  let at: FieldSchema | undefined = schema;
  for (const part of path.split('.')) {
    if (typeof at !== 'object') return undefined;
    at = Array.isArray(at) ? (/^\d+$/.test(part) ? at[0] as FieldSchema : undefined) : Object.hasOwn(at, part) ? (at as Schema)[part] : undefined;
  }
  return at;
}

function notA(path: string, what: string, found: unknown): Error {
  return clientFailure('CLIENT_SCHEMA', `"${path}" must be ${what}; found ${describe(found)}`, { path });
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 40));
  if (typeof value === 'bigint') return `${value}n`;
  return typeof value === 'object' && value !== null ? `a ${value.constructor?.name ?? 'object'}` : String(value);
}
