import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concatBytes, fromHex } from '@vsys/primitives';
import type { Document, Value } from '@vsys/data-format/value';
import { databaseLimits, operationFromPayload } from '../src/index.ts';
import { collectionOps, createDatabase, databaseId } from '../src/ops.ts';
import { ada } from './harness.ts';

const world = databaseId(ada, 'world');
const cities = collectionOps(world, 'cities');
const doc = (...fields: [string, Value][]): Document => new Map(fields);

describe('payloads', () => {
  test('are read as they were built', () => {
    expect(operationFromPayload(createDatabase('world').payload)).toMatchObject({ ok: true, value: { kind: 'createDatabase', name: 'world' } });
    expect(operationFromPayload(cities.insert([doc(['_id', 'x'], ['a', 1])]).payload)).toMatchObject({ value: { kind: 'insert', collection: 'cities', documents: [{ document: doc(['_id', 'x'], ['a', 1]) }] } });
    expect(operationFromPayload(cities.patch(7, { unset: ['a.b'] }, 9n).payload)).toMatchObject({ value: { kind: 'patch', id: 7, ifVersion: 9n, orInsert: false, steps: [{ operator: 'unset', path: 'a.b' }] } });
    expect(operationFromPayload(cities.patch(7, { setOnInsert: doc(['a', 1]) }, 0n, true).payload)).toMatchObject({ value: { kind: 'patch', ifVersion: 0n, orInsert: true, steps: [{ operator: 'setOnInsert', path: 'a', value: 1 }] } });
    expect(operationFromPayload(cities.upsert(doc(['_id', 'x']), 3n).payload)).toMatchObject({ value: { kind: 'upsert', ifVersion: 3n } });
    expect(operationFromPayload(cities.delete('x').payload)).toMatchObject({ value: { kind: 'delete', ifVersion: 0n } });
  });

  test('a database id depends on owner and name', () => {
    expect(databaseId(ada, 'a')).not.toEqual(databaseId(ada, 'b'));
    expect(databaseId(new Uint8Array(20), 'a')).not.toEqual(databaseId(ada, 'a'));
  });

  test.each<[string, () => unknown, string]>([
    ['a name with a space', () => createDatabase('my world'), 'DB_NAME'],
    ['an empty name', () => createDatabase(''), 'DB_NAME'],
    ['no document', () => cities.insert([]), 'DB_PAYLOAD'],
    ['1,001 documents', () => cities.insert(Array.from({ length: 1_001 }, (_, i) => doc(['_id', i]))), 'DB_LIMIT'],
    ['a document without _id', () => cities.insert([doc(['a', 1])]), 'DB_VALUE'],
    ['a null _id', () => cities.insert([doc(['_id', null])]), 'DB_VALUE'],
    ['an _id that is an array', () => cities.insert([doc(['_id', [1]])]), 'DB_VALUE'],
    ['an _id of 300 bytes', () => cities.insert([doc(['_id', 'x'.repeat(300)])]), 'DB_KEY_TOO_LONG'],
    ['an _id of 210 bytes', () => cities.insert([doc(['_id', 'x'.repeat(210)])]), 'DB_KEY_TOO_LONG'],
    ['a dot in a name', () => cities.insert([doc(['_id', 1], ['x', [new Map([['a.b', 1]])]])]), 'DB_VALUE'],
    ['a field that begins with a dollar', () => cities.insert([doc(['_id', 1], ['$x', 1])]), 'DB_VALUE'],
    ['a patch of nothing', () => cities.patch(1, {}), 'DB_LIMIT'],
    ['a patch of _id', () => cities.patch(1, { set: doc(['_id', 2]) }), 'DB_VALUE'],
    ['a patch at two places of one path', () => cities.patch(1, { set: doc(['a', 2]), unset: ['a.b'] }), 'DB_PATCH_CONFLICT'],
    ['an empty part of a path', () => cities.patch(1, { set: doc(['a..b', 2]) }), 'DB_NAME'],
    ['a patch of _id by a rename', () => cities.patch(1, { rename: new Map([['a', '_id']]) }), 'DB_VALUE'],
    ['a rename into what is set', () => cities.patch(1, { rename: new Map([['a', 'b']]), set: doc(['b.c', 1]) }), 'DB_PATCH_CONFLICT'],
    ['a rename to itself', () => cities.patch(1, { rename: new Map([['a', 'a']]) }), 'DB_PATCH_CONFLICT'],
    ['a rename into its own inside', () => cities.patch(1, { rename: new Map([['a', 'a.b']]) }), 'DB_PATCH_CONFLICT'],
    ['two operators at one path', () => cities.patch(1, { min: doc(['a', 1]), max: doc(['a', 2]) }), 'DB_PATCH_CONFLICT'],
    ['one path twice', () => cities.patch(1, { unset: ['a'], currentDate: ['a'] }), 'DB_PATCH_CONFLICT'],
    ['a positional path', () => cities.patch(1, { set: doc(['a.$.b', 2]) }), 'DB_NAME'],
    ['a text added', () => cities.patch(1, { inc: doc(['a', 'x']) }), 'DB_PATCH_TYPE'],
    ['a text multiplied', () => cities.patch(1, { mul: doc(['a', 'x']) }), 'DB_PATCH_TYPE'],
    ['bits of a double', () => cities.patch(1, { bit: new Map([['a', new Map([['and', 1.5]])]]) }), 'DB_PATCH_TYPE'],
    ['no bits', () => cities.patch(1, { bit: new Map([['a', new Map()]]) }), 'DB_PATCH_TYPE'],
    ['a pop of two', () => cities.patch(1, { pop: new Map([['a', 2 as 1]]) }), 'DB_PATCH_TYPE'],
    ['a sort by two', () => cities.patch(1, { push: new Map([['a', { each: [], sort: 2 as 1 }]]) }), 'DB_PATCH_TYPE'],
    ['a value with an operator inside', () => cities.patch(1, { set: doc(['a', doc(['$inc', 1])]) }), 'DB_VALUE'],
    ['a dot in the name of a pushed object', () => cities.patch(1, { push: new Map([['a', { each: [doc(['b.c', 1])] }]]) }), 'DB_VALUE'],
    ['101 paths', () => cities.patch(1, { unset: Array.from({ length: databaseLimits.pathsPerPatchMax + 1 }, (_, i) => `f${i}`) }), 'DB_LIMIT'],
    ['17 indexes', () => cities.create(Array.from({ length: 17 }, (_, i) => ({ name: `i${i}`, unique: false, fields: [{ path: 'a', direction: 1 as const }] }))), 'DB_LIMIT'],
    ['two indexes of one name', () => cities.create([1, 2].map(() => ({ name: 'i', unique: false, fields: [{ path: 'a', direction: 1 as const }] }))), 'DB_NAME'],
    ['an index without fields', () => cities.createIndex({ name: 'i', unique: false, fields: [] }), 'DB_LIMIT'],
    ['a field twice in one index', () => cities.createIndex({ name: 'i', unique: false, fields: [{ path: 'a', direction: 1 }, { path: 'a', direction: -1 }] }), 'DB_NAME'],
  ])('refuses %s before it is signed', (_, build, code) => {
    expect(build).toThrow(expect.objectContaining({ code }) as unknown as Error);
  });

  test('bytes behind an operation are never passed over', () => {
    for (const call of [createDatabase('w'), cities.create(), cities.insert([doc(['_id', 1])]), cities.replace(doc(['_id', 1])), cities.delete(1), cities.patch(1, { unset: ['a'] })]) {
      expect(operationFromPayload(concatBytes(call.payload, fromHex('00')))).toMatchObject({ ok: false });
      expect(operationFromPayload(call.payload.subarray(0, call.payload.length - 1))).toMatchObject({ ok: false });
    }
  });

  test('any bytes are an operation or a refusal, never an exception', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 0, max: 8 }), (bytes, tag) => {
      const payload = concatBytes(Uint8Array.of(tag), bytes);
      const read = operationFromPayload(payload);
      expect(read.ok || read.code.startsWith('DB_')).toBe(true);
    }), { numRuns: 2_000 });
  });

  test('a patch of 100 paths is taken', () => {
    const unset = Array.from({ length: databaseLimits.pathsPerPatchMax }, (_, i) => `f${i}`);
    expect(operationFromPayload(cities.patch(1, { unset }).payload)).toMatchObject({ ok: true, value: { steps: { length: 100 } } });
  });

  test('a patch is one string of bytes, in whatever order it was given', () => {
    const one = cities.patch(1, { set: doc(['b', 1], ['a.10', 2], ['a.9', 3]), unset: ['d', 'c'], inc: doc() });
    const other = cities.patch(1, { unset: ['c', 'd'], set: doc(['a.9', 3], ['a.10', 2], ['b', 1]) });
    expect(one.payload).toEqual(other.payload);
    expect(operationFromPayload(one.payload)).toMatchObject({ value: { steps: ['a.9', 'a.10', 'b', 'c', 'd'].map((path) => ({ path })) } });
  });

  test('what is wrong with a patch is told with its operator and path', () => {
    expect(() => cities.patch(1, { set: doc(['ok', 1], ['a.b', 'half \ud800']) })).toThrow('$set at "a.b"');
    expect(() => cities.patch(1, { mul: doc(['a.b', null]) })).toThrow('$mul at "a.b" takes a number');
  });
});
