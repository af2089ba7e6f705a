import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { toHex } from '@vsys/primitives';
import type { Document, Value } from '@vsys/data-format/value';
import { collectionFromRecord, collectionKey, type IndexRecord, indexPrefix } from '../src/layout.ts';
import { collectionOps, createDatabase, databaseId, type DatabaseCall, type IndexDefinition } from '../src/ops.ts';
import { databaseGas } from '../src/index.ts';
import { systemKey } from '../src/system-keys.ts';
import { ada, type Bench, createBench } from './harness.ts';

const world = databaseId(ada, 'world');
const things = collectionOps(world, 'things');
const doc = (...entries: [string, Value][]): Document => new Map(entries);
const index = (path: string, kinds: Partial<IndexDefinition> = {}): IndexDefinition => ({ name: path, unique: false, fields: [{ path, direction: 1 }], ...kinds });

function filled(documents: readonly Document[], indexes: readonly IndexDefinition[] = []): Bench {
  const bench = createBench();
  bench.run([createDatabase('world'), things.create(indexes)]);
  for (let at = 0; at < documents.length; at += 500) expect(bench.run([things.insert(documents.slice(at, at + 500))])).toMatchObject({ ok: true });
  return bench;
}
const recordOf = (bench: Bench): readonly IndexRecord[] => collectionFromRecord(bench.state.get(toHex(collectionKey(world, 'things'))) as Uint8Array).indexes;
const entriesOf = (bench: Bench, number: number): readonly string[] => [...bench.state.keys()].filter((key) => key.startsWith(toHex(indexPrefix(world, 'things', number)))).map((key) => key.slice(toHex(indexPrefix(world, 'things', number)).length)).toSorted();
const isWorkLeft = (bench: Bench): boolean => bench.state.has(toHex(systemKey('work')));
const numbered = (count: number, fields: (i: number) => [string, Value][] = (i) => [['n', BigInt(i % 7)]]): Document[] => Array.from({ length: count }, (_, i) => doc(['_id', BigInt(i)], ...fields(i)));

describe('an index on a filled collection', () => {
  it('is built over several blocks, tells how far it is, and is then what it would have been from the start', () => {
    const documents = numbered(3_000);
    const bench = filled(documents);
    expect(bench.run([things.createIndex(index('n'))])).toMatchObject({ ok: true });
    expect(recordOf(bench)[0]).toMatchObject({ building: { built: 0n, total: 3_000n } });
    const built: bigint[] = [];
    for (let height = 1; isWorkLeft(bench); height++) {
      bench.end(height);
      built.push(recordOf(bench)[0]?.building?.built ?? -1n);
    }
    expect(built.length).toBeGreaterThan(2);
    expect(built.slice(0, -1)).toEqual(built.slice(0, -1).toSorted((a, b) => (a < b ? -1 : 1)));
    expect(recordOf(bench)).toEqual([{ ...index('n'), number: 0 }]);
    expect(entriesOf(bench, 0)).toEqual(entriesOf(filled(documents, [index('n')]), 0));
  });

  it('fails visibly at a value that two documents have, with both, and leaves no entry', () => {
    const bench = filled([...numbered(200, (i) => [['n', BigInt(i)]]), doc(['_id', 'late'], ['n', 77n])]);
    bench.run([things.createIndex(index('n', { unique: true }))]);
    bench.end(1);
    expect(recordOf(bench)[0]).toMatchObject({ failed: { code: 'DB_DUPLICATE', ids: ['late', 77n] } });
    expect([entriesOf(bench, 0), isWorkLeft(bench)]).toEqual([[], false]);
    // It hinders no write, and is dropped like any other.
    expect(bench.run([things.insert([doc(['_id', 'more'], ['n', 77n])])])).toMatchObject({ ok: true });
    expect(entriesOf(bench, 0)).toEqual([]);
    expect(bench.run([things.createIndex(index('n'))])).toMatchObject({ code: 'DB_EXISTS' });
    expect(bench.run([things.dropIndex('n'), things.createIndex(index('n'))])).toMatchObject({ ok: true });
    bench.end(2);
    expect(recordOf(bench)).toEqual([{ ...index('n'), number: 1 }]);
    expect(entriesOf(bench, 1)).toHaveLength(202);
  });

  it.each<[string, Value, Partial<IndexDefinition>, string]>([
    ['an array', [1], {}, 'DB_VALUE'], ['too long a key', 'x'.repeat(300), {}, 'DB_KEY_TOO_LONG'], ['an array in a second field', [1, 2], { fields: [{ path: 'n', direction: 1 }, { path: 'm', direction: 1 }], multikey: true }, 'DB_INDEX_ARRAYS'],
    ['too many values', Array.from({ length: 33 }, (_, i) => BigInt(i)), { multikey: true }, 'DB_LIMIT'],
  ])('fails visibly at %s', (_, value, kinds, code) => {
    const bench = filled([...numbered(20), doc(['_id', 'bad'], ['n', value], ['m', [1, 2]]), doc(['_id', 'z'])]);
    bench.run([things.createIndex(index('n', kinds))]);
    bench.end(1);
    expect(recordOf(bench)[0]?.failed).toEqual({ code, ids: ['bad'] });
    expect(entriesOf(bench, 0)).toEqual([]);
  });

  it('is paid for when it begins, and refused where gas does not suffice', () => {
    const bench = filled(numbered(100));
    const [plain, empty] = [createBench(), things.createIndex(index('n'))];
    plain.run([createDatabase('world'), things.create([])]);
    plain.run([empty]);
    expect(bench.run([empty])).toMatchObject({ ok: true });
    expect(bench.gasUsed - plain.gasUsed).toBe(3n * databaseGas.keyWrite + 100n * (databaseGas.builtDocument + databaseGas.keyWrite));
    expect(() => filled(numbered(100)).run([things.createIndex(index('n'))], { gas: 3_000n })).toThrow();
  });

  it('is dropped while it is built, with its collection, and where another has its name, and no work goes on', () => {
    for (const calls of [[things.dropIndex('n')], [things.drop()], [things.drop(), things.create([index('n')]), things.insert([doc(['_id', 1n], ['n', 1n])])], [things.dropIndex('n'), things.createIndex(index('m'))]] as DatabaseCall[][]) {
      const bench = filled(numbered(3_000));
      bench.run([things.createIndex(index('n'))]);
      bench.end(1);
      expect(entriesOf(bench, 0).length).toBeGreaterThan(100);
      expect(bench.run(calls, { height: 2 })).toMatchObject({ ok: true });
      for (let height = 2; isWorkLeft(bench); height++) bench.end(height);
      expect(entriesOf(bench, 0)).toHaveLength(calls.length === 3 ? 1 : 0);
    }
    const gone = filled([]);
    expect(gone.run([things.dropIndex('n')])).toMatchObject({ code: 'DB_NO_INDEX' });
    expect(gone.run([collectionOps(world, 'nothing').dropIndex('n')])).toMatchObject({ code: 'DB_NO_COLLECTION' });
  });

  it('takes no more documents in a block where they are large', () => {
    const bench = filled(numbered(300, () => [['n', 1n], ['text', 'x'.repeat(20_000)]]));
    bench.run([things.createIndex(index('n'))]);
    bench.end(1);
    expect(recordOf(bench)[0]?.building?.built).toBeLessThan(120n);
  });
});

