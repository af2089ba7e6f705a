import { describe, expect, test } from '@jest/globals';
import { type Document, documentFromJson, int32, type Value } from '@vsys/data-format/value';
import { schemaLimits as limits } from '../src/index.ts';
import { collectionFromRecord, collectionKey } from '../src/layout.ts';
import { checkSchema, collectionOps, createDatabase, databaseId, schemaFromDocument } from '../src/ops.ts';
import { toHex } from '@vsys/primitives';
import { ada, type Bench, bob, createBench } from './harness.ts';

const world = databaseId(ada, 'world');
const notes = collectionOps(world, 'notes');

function json(value: unknown): Document {
  const read = documentFromJson(JSON.stringify(value));
  if (!read.ok) throw new RangeError(read.message);
  return read.value;
}

function held(schema: unknown): Bench {
  const bench = createBench();
  expect(bench.run([createDatabase('world'), notes.create(), notes.setSchema(json(schema))])).toMatchObject({ ok: true });
  return bench;
}

/** `ok`, or keyword and path of what does not hold. */
function judge(schema: unknown, value: unknown): string {
  const node = schemaFromDocument(json({ properties: { v: schema } }));
  if (!node.ok) throw new RangeError(node.message);
  const document = value instanceof Map ? value as Document : json({ v: value });
  const verdict = checkSchema(node.value, document, { charge: () => {} });
  return verdict.ok ? 'ok' : `${String(verdict.data?.['keyword'])} ${String(verdict.data?.['path'])}`;
}
const of = (value: Value): Document => new Map([['v', value]]);

describe('a schema', () => {
  const note = { type: 'object', properties: { text: { type: 'string', maxLength: 10 }, stars: { bsonType: 'int', minimum: 1, maximum: 5 }, tags: { type: 'array', items: { enum: ['a', 'b'] } } }, required: ['text'], additionalProperties: false };

  test('holds every way of writing, and says what does not fit, with the code that drivers of MongoDB know', () => {
    const bench = held(note);
    expect(bench.run([notes.insert([json({ _id: 1, text: 'x', stars: 5, tags: ['a', 'b'] }), json({ _id: 2, text: 'y' })])])).toMatchObject({ ok: true });
    const before = new Map(bench.state);
    const refused = (call: ReturnType<typeof notes.delete>, path: string, keyword: string): void => expect(bench.run([call])).toMatchObject({ code: 'DB_VALIDATION', data: { mongo: 121, path, keyword } });
    refused(notes.insert([json({ _id: 3, text: 'x' }), json({ _id: 4, text: 'x', stars: 6 })]), 'stars', 'maximum');
    refused(notes.insert([json({ _id: 3 })]), 'text', 'required');
    refused(notes.replace(json({ _id: 1, text: 'x', more: 1 })), 'more', 'additionalProperties');
    refused(notes.upsert(json({ _id: 9, text: 5 })), 'text', 'type');
    refused(notes.upsert(json({ _id: 1, text: 'x', tags: ['a', 'c'] })), 'tags.1', 'enum');
    refused(notes.patch(int32(1), { inc: json({ stars: 1 }) }), 'stars', 'maximum');
    refused(notes.patch(int32(1), { unset: ['text'] }), 'text', 'required');
    refused(notes.patch(int32(9), { set: json({ stars: 1 }) }, 0n, true), 'text', 'required');
    expect(bench.state).toEqual(before);
    expect(bench.run([notes.patch(int32(1), { set: json({ text: '0123456789' }) })])).toMatchObject({ ok: true });
    expect(bench.run([notes.delete(int32(2))])).toMatchObject({ ok: true });
  });

  test('is for what is written after it: what is there stays, and is held to it when it is written next', () => {
    const bench = createBench();
    bench.run([createDatabase('world'), notes.create(), notes.insert([json({ _id: 1, old: true }), json({ _id: 2, old: true })])]);
    expect(bench.run([notes.setSchema(json(note))])).toMatchObject({ ok: true });
    expect(bench.run([notes.patch(int32(1), { set: json({ text: 'x' }) })])).toMatchObject({ code: 'DB_VALIDATION', data: { path: 'old' } });
    expect(bench.run([notes.patch(int32(1), { set: json({ text: 'x' }), unset: ['old'] })])).toMatchObject({ ok: true });
    expect(bench.run([notes.delete(int32(2))])).toMatchObject({ ok: true });
    expect(bench.run([notes.setSchema(undefined), notes.insert([json({ _id: 3, any: 1 })])])).toMatchObject({ ok: true });
    expect(collectionFromRecord(bench.state.get(toHex(collectionKey(world, 'notes'))) as Uint8Array)).not.toHaveProperty('schema');
  });

  test('is changed by who administers, of a collection that is there', () => {
    const bench = held(note);
    expect(bench.run([notes.setSchema(undefined)], { actor: bob })).toMatchObject({ ok: false });
    expect(bench.run([collectionOps(world, 'none').setSchema(json(note))])).toMatchObject({ code: 'DB_NO_COLLECTION' });
  });

  test('lets documents go at their height, whatever their form', () => {
    const bench = createBench();
    bench.run([createDatabase('world'), notes.create(), notes.insert([json({ _id: 1, old: true })])], { height: 1 });
    bench.run([notes.expire([int32(1)], 5), notes.setSchema(json(note))], { height: 2 });
    const before = bench.state.size;
    bench.end(5);
    expect(bench.state.size).toBeLessThan(before);
  });

  test('costs gas for what is looked at', () => {
    const cost = (schema: unknown, document: unknown): bigint => {
      const bench = held(schema);
      expect(bench.run([notes.insert([json(document)])])).toMatchObject({ ok: true });
      return bench.gasUsed;
    };
    const list = Array.from({ length: 100 }, () => 'a');
    const free = cost({}, { _id: 1, list });
    expect(cost({ properties: { list: { items: { type: 'string' } } } }, { _id: 1, list }) - free).toBeGreaterThanOrEqual(100n);
    const values = Array.from({ length: 40 }, (_, i) => String.fromCharCode(97 + i));
    expect(cost({ properties: { list: { items: { enum: values } } } }, { _id: 1, list }) - free).toBeGreaterThanOrEqual(4_000n);
  });
});

