import type { Document, Value } from '@vsys/data-format/value';
import type { FieldSchema, Kind, Schema } from './schema.ts';

/** What a kind is stored as, in the words of the chain's schemas. */
const BSON: Readonly<Record<Exclude<Kind, 'any'>, string | readonly string[]>> = {
  string: 'string', boolean: 'bool', number: ['int', 'double'], int: 'int', long: 'long', decimal: 'decimal', date: 'date', binary: 'binData', uuid: 'uuid', objectId: 'objectId',
};

/**
 * The schema that the chain holds documents to, from the one that types come from: what the driver refuses before it signs, the chain refuses of everybody.
 *
 * @example
 * schemaToDocument({ text: 'string', due: 'date?' }); // {bsonType: object, properties: {text: {bsonType: string}, due: {bsonType: date}}, required: [text], additionalProperties: false}
 */
export function schemaToDocument(schema: Schema): Document {
  const required = Object.entries(schema).filter(([, field]) => !(typeof field === 'string' && (field.endsWith('?') || field === 'any'))).map(([name]) => name);
  return new Map<string, Value>([
    ['bsonType', 'object'], ['properties', new Map(Object.entries(schema).map(([name, field]) => [name, fieldToDocument(field)]))],
    ...(required.length === 0 ? [] : [['required', required] as [string, Value]]), ['additionalProperties', false],
  ]);
}

function fieldToDocument(field: FieldSchema): Document {
  if (typeof field === 'string') {
    const kind = field.replace('?', '') as Kind;
    return kind === 'any' ? new Map() : new Map([['bsonType', BSON[kind]]]);
  }
  return Array.isArray(field) ? new Map<string, Value>([['bsonType', 'array'], ['items', fieldToDocument(field[0] as FieldSchema)]]) : schemaToDocument(field as Schema);
}
