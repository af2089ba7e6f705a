import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { concatBytes, fromHex } from '@vsys/primitives';
import type { Document, Value } from '@vsys/data-format/value';
import { operationFromPayload } from '../src/operation.ts';
import { collectionOps, createDatabase, databaseId } from '../src/ops.ts';
import { ada } from './harness.ts';

const world = databaseId(ada, 'world');
const cities = collectionOps(world, 'cities');
const doc = (...fields: [string, Value][]): Document => new Map(fields);

describe('payloads', () => {
  test('are read as they were built', () => {
    expect(operationFromPayload(createDatabase('world').payload)).toMatchObject({ ok: true, value: { kind: 'createDatabase', name: 'world' } });
    expect(operationFromPayload(cities.insert([doc(['_id', 'x'], ['a', 1])]).payload)).toMatchObject({ value: { kind: 'insert', collection: 'cities', documents: [{ document: doc(['_id', 'x'], ['a', 1]) }] } });
    expect(operationFromPayload(cities.patch(7, { unset: ['a.b'] }, 9n).payload)).toMatchObject({ value: { kind: 'patch', ifVersion: 9n, patch: { unset: ['a.b'] } } });
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
    ['a patch at two places of one path', () => cities.patch(1, { set: doc(['a', 2]), unset: ['a.b'] }), 'DB_VALUE'],
    ['an empty part of a path', () => cities.patch(1, { set: doc(['a..b', 2]) }), 'DB_NAME'],
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
});