describe('keywords', () => {
  const long = (value: bigint): Document => of(value);
  test.each([
    [{ type: 'integer' }, 5, 'ok'], [{ type: 'integer' }, of(5), 'ok'], [{ type: 'integer' }, of(5.5), 'type v'], [{ type: 'integer' }, long(2n ** 60n), 'ok'], [{ type: 'integer' }, of({ kind: 'decimal128', text: '5' }), 'type v'],
    [{ type: 'number' }, of({ kind: 'decimal128', text: '5' }), 'ok'], [{ type: 'number' }, '5', 'type v'], [{ type: ['string', 'null'] }, null, 'ok'], [{ type: ['string', 'null'] }, true, 'type v'],
    [{ bsonType: 'int' }, 5, 'ok'], [{ bsonType: 'int' }, of(5), 'bsonType v'], [{ bsonType: 'long' }, long(5n), 'ok'], [{ bsonType: ['int', 'double'] }, long(5n), 'bsonType v'], [{ bsonType: 'number' }, long(5n), 'ok'],
    [{ bsonType: 'uuid' }, of({ kind: 'binary', bytes: new Uint8Array(16), subtype: 4 }), 'ok'], [{ bsonType: 'uuid' }, of({ kind: 'binary', bytes: new Uint8Array(16), subtype: 0 }), 'bsonType v'],
    [{ bsonType: 'date' }, of({ kind: 'date', timeMs: 5n }), 'ok'], [{ bsonType: 'objectId' }, of({ kind: 'objectId', bytes: new Uint8Array(12) }), 'ok'], [{ bsonType: 'object' }, { a: 1 }, 'ok'], [{ bsonType: 'array' }, { a: 1 }, 'bsonType v'],
    [{ const: 5 }, long(5n), 'ok'], [{ const: 5 }, '5', 'const v'], [{ const: null }, null, 'ok'], [{ const: { a: 1, b: 2 } }, { a: 1, b: 2 }, 'ok'], [{ const: { a: 1, b: 2 } }, { b: 2, a: 1 }, 'const v'], [{ enum: [1, [2]] }, [2], 'ok'], [{ enum: [1, [2]] }, [1], 'enum v'],
    [{ minimum: 5 }, long(5n), 'ok'], [{ minimum: 5 }, 4.999, 'minimum v'], [{ exclusiveMinimum: 5 }, 5, 'exclusiveMinimum v'], [{ exclusiveMaximum: 5 }, of(4.999), 'ok'], [{ exclusiveMaximum: 5 }, 5, 'exclusiveMaximum v'], [{ maximum: 5 }, of(Number.NaN), 'maximum v'], [{ minimum: 5 }, 'x', 'ok'],
    [{ maximum: 0.1 }, of({ kind: 'decimal128', text: '0.1' }), 'ok'],
    [{ minLength: 2 }, 'a', 'minLength v'], [{ maxLength: 1 }, '😀', 'ok'], [{ maxLength: 1 }, 'ab', 'maxLength v'], [{ minItems: 1 }, [], 'minItems v'], [{ maxItems: 1 }, [1, 2], 'maxItems v'], [{ maxItems: 1 }, 'abc', 'ok'],
    [{ items: { items: { type: 'string' } } }, [['a'], ['b', 5]], 'type v.1.1'], [{ additionalProperties: { type: 'string' } }, { a: 'x', b: 5 }, 'type v.b'], [{ additionalProperties: false }, { _id: 1 }, 'additionalProperties v._id'], [{ required: ['a'] }, [], 'ok'],
    [{ title: 'x', description: 'y' }, 5, 'ok'], [{ properties: { a: { const: 1 } } }, {}, 'ok'],
  ] as const)('%j of %j: %s', (schema, value, becomes) => {
    expect(judge(schema, value)).toBe(becomes);
  });

  test.each([
    [{ pattern: '^a' }, 'no keyword'], [{ $ref: '#' }, ''], [{ type: 'int' }, 'type is one of'], [{ type: [] }, 'type is one of'], [{ bsonType: ['int', 'int'] }, 'each once'], [{ required: 'a' }, 'list of names'], [{ required: ['a', 'a'] }, 'each once'],
    [{ properties: [] }, 'properties is an object'], [{ properties: { a: 1 } }, 'the schema of "a": a schema is an object'], [{ items: [{}] }, 'a schema is an object'], [{ additionalProperties: 1 }, 'a schema is an object'], [{ enum: [] }, 'enum is a list'],
    [{ enum: [1], const: 1 }, 'not both'], [{ minimum: '1' }, 'minimum is a number'], [{ minLength: -1 }, 'whole number'], [{ maxItems: 1.5 }, 'whole number'], [{ maxLength: 65_537 }, 'whole number'], [{ title: 1 }, 'title is a text'], [{ properties: { a: { properties: { b: { type: 'x' } } } } }, 'the schema of "a.b"'],
  ])('%j is no schema', (schema, message) => {
    expect(() => notes.setSchema(message === '' ? new Map([['$ref', '#']]) : json(schema))).toThrow(message);
  });
});

