import { isNumeric, type Value } from '@vsys/data-format/value';

/** What a value is stored as, in the words of MongoDB. */
export type BsonType = 'double' | 'int' | 'long' | 'decimal' | 'string' | 'object' | 'array' | 'binData' | 'objectId' | 'bool' | 'date' | 'null';

export function bsonTypeOf(value: Value): BsonType {
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string': return 'string';
    case 'boolean': return 'bool';
    case 'number': return 'double';
    case 'bigint': return 'long';
  }
  if (value instanceof Map) return 'object';
  if (!('kind' in value)) return 'array';
  switch (value.kind) {
    case 'int32': return 'int';
    case 'decimal128': return 'decimal';
    case 'binary': return 'binData';
    case 'objectId': return 'objectId';
    case 'date': return 'date';
  }
}

type Is = (value: Value) => boolean;
const is = (type: BsonType): Is => (value) => bsonTypeOf(value) === type;
const isNumber: Is = (value) => value !== null && isNumeric(value);

/** Names for `type`, as in JSON Schema. A double without a fraction is an integer, a decimal is none: what it looks like is not what it is. */
export const JSON_TYPES: ReadonlyMap<string, Is> = new Map<string, Is>([
  ['object', is('object')], ['array', is('array')], ['string', is('string')], ['boolean', is('bool')], ['null', is('null')], ['number', isNumber],
  ['integer', (value) => is('int')(value) || is('long')(value) || (typeof value === 'number' && Number.isInteger(value))],
]);

/** Names for `bsonType`, as in MongoDB; `uuid` is binary of subtype 4, which MongoDB has no name for. */
export const BSON_TYPES: ReadonlyMap<string, Is> = new Map<string, Is>([
  ...(['double', 'int', 'long', 'decimal', 'string', 'object', 'array', 'binData', 'objectId', 'bool', 'date', 'null'] as const).map((type): [string, Is] => [type, is(type)]),
  ['number', isNumber],
  ['uuid', (value) => is('binData')(value) && (value as { subtype: number }).subtype === 4],
]);
