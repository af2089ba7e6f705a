import { describe, expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { type Document, encodeIndexKey, int32, type Value } from '@vsys/data-format/value';
import { OutOfGas } from '@vsys/container';
import { countFromRecord, countKey, countsFromRecord, documentFromRecord, documentKey, documentPrefix, indexPrefix } from '../src/layout.ts';
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

  test('takes an index while the collection is empty, and after that to be built', () => {
    const bench = withCities();
    expect(bench.run([cities.createIndex({ name: 'people', unique: false, fields: [{ path: 'people', direction: 1 }] })])).toMatchObject({ ok: true });
    expect(bench.run([cities.insert([city(1, 'KR', 5)])])).toMatchObject({ ok: true });
    expect(entries(bench, 2)).toHaveLength(1);
    expect(bench.run([cities.createIndex({ name: 'more', unique: false, fields: [{ path: 'x', direction: 1 }] })])).toMatchObject({ ok: true });
    bench.end(1);
    expect(entries(bench, 3)).toHaveLength(1);
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

  test('a version that was read of a document that was deleted since does not fit the one that stands there now', () => {
    const bench = withCities(city(1, 'KR', 5), city(2, 'KR', 5));
    bench.run([cities.replace(city(1, 'KR', 6)), cities.delete(1), cities.insert([city(1, 'DE', 7)])]);
    expect(stored(bench, 1)).toMatchObject({ version: 3n });
    expect(bench.run([cities.delete(1, 1n)])).toMatchObject({ code: 'DB_VERSION', data: { version: 3n } });
    bench.run([cities.delete(1), cities.delete(2), cities.upsert(city(2, 'DE', 8))]);
    expect(stored(bench, 2)).toMatchObject({ version: 4n });
  });

  test('deleting everything leaves nothing but the version above which documents go on', () => {
    const bench = withCities();
    const before = new Map(bench.state);
    bench.run([cities.insert([city(1, 'KR', 5), city(2, 'DE', 5)])]);
    expect(bench.run([cities.delete(1), cities.delete(2)])).toMatchObject({ ok: true });
    const counts = toHex(countKey(world, 'cities'));
    expect(countsFromRecord(bench.state.get(counts))).toEqual({ documents: 0n, deletedVersion: 1n, bytes: 0n });
    expect(new Map([...bench.state].filter(([key]) => key !== counts))).toEqual(before);
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

describe('an upsert', () => {
  test('inserts, then replaces, and counts the document once', () => {
    const bench = withCities();
    expect(bench.run([cities.upsert(city(1, 'KR', 5))])).toMatchObject({ ok: true });
    expect(stored(bench, 1)).toMatchObject({ version: 1n });
    expect(bench.run([cities.upsert(city(1, 'DE', 6))], { height: 3 })).toMatchObject({ ok: true });
    expect(stored(bench, 1)).toMatchObject({ version: 2n, height: 3, document: city(1, 'DE', 6) });
    expect(count(bench)).toBe(1n);
    expect(entries(bench, 1)).toHaveLength(1);
  });

  test('with a version only replaces, so that a second try tells that the first one was done', () => {
    const bench = withCities(city(1, 'KR', 5));
    expect(bench.run([cities.upsert(city(1, 'KR', 6), 1n)])).toMatchObject({ ok: true });
    expect(bench.run([cities.upsert(city(1, 'KR', 6), 1n)])).toMatchObject({ code: 'DB_VERSION', data: { version: 2n } });
    expect(bench.run([cities.upsert(city(9, 'KR', 6), 1n)])).toMatchObject({ code: 'DB_VERSION', data: { version: 0n } });
    expect(count(bench)).toBe(1n);
  });

  test('without a version leaves the same document however often it is done', () => {
    const bench = withCities();
    bench.run([cities.upsert(city(1, 'KR', 5))]);
    bench.run([cities.upsert(city(1, 'KR', 5))]);
    expect(stored(bench, 1)).toMatchObject({ version: 2n, document: city(1, 'KR', 5) });
    expect([count(bench), entries(bench, 0).length]).toEqual([1n, 1]);
  });

  test('keeps unique indexes', () => {
    const bench = withCities(city(1, 'KR', 5), city(2, 'KR', 5));
    expect(bench.run([cities.upsert(city(3, 'KR', 5, 1))])).toMatchObject({ code: 'DB_DUPLICATE', data: { index: 'code' } });
    expect(bench.run([cities.upsert(city(2, 'KR', 5, 1))])).toMatchObject({ code: 'DB_DUPLICATE' });
  });

  test('of a patch makes the document from its _id, with what is set on insert only then', () => {
    const bench = withCities();
    const hit = cities.patch('page', { inc: new Map([['hits', int32(1)]]), setOnInsert: new Map<string, Value>([['code', 7], ['born', 'now']]) }, 0n, true);
    expect(bench.run([hit])).toMatchObject({ ok: true });
    expect(stored(bench, 'page')).toMatchObject({ version: 1n });
    expect([...(stored(bench, 'page')?.document ?? [])]).toEqual([['_id', 'page'], ['born', 'now'], ['code', 7], ['hits', int32(1)]]);
    expect(bench.run([cities.patch('page', { setOnInsert: new Map([['code', 8]]), inc: new Map([['hits', int32(1)]]) }, 0n, true)])).toMatchObject({ ok: true });
    expect([...(stored(bench, 'page')?.document ?? [])]).toEqual([['_id', 'page'], ['born', 'now'], ['code', 7], ['hits', int32(2)]]);
    expect(bench.run([cities.patch('other', { inc: new Map([['hits', 1]]) }, 4n, true)])).toMatchObject({ code: 'DB_VERSION' });
    expect(bench.run([cities.patch('other', { inc: new Map([['hits', 1]]) })])).toMatchObject({ code: 'DB_NO_DOCUMENT' });
    expect(count(bench)).toBe(1n);
  });
});