describe('limits of a schema', () => {
  const at = (make: (n: number) => unknown, max: number): void => {
    expect(() => notes.setSchema(json(make(max)))).not.toThrow();
    expect(() => notes.setSchema(json(make(max + 1)))).toThrow(expect.objectContaining({ code: 'DB_SCHEMA' }) as never);
  };

  test('bytes', () => at((n) => ({ title: 'x'.repeat(n - 5 - 1 - 6 - 4 - 1) }), limits.schemaBytesMax));
  test('depth', () => at((n) => Array.from({ length: n - 1 }).reduce<object>((inner) => ({ items: inner }), {}), limits.schemaDepthMax));
  test('schemas in all', () => at((n) => ({ properties: Object.fromEntries(Array.from({ length: n - 1 }, (_, i) => [`p${i}`, {}])) }), limits.schemasMax));
  test('values of an enum', () => at((n) => ({ enum: Array.from({ length: n }, (_, i) => i) }), limits.enumMax));

  test('at which a full document is still checked, with gas for all of it', () => {
    const inner = { enum: Array.from({ length: limits.enumMax }, (_, i) => i) };
    const bench = held({ properties: { list: { items: inner } } });
    expect(bench.run([notes.insert([json({ _id: 1, list: Array.from({ length: 990 }, () => 63) })])])).toMatchObject({ ok: true });
    expect(bench.gasUsed).toBeGreaterThan(990n * 64n);
  });
});
