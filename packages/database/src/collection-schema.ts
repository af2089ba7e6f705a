/** A declared subset of JSON Schema: docs/spec/database.md, "Schemas". Nothing in it can make a check take longer than schema and document are large. */
import { accept, refuse, type Verdict } from '@vsys/primitives';
import { type Document, encodeDocument, isArray, isDocument, isNumeric, type Numeric, type Value } from '@vsys/data-format/value';
import { BSON_TYPES, JSON_TYPES } from './schema-types.ts';

export const schemaLimits = {
  schemaBytesMax: 8_192,
  /** Schemas within schemas, the outermost one included. */
  schemaDepthMax: 10,
  /** Schemas in one, the outermost one included. */
  schemasMax: 256,
  enumMax: 64,
} as const;

/** One schema, read. */
export interface SchemaNode {
  readonly types?: readonly string[];
  readonly bsonTypes?: readonly string[];
  readonly properties: ReadonlyMap<string, SchemaNode>;
  readonly required: readonly string[];
  /** What `properties` does not name: any, none, or as the schema says. */
  readonly additional: boolean | SchemaNode;
  readonly items?: SchemaNode;
  /** Of `enum`, or of `const`. */
  readonly allowed?: readonly Value[];
  /** Fields, elements and values of `allowed` in all, which a comparison may have to look at. */
  readonly allowedSize: number;
  readonly bounds: readonly Bound[];
  readonly sizes: readonly Size[];
}

/** The schema of whole documents. */
export interface CollectionSchema extends SchemaNode {
  /** How many schemas it holds, itself included. */
  readonly schemas: number;
}

export interface Bound { readonly keyword: 'minimum' | 'maximum' | 'exclusiveMinimum' | 'exclusiveMaximum'; readonly than: Numeric }
export interface Size { readonly keyword: 'minLength' | 'maxLength' | 'minItems' | 'maxItems'; readonly than: number }

type Result<T> = Verdict<T, 'DB_SCHEMA'>;

/** For people who read it; they bind nothing. */
const NOTES = ['title', 'description'];
const BOUNDS = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'] as const;
const SIZES = ['minLength', 'maxLength', 'minItems', 'maxItems'] as const;
const KEYWORDS = ['type', 'bsonType', 'properties', 'required', 'additionalProperties', 'items', 'enum', 'const', ...BOUNDS, ...SIZES, ...NOTES];
/** A length is not above that of a document. */
const SIZE_MAX = 65_536;

/** Refuses what is no schema of the subset: a keyword that it does not have would be ignored by nobody but the chain. */
export function schemaFromDocument(schema: Document): Result<CollectionSchema> {
  const bytes = encodeDocument(schema);
  if (!bytes.ok) return wrong('', bytes.message);
  if (bytes.value.length > schemaLimits.schemaBytesMax) return refuse('DB_SCHEMA', `a schema has at most ${schemaLimits.schemaBytesMax} bytes as BSON, found ${bytes.value.length}`);
  const budget = { left: schemaLimits.schemasMax };
  const node = readNode(schema, '', 1, budget);
  return node.ok ? accept({ ...node.value, schemas: schemaLimits.schemasMax - budget.left }) : node;
}

interface Budget { left: number }

function readNode(schema: Value | undefined, at: string, depth: number, budget: Budget): Result<SchemaNode> {
  if (!isDocument(schema)) return wrong(at, 'a schema is an object');
  if (depth > schemaLimits.schemaDepthMax) return wrong(at, `schemas lie at most ${schemaLimits.schemaDepthMax} deep in one another`);
  if (budget.left-- <= 0) return wrong(at, `there are at most ${schemaLimits.schemasMax} schemas in one`);
  const strange = [...schema.keys()].find((keyword) => !KEYWORDS.includes(keyword));
  if (strange !== undefined) return wrong(at, `"${strange.slice(0, 40)}" is no keyword here; there are ${KEYWORDS.join(', ')}`);
  const note = NOTES.find((keyword) => schema.has(keyword) && typeof schema.get(keyword) !== 'string');
  if (note !== undefined) return wrong(at, `${note} is a text`);
  const parts = [readTypes(schema, 'type', JSON_TYPES, at), readTypes(schema, 'bsonType', BSON_TYPES, at), readAllowed(schema, at), readBounds(schema, at), readSizes(schema, at), readProperties(schema, at, depth, budget), readOthers(schema, at, depth, budget)] as const;
  const bad = parts.find((part) => !part.ok);
  if (bad !== undefined && !bad.ok) return bad;
  const node: SchemaNode = { properties: new Map(), required: [], additional: true, allowedSize: 0, bounds: [], sizes: [] };
  return accept(Object.assign(node, ...parts.map((part) => part.ok ? part.value : {})) as SchemaNode);
}

