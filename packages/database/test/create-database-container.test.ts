import { describe, expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { type Document, documentFromJson, documentToJson, encodeIndexKey, int32, type Value } from '@vsys/data-format/value';
import { OutOfGas } from '@vsys/container';
import { countFromRecord, countKey, documentFromRecord, documentKey, documentPrefix, indexPrefix } from '../src/layout.ts';
import { collectionOps, createDatabase, databaseId } from '../src/ops.ts';
import { ada, bob, type Bench, createBench } from './harness.ts';

const world = databaseId(ada, 'world');
const cities = collectionOps(world, 'cities');
const indexes = [
  { name: 'code', unique: true, fields: [{ path: 'code', direction: 1 as const }] },
  { name: 'place', unique: false, fields: [{ path: 'at.country', direction: 1 as const }, { path: 'people', direction: -1 as const }] },
];
const city = (id: number, country: string, people: number, code = id): Document => new Map<string, Value>([['_id', id], ['code', code], ['people', people], ['at', new Map([['country', country]])]]);

function withCities(...documents: Document[]): Bench {
  const bench = createBench();
  expect(bench.run([createDatabase('world'), cities.create(indexes)])).toMatchObject({ ok: true });
  if (documents.length > 0) expect(bench.run([cities.insert(documents)])).toMatchObject({ ok: true });
  return bench;
}

function idKey(id: Value): Uint8Array {
  const key = encodeIndexKey([id]);
  if (!key.ok) throw key;
  return key.value;
}

const stored = (bench: Bench, id: Value): ReturnType<typeof documentFromRecord> | undefined => {
  const record = bench.state.get(toHex(documentKey(documentPrefix(world, 'cities'), idKey(id))));
  return record === undefined ? undefined : documentFromRecord(record);
};
const entries = (bench: Bench, index: number): string[] => [...bench.state].filter(([key]) => key.startsWith(toHex(indexPrefix(world, 'cities', index)))).toSorted().map(([, value]) => toHex(value));
const count = (bench: Bench): bigint => countFromRecord(bench.state.get(toHex(countKey(world, 'cities'))));

describe('the catalogue', () => {
  test('belongs to who made it', () => {
    const bench = withCities();
    expect(bench.run([cities.insert([city(1, 'KR', 5)])], { actor: bob })).toMatchObject({ ok: false, code: 'DB_NOT_OWNER' });
    expect(bench.run([createDatabase('world')], { actor: bob })).toMatchObject({ ok: true });
    expect(bench.run([createDatabase('world')])).toMatchObject({ code: 'DB_EXISTS' });
    expect(bench.run([cities.create()])).toMatchObject({ code: 'DB_EXISTS' });
  });

  test('refuses what was not created', () => {
    const bench = createBench();
    expect(bench.run([cities.create()])).toMatchObject({ code: 'DB_NO_DATABASE' });
    expect(bench.run([createDatabase('world'), cities.insert([city(1, 'KR', 5)])])).toMatchObject({ code: 'DB_NO_COLLECTION' });
    expect(bench.state.size).toBe(0);
  });

  test('takes an index while the collection is empty, and not after', () => {
    const bench = withCities();
    expect(bench.run([cities.createIndex({ name: 'people', unique: false, fields: [{ path: 'people', direction: 1 }] })])).toMatchObject({ ok: true });
    expect(bench.run([cities.insert([city(1, 'KR', 5)])])).toMatchObject({ ok: true });
    expect(entries(bench, 2)).toHaveLength(1);
    expect(bench.run([cities.createIndex({ name: 'more', unique: false, fields: [{ path: 'x', direction: 1 }] })])).toMatchObject({ code: 'DB_INDEX_NOT_EMPTY' });
    expect(bench.run([cities.createIndex({ name: 'people', unique: false, fields: [{ path: 'x', direction: 1 }] })])).toMatchObject({ code: 'DB_EXISTS' });
  });
});

describe('writing', () => {
  test('an insert stores the document, its entries in order, and the count', () => {
    const bench = withCities(city(1, 'KR', 5), city(2, 'KR', 9), city(3, 'DE', 7));
    expect(stored(bench, 2)).toMatchObject({ version: 1n, height: 1 });
    expect(count(bench)).toBe(3n);
    expect(entries(bench, 1)).toEqual([idKey(3), idKey(2), idKey(1)].map(toHex));
    expect(bench.misses).toBe(1);
  });

  test('a batch with one bad document changes nothing', () => {
    const bench = withCities(city(1, 'KR', 5));
    const before = new Map(bench.state);
    expect(bench.run([cities.insert([city(2, 'KR', 5), city(1, 'KR', 5, 8)])])).toMatchObject({ code: 'DB_DUPLICATE', data: { index: '_id' } });
    expect(bench.run([cities.insert([city(2, 'KR', 5), city(3, 'KR', 5, 1)])])).toMatchObject({ code: 'DB_DUPLICATE', data: { index: 'code' } });
    expect(bench.run([cities.insert([city(2, 'KR', 5), city(2, 'KR', 5, 9)])])).toMatchObject({ code: 'DB_DUPLICATE' });
    expect(bench.run([cities.insert([city(2, 'KR', 5), city(3, 'KR', 5, 2)])])).toMatchObject({ code: 'DB_DUPLICATE' });
    expect(bench.state).toEqual(before);
  });

  test('a change moves the entries that differ, keeps the others, and counts the version', () => {
    const bench = withCities(city(1, 'KR', 5), city(2, 'KR', 9));
    expect(bench.run([cities.patch(1, { inc: new Map([['people', 10]]) })], { height: 4 })).toMatchObject({ ok: true });
    expect(stored(bench, 1)).toMatchObject({ version: 2n, height: 4 });
    expect(entries(bench, 1)).toEqual([idKey(1), idKey(2)].map(toHex));
    expect(bench.run([cities.replace(city(1, 'DE', 1, 77), 2n)])).toMatchObject({ ok: true });
    expect(entries(bench, 1)).toEqual([idKey(1), idKey(2)].map(toHex));
    expect(bench.run([cities.insert([city(5, 'KR', 1, 1)])])).toMatchObject({ ok: true });
    expect(entries(bench, 0)).toHaveLength(3);
  });

  test('a stale version is refused, and an unguarded change is not', () => {
    const bench = withCities(city(1, 'KR', 5));
    expect(bench.run([cities.patch(1, { set: new Map([['people', 6]]) }, 2n)])).toMatchObject({ code: 'DB_VERSION', data: { version: 1n } });
    expect(bench.run([cities.patch(1, { set: new Map([['people', 6]]) }, 1n)])).toMatchObject({ ok: true });
    expect(bench.run([cities.delete(1, 1n)])).toMatchObject({ code: 'DB_VERSION' });
    expect(bench.run([cities.replace(city(9, 'KR', 6))])).toMatchObject({ code: 'DB_NO_DOCUMENT' });
  });

  test('deleting everything leaves the state as it was before', () => {
    const bench = withCities();
    const before = new Map(bench.state);
    bench.run([cities.insert([city(1, 'KR', 5), city(2, 'DE', 5)])]);
    expect(bench.run([cities.delete(1), cities.delete(2)])).toMatchObject({ ok: true });
    expect(bench.state).toEqual(before);
  });

  test('two documents change places in a unique index within one transaction when one lets go first', () => {
    const bench = withCities(city(1, 'KR', 5), city(2, 'KR', 5));
    const code = (id: number, to: number): ReturnType<typeof cities.patch> => cities.patch(id, { set: new Map([['code', to]]) });
    expect(bench.run([code(1, 2)])).toMatchObject({ code: 'DB_DUPLICATE' });
    expect(bench.run([code(1, 99), code(2, 1), code(1, 2)])).toMatchObject({ ok: true });
    expect(stored(bench, 1)?.document.get('code')).toBe(2);
  });

  test('out of gas reaches the executor', () => {
    const bench = withCities();
    expect(() => bench.run([cities.insert([city(1, 'KR', 5)])], { gas: 150n })).toThrow(OutOfGas as never);
    expect(count(bench)).toBe(0n);
  });
});

describe('patches', () => {
  const base = '{"_id":1,"code":1,"a":{"b":[1,2]},"s":"x","n":{"$numberInt":"2147483647"},"l":{"$numberLong":"9223372036854775807"},"d":1.5}';
  const patchOf = (json: string): { set?: Document; unset?: string[]; inc?: Document } => {
    const read = documentFromJson(json);
    if (!read.ok) throw new Error(read.message);
    const part = (name: string): Document => (read.value.get(name) ?? new Map()) as Document;
    return { set: part('set'), inc: part('inc'), unset: (read.value.get('unset') ?? []) as string[] };
  };
  const apply = (json: string): string => {
    const document = documentFromJson(base);
    if (!document.ok) throw new Error(document.message);
    const bench = withCities(document.value);
    const done = bench.run([cities.patch((document.value.get('_id') as Value), patchOf(json))]);
    return done.ok ? documentToJson(stored(bench, document.value.get('_id') as Value)?.document as Document, 'canonical') : done.code;
  };

  test.each([
    ['a field inside, made on the way', '{"set":{"a.c.d":true}}', '"a":{"b":[{"$numberInt":"1"},{"$numberInt":"2"}],"c":{"d":true}}'],
    ['a place in an array, and one past its end', '{"set":{"a.b.0":"z","a.b.2":"w"}}', '"b":["z",{"$numberInt":"2"},"w"]'],
    ['a field taken away', '{"unset":["a.b"]}', '"a":{}'],
    ['an int32 grows into an int64', '{"inc":{"n":{"$numberInt":"1"}}}', '"n":{"$numberLong":"2147483648"}'],
    ['a double added makes a double', '{"inc":{"n":{"$numberDouble":"0.5"}}}', '"n":{"$numberDouble":"2147483647.5"}'],
    ['a decimal added makes a decimal, exactly', '{"inc":{"l":{"$numberDecimal":"0.10"},"d":{"$numberDecimal":"1.000"}}}', '"l":{"$numberDecimal":"9223372036854775807.10"},"d":{"$numberDecimal":"2.500"}'],
    ['a decimal that would be rounded', '{"inc":{"l":{"$numberDecimal":"1E-20"}}}', 'DB_PATCH_NUMBER'],
    ['an absent number begins at what is added', '{"inc":{"new":{"$numberInt":"3"}}}', '"new":{"$numberInt":"3"}'],
    ['a path through a scalar', '{"set":{"s.t":1}}', 'DB_PATCH_PATH'],
    ['a hole in an array', '{"set":{"a.b.9":1}}', 'DB_PATCH_PATH'],
    ['adding to a text', '{"inc":{"s":1}}', 'DB_PATCH_NUMBER'],
    ['adding a text', '{"inc":{"d":"1"}}', 'DB_PATCH_NUMBER'],
    ['past 64 bits', '{"inc":{"l":{"$numberInt":"1"}}}', 'DB_PATCH_NUMBER'],
  ])('%s', (_, patch, expected) => {
    expect(apply(patch)).toContain(expected);
  });

  test('int32 stays int32 while it fits', () => {
    const bench = withCities(new Map<string, Value>([['_id', 1], ['code', int32(5)]]));
    bench.run([cities.patch(1, { inc: new Map([['code', int32(-7)]]) })]);
    expect(stored(bench, 1)?.document.get('code')).toEqual(int32(-2));
  });
});