const value = fc.oneof<fc.Arbitrary<Value>[]>(fc.constantFrom<Value>(0n, 1n, 2n, 3n, 'x', null), fc.array(fc.constantFrom<Value>(1n, 2n, 'y'), { maxLength: 3 }));
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('upsert' as const), id: fc.bigInt({ min: 0n, max: 600n }), value }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), id: fc.bigInt({ min: 0n, max: 600n }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('end' as const) }) },
);

test('writes while an index is built leave what would be there had it been built before', () => {
  let meanwhile = 0;
  fc.assert(fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), fc.constantFrom<Partial<IndexDefinition>>({ multikey: true }, { multikey: true, sparse: true }, { multikey: true, partial: [{ path: 'n', operator: 'gte', value: 1n }] }), (steps, kinds) => {
    // Large documents, so that the build takes some blocks.
    const large = (id: bigint, n: Value): Document => doc(['_id', id], ['n', n], ['text', 'x'.repeat(12_000)]);
    const start = Array.from({ length: 300 }, (_, i) => large(BigInt(2 * i), BigInt(i % 4)));
    const documents = new Map(start.map((one) => [one.get('_id') as bigint, one]));
    const bench = createBench();
    bench.run([createDatabase('world'), things.create([])]);
    for (let at = 0; at < start.length; at += 20) bench.run([things.insert(start.slice(at, at + 20))]);
    bench.run([things.createIndex(index('n', kinds))]);
    let height = 1;
    for (const one of steps) {
      if (recordOf(bench)[0]?.building !== undefined) meanwhile++;
      if (one.kind === 'end') bench.end(height++);
      else if (one.kind === 'delete') {
        if (bench.run([things.delete(one.id)], { height }).ok) documents.delete(one.id);
      } else {
        expect(bench.run([things.upsert(large(one.id, one.value))], { height })).toMatchObject({ ok: true });
        documents.set(one.id, large(one.id, one.value));
      }
    }
    while (isWorkLeft(bench)) bench.end(height++);
    expect(recordOf(bench)).toEqual([{ ...index('n', kinds), number: 0 }]);
    expect(entriesOf(bench, 0)).toEqual(entriesOf(filled([...documents.values()].map((one) => doc(['_id', one.get('_id') as bigint], ['n', one.get('n') as Value])), [index('n', kinds)]), 0));
  }), { numRuns: 25 });
  expect(meanwhile).toBeGreaterThan(100);
}, 60_000);