function readTypes(schema: Document, keyword: 'type' | 'bsonType', known: ReadonlyMap<string, unknown>, at: string): Result<Partial<SchemaNode>> {
  const value = schema.get(keyword);
  if (value === undefined) return accept({});
  const names = isArray(value) ? value : [value];
  if (names.length === 0 || new Set(names).size !== names.length || !names.every((name) => typeof name === 'string' && known.has(name))) return wrong(at, `${keyword} is one of ${[...known.keys()].join(', ')}, or a list of some, each once`);
  return accept({ [keyword === 'type' ? 'types' : 'bsonTypes']: names });
}

function readAllowed(schema: Document, at: string): Result<Partial<SchemaNode>> {
  const [list, only] = [schema.get('enum'), schema.get('const')];
  if (list === undefined && only === undefined) return accept({});
  if (list !== undefined && only !== undefined) return wrong(at, 'there is enum or const, not both');
  if (list !== undefined && (!isArray(list) || list.length === 0 || list.length > schemaLimits.enumMax)) return wrong(at, `enum is a list of 1 to ${schemaLimits.enumMax} values`);
  const allowed = list === undefined ? [only as Value] : list as readonly Value[];
  return accept({ allowed, allowedSize: allowed.reduce<number>((sum, value) => sum + sizeOf(value), 0) });
}

function readBounds(schema: Document, at: string): Result<Partial<SchemaNode>> {
  const bounds: Bound[] = [];
  for (const keyword of BOUNDS) {
    const than = schema.get(keyword);
    if (than === undefined) continue;
    if (than === null || !isNumeric(than) || Number.isNaN(than) || (typeof than === 'object' && than.kind === 'decimal128' && than.text === 'NaN')) return wrong(at, `${keyword} is a number`);
    bounds.push({ keyword, than });
  }
  return accept({ bounds });
}

function readSizes(schema: Document, at: string): Result<Partial<SchemaNode>> {
  const sizes: Size[] = [];
  for (const keyword of SIZES) {
    const value = schema.get(keyword);
    if (value === undefined) continue;
    const than = wholeOf(value);
    if (than === undefined || than < 0 || than > SIZE_MAX) return wrong(at, `${keyword} is a whole number of 0 to ${SIZE_MAX}`);
    sizes.push({ keyword, than });
  }
  return accept({ sizes });
}

function readProperties(schema: Document, at: string, depth: number, budget: Budget): Result<Partial<SchemaNode>> {
  const [fields, required = []] = [schema.get('properties'), schema.get('required')];
  if (!isArray(required) || !required.every((name) => typeof name === 'string') || new Set(required).size !== required.length) return wrong(at, 'required is a list of names, each once');
  if (fields !== undefined && !isDocument(fields)) return wrong(at, 'properties is an object');
  const properties = new Map<string, SchemaNode>();
  for (const [name, value] of fields ?? []) {
    const node = readNode(value, at === '' ? name : `${at}.${name}`, depth + 1, budget);
    if (!node.ok) return node;
    properties.set(name, node.value);
  }
  return accept({ properties, required: required as readonly string[] });
}

function readOthers(schema: Document, at: string, depth: number, budget: Budget): Result<Partial<SchemaNode>> {
  const [additional, items] = [schema.get('additionalProperties'), schema.get('items')];
  const others: { additional?: boolean | SchemaNode; items?: SchemaNode } = {};
  if (typeof additional === 'boolean') others.additional = additional;
  else if (additional !== undefined) {
    const node = readNode(additional, `${at}.*`, depth + 1, budget);
    if (!node.ok) return node;
    others.additional = node.value;
  }
  if (items !== undefined) {
    const node = readNode(items, `${at}.[]`, depth + 1, budget);
    if (!node.ok) return node;
    others.items = node.value;
  }
  return accept(others);
}

function wholeOf(value: Value): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  const plain = typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'int32' ? value.value : value;
  return typeof plain === 'number' && Number.isInteger(plain) ? plain : undefined;
}

/** Values in a value, itself included; of a text, also one for each 16 characters. */
function sizeOf(value: Value): number {
  if (typeof value === 'string') return 1 + (value.length >> 4);
  const inner = isDocument(value) ? [...value.values()] : isArray(value) ? value : [];
  return inner.reduce<number>((sum, one) => sum + sizeOf(one), 1);
}

function wrong(at: string, why: string): Verdict<never, 'DB_SCHEMA'> {
  return refuse('DB_SCHEMA', `${at === '' ? 'the schema' : `the schema of "${at.slice(0, 80)}"`}: ${why}`, { path: at });
}
