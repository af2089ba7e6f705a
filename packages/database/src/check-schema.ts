import { accept, refuse, type Verdict } from '@vsys/primitives';
import { compareValues, documentToJson, isArray, isDocument, isNumeric, type Value } from '@vsys/data-format/value';
import type { GasMeter } from '@vsys/container';
import type { Bound, SchemaNode, Size } from './collection-schema.ts';
import { databaseGas } from './gas.ts';
import { BSON_TYPES, bsonTypeOf, JSON_TYPES } from './schema-types.ts';

/** MongoDB's number for a document that fails validation. */
const MONGO = 121;
/** Characters of a path that a refusal tells: names may be as long as documents. */
const PATH_SHOWN = 256;

/**
 * Whether a document is as its collection's schema says. Charges for every field and element that it comes to, and for all values of an `enum`; the same in a client, which asks before it signs.
 *
 * @returns a refusal with `data` `{mongo: 121, path, keyword, expected, found}`; the first field that does not fit, in the order of the schema
 */
export function checkSchema(schema: SchemaNode, document: Value, gas: Pick<GasMeter, 'charge'>): Verdict<void, 'DB_VALIDATION'> {
  return checkNode(schema, document, '', gas);
}

function checkNode(node: SchemaNode, value: Value, path: string, gas: Pick<GasMeter, 'charge'>): Verdict<void, 'DB_VALIDATION'> {
  gas.charge(databaseGas.schemaStep + databaseGas.comparison * BigInt(node.allowedSize));
  if (node.types !== undefined && !isOne(node.types, JSON_TYPES, value)) return unfit(path, 'type', node.types.join(' or '), value);
  if (node.bsonTypes !== undefined && !isOne(node.bsonTypes, BSON_TYPES, value)) return unfit(path, 'bsonType', node.bsonTypes.join(' or '), value);
  if (node.allowed !== undefined && !node.allowed.some((one) => compareValues(one, value) === 0)) return unfit(path, node.allowed.length === 1 ? 'const' : 'enum', node.allowed.map(shown).join(', '), value);
  const bound = node.bounds.find((one) => !holdsBound(one, value));
  if (bound !== undefined) return unfit(path, bound.keyword, shown(bound.than), value);
  const size = node.sizes.find((one) => !holdsSize(one, value));
  if (size !== undefined) return unfit(path, size.keyword, String(size.than), value);
  if (isDocument(value)) return checkFields(node, value, path, gas);
  return isArray(value) && node.items !== undefined ? checkItems(node.items, value, path, gas) : accept(undefined);
}

function checkFields({ properties, required, additional }: SchemaNode, value: ReadonlyMap<string, Value>, path: string, gas: Pick<GasMeter, 'charge'>): Verdict<void, 'DB_VALIDATION'> {
  gas.charge(databaseGas.schemaStep * BigInt(properties.size + required.length + value.size));
  const missing = required.find((name) => !value.has(name));
  if (missing !== undefined) return unfit(within(path, missing), 'required', 'a value', undefined);
  for (const [name, node] of properties) {
    const field = value.get(name);
    const fits = field === undefined ? accept(undefined) : checkNode(node, field, within(path, name), gas);
    if (!fits.ok) return fits;
  }
  if (additional === true) return accept(undefined);
  for (const [name, field] of value) {
    // Every document has an `_id`, so a schema need not name it.
    if (properties.has(name) || (path === '' && name === '_id')) continue;
    const fits = additional === false ? unfit(within(path, name), 'additionalProperties', 'no such field', field) : checkNode(additional, field, within(path, name), gas);
    if (!fits.ok) return fits;
  }
  return accept(undefined);
}

function checkItems(items: SchemaNode, value: readonly Value[], path: string, gas: Pick<GasMeter, 'charge'>): Verdict<void, 'DB_VALIDATION'> {
  for (const [i, element] of value.entries()) {
    const fits = checkNode(items, element, within(path, String(i)), gas);
    if (!fits.ok) return fits;
  }
  return accept(undefined);
}

function isOne(names: readonly string[], types: ReadonlyMap<string, (value: Value) => boolean>, value: Value): boolean {
  return names.some((name) => types.get(name)?.(value) === true);
}

/** As in JSON Schema, a bound is for numbers and says nothing of others. What is not a number is below all that are: it holds no bound. */
function holdsBound({ keyword, than }: Bound, value: Value): boolean {
  if (value === null || !isNumeric(value)) return true;
  if (Number.isNaN(value) || (typeof value === 'object' && value.kind === 'decimal128' && value.text === 'NaN')) return false;
  const order = compareValues(value, than);
  switch (keyword) {
    case 'minimum': return order >= 0;
    case 'maximum': return order <= 0;
    case 'exclusiveMinimum': return order > 0;
    case 'exclusiveMaximum': return order < 0;
  }
}

function holdsSize({ keyword, than }: Size, value: Value): boolean {
  switch (keyword) {
    case 'minLength': return typeof value !== 'string' || lengthOf(value) >= than;
    case 'maxLength': return typeof value !== 'string' || lengthOf(value) <= than;
    case 'minItems': return !isArray(value) || value.length >= than;
    case 'maxItems': return !isArray(value) || value.length <= than;
  }
}

/** In code points, as JSON Schema counts. */
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length++;
  return length;
}

function within(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function unfit(path: string, keyword: string, expected: string, found: Value | undefined): Verdict<never, 'DB_VALIDATION'> {
  const at = path.slice(0, PATH_SHOWN);
  const [wanted, is] = [expected.slice(0, 120), found === undefined ? 'nothing' : shown(found)];
  return refuse('DB_VALIDATION', `${at === '' ? 'the document' : `"${at}"`} does not hold ${keyword} (${wanted}); found ${is}`, { mongo: MONGO, path: at, keyword, expected: wanted, found: is });
}

/** For people: short, with the type where the text does not tell. */
function shown(value: Value): string {
  const type = bsonTypeOf(value);
  if (type === 'object' || type === 'array') return `an ${type}`;
  const json = documentToJson(new Map([['v', value]]));
  return `${type} ${json.slice(json.indexOf(':') + 1, -1).trim().slice(0, 60)}`;
}
