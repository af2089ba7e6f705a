import { describe, expect, it, test } from '@jest/globals';
import fc from 'fast-check';
import { toHex } from '@vsys/primitives';
import { type Document, encodeIndexKey, int32, type Value } from '@vsys/data-format/value';
import { collectionFromRecord, collectionKey, indexPrefix } from '../src/layout.ts';
import { collectionOps, createDatabase, databaseId, type IndexDefinition } from '../src/ops.ts';
import { databaseLimits, operationFromPayload } from '../src/index.ts';
import { ada, type Bench, createBench } from './harness.ts';

const world = databaseId(ada, 'world');
const things = collectionOps(world, 'things');
const up = (path: string): { path: string; direction: 1 } => ({ path, direction: 1 });
const down = (path: string): { path: string; direction: -1 } => ({ path, direction: -1 });
const doc = (...entries: [string, Value][]): Document => new Map(entries);
const indexes: readonly IndexDefinition[] = [
  { name: 'sparse', unique: true, fields: [up('a'), down('o.b')], sparse: true },
  { name: 'tags', unique: false, fields: [up('tags'), down('a')], multikey: true },
  { name: 'inner', unique: true, fields: [down('l.c')], multikey: true, sparse: true },
  { name: 'some', unique: false, fields: [up('b')], partial: [{ path: 'a', operator: 'gte', value: 1n }, { path: 'tags', operator: 'eq', value: 'x' }] },
  { name: 'there', unique: true, fields: [up('b'), up('tags')], multikey: true, partial: [{ path: 'o.b', operator: 'exists', value: true }] },
];

const scalar: fc.Arbitrary<Value> = fc.constantFrom<Value>(0n, 1n, 2, 3.5, Number.NaN, null, 'x', 'y', 'z', true);
const few = fc.array(scalar, { maxLength: 4 });
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(of, { nil: undefined, freq: 3 });
const id = fc.integer({ min: 1, max: 5 }).map(int32);
const parts = fc.record({
  a: maybe(fc.oneof({ weight: 9, arbitrary: scalar }, { weight: 1, arbitrary: few })), b: maybe(scalar), tags: maybe(fc.oneof(scalar, few)),
  l: maybe(fc.oneof(fc.array(fc.oneof({ weight: 4, arbitrary: scalar.map((c) => doc(['c', c])) }, { weight: 1, arbitrary: few.map((c) => doc(['c', c])) }, { weight: 1, arbitrary: scalar }), { maxLength: 3 }), scalar.map((c) => doc(['c', c])))),
  o: maybe(scalar.map((b) => doc(['b', b]))),
});
const body = parts.map((fields) => Object.entries(fields).filter((entry): entry is [string, Value] => entry[1] !== undefined));
const document = fc.tuple(id, body).map(([_id, fields]) => doc(['_id', _id], ...fields));
type Step = { readonly kind: 'insert' | 'upsert'; readonly document: Document } | { readonly kind: 'set'; readonly id: Value; readonly path: string; readonly value: Value } | { readonly kind: 'delete'; readonly id: Value };
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('insert' as const, 'upsert' as const), document }), fc.record({ kind: fc.constant('delete' as const), id }),
  fc.record({ kind: fc.constant('set' as const), id, path: fc.constantFrom('a', 'b', 'tags', 'o.b'), value: fc.oneof({ weight: 2, arbitrary: scalar }, { weight: 1, arbitrary: few }) }),
);

/** By hand, and by other means than the sources: a list of lists of what stands at a path. */
function found(at: unknown, names: readonly string[]): unknown[] {
  if (names.length === 0) return [at];
  if (Array.isArray(at)) return at.filter((one) => one instanceof Map).flatMap((one) => found(one, names)).filter((one) => one !== undefined);
  return at instanceof Map && at.has(names[0]) ? found(at.get(names[0]), names.slice(1)) : [];
}

/** Keys of all entries by hand; undefined where the document, or all of them together, are refused. */
function entriesOf(documents: readonly Document[]): Map<string, string> | undefined {
  const all = new Map<string, string>();
  for (const [number, { fields, unique, sparse, multikey, partial }] of indexes.entries()) {
    for (const one of documents) {
      const at = (path: string): unknown[] => found(one, path.split('.'));
      const plain = (path: string): unknown => path.split('.').reduce<unknown>((inner, name) => (inner instanceof Map ? inner.get(name) : undefined), one);
      if (sparse === true && !fields.some(({ path }) => (multikey === true ? at(path).length > 0 : plain(path) !== undefined))) continue;
      const isMet = (partial ?? []).every(({ path, operator, value }) => {
        const looked = at(path).flatMap((value_) => (Array.isArray(value_) ? [value_, ...value_] : [value_]));
        if (operator === 'exists') return at(path).length > 0;
        return looked.some((value_) => (operator === 'eq' ? value_ === value : ['number', 'bigint'].includes(typeof value_) && !Number.isNaN(value_) && Number(value_) >= Number(value)));
      });
      if (!isMet) continue;
      const lists = fields.map(({ path, direction }) => {
        if (multikey !== true) return [encoded(plain(path) as Value, direction)];
        const values = at(path).length === 0 ? [undefined] : at(path);
        const keys = values.flatMap((value) => (Array.isArray(value) ? (value.length === 0 ? [direction === 1 ? '08' : 'f7'] : value.map((inner) => encoded(inner as Value, direction))) : [encoded(value as Value, direction)]));
        return [...new Set(keys)];
      });
      if (lists.flat().includes('') || lists.filter(({ length }) => length > 1).length > 1) return undefined;
      const idKey = encoded(one.get('_id') as Value, 1);
      for (const values of lists.reduce<string[]>((sofar, list) => sofar.flatMap((start) => list.map((end) => start + end)), [''])) {
        const key = toHex(indexPrefix(world, 'things', number)) + values + (unique ? '' : idKey);
        if (all.has(key)) return undefined;
        all.set(key, idKey);
      }
    }
  }
  return all;
}

function encoded(value: Value | undefined, direction: 1 | -1): string {
  const key = encodeIndexKey([value], [direction]);
  return key.ok ? toHex(key.value) : '';
}

function entriesIn(bench: Bench): Map<string, string> {
  const start = toHex(indexPrefix(world, 'things', 0)).slice(0, -4);
  return new Map([...bench.state].filter(([key]) => key.startsWith(start)).map(([key, value]) => [key, toHex(value)]));
}

function after(documents: ReadonlyMap<number, Document>, one: Step): Map<number, Document> | undefined {
  const next = new Map(documents);
  const key = ((one.kind === 'set' || one.kind === 'delete' ? one.id : one.document.get('_id')) as { value: number }).value;
  const before = next.get(key);
  switch (one.kind) {
    case 'insert': case 'upsert':
      if (one.kind === 'insert' && before !== undefined) return undefined;
      next.set(key, one.document);
      break;
    case 'delete':
      if (before === undefined) return undefined;
      next.delete(key);
      break;
    case 'set': {
      if (before === undefined) return undefined;
      const inner = before.get('o');
      next.set(key, one.path === 'o.b' ? new Map(before).set('o', new Map(inner instanceof Map ? (inner as Document) : []).set('b', one.value)) : new Map(before).set(one.path, one.value));
    }
  }
  return next;
}

test('entries of sparse, partial and multikey indexes are those of a plain model after any operations', () => {
  let [done, refused, most] = [0, 0, 0];
  fc.assert(fc.property(fc.array(step, { minLength: 8, maxLength: 20 }), (steps) => {
    const bench = createBench();
    expect(bench.run([createDatabase('world'), things.create(indexes)]).ok).toBe(true);
    let documents: ReadonlyMap<number, Document> = new Map();
    for (const one of steps) {
      const next = after(documents, one);
      const expected = next === undefined ? undefined : entriesOf([...next.values()]);
      const call = one.kind === 'set' ? things.patch(one.id, { set: new Map([[one.path, one.value]]) }) : one.kind === 'delete' ? things.delete(one.id) : things[one.kind === 'insert' ? 'insert' : 'upsert'](one.kind === 'insert' ? [one.document] as never : one.document as never);
      const result = bench.run([call]);
      expect({ one, ok: result.ok, result }).toMatchObject({ ok: expected !== undefined });
      if (expected === undefined) refused++;
      else {
        done++;
        documents = next as Map<number, Document>;
        most = Math.max(most, expected.size);
      }
      expect(entriesIn(bench)).toEqual(entriesOf([...documents.values()]));
    }
  }), { numRuns: 150 });
  expect(Math.min(done, refused)).toBeGreaterThan(100);
  expect(most).toBeGreaterThan(10);
}, 60_000);

describe('kinds of indexes', () => {
  const withIndex = (index: IndexDefinition): Bench => {
    const bench = createBench();
    bench.run([createDatabase('world'), things.create([index])]);
    return bench;
  };
  const codeOf = (result: ReturnType<Bench['run']>): string => (result.ok ? 'ok' : result.code);

  it('keeps one value for one document in a unique index by elements, and folds what a document has twice', () => {
    const bench = withIndex({ name: 'mail', unique: true, fields: [up('mail')], multikey: true });
    expect(codeOf(bench.run([things.insert([doc(['_id', 1], ['mail', ['a', 'b', 'a']])])]))).toBe('ok');
    expect(entriesIn(bench).size).toBe(2);
    expect(bench.run([things.insert([doc(['_id', 2], ['mail', ['c', 'b']])])])).toMatchObject({ code: 'DB_DUPLICATE', data: { index: 'mail' } });
    expect(codeOf(bench.run([things.patch(1, { pullAll: new Map([['mail', ['b']]]) }), things.insert([doc(['_id', 2], ['mail', ['c', 'b']])])]))).toBe('ok');
    // Missing and null are one value, as in an index that is not sparse.
    expect(codeOf(bench.run([things.insert([doc(['_id', 3]), doc(['_id', 4], ['mail', null])])]))).toBe('DB_DUPLICATE');
  });

  it.each([
    ['as many values of one document as there may be', { entries: databaseLimits.entriesPerDocumentMax }, 'ok'], ['one more', { entries: databaseLimits.entriesPerDocumentMax + 1 }, 'DB_LIMIT'],
  ])('takes or refuses %s', (_, { entries }, code) => {
    const bench = withIndex({ name: 'tags', unique: false, fields: [up('tags')], multikey: true });
    expect(codeOf(bench.run([things.insert([doc(['_id', 1], ['tags', Array.from({ length: entries }, (__, i) => BigInt(i))])])]))).toBe(code);
  });

  it('refuses several values in two fields of one document, an array in an array, and a key that is too long, also one of many', () => {
    const bench = withIndex({ name: 'tags', unique: false, fields: [up('tags'), up('a')], multikey: true });
    expect(codeOf(bench.run([things.insert([doc(['_id', 1], ['tags', [1, 2]], ['a', [3, 4]])])]))).toBe('DB_INDEX_ARRAYS');
    expect(codeOf(bench.run([things.insert([doc(['_id', 1], ['tags', [[1]]])])]))).toBe('DB_VALUE');
    expect(codeOf(bench.run([things.insert([doc(['_id', 1], ['tags', ['a', 'x'.repeat(300)]])])]))).toBe('DB_KEY_TOO_LONG');
    expect(codeOf(bench.run([things.insert([doc(['_id', 1], ['tags', ['a', 'x'.repeat(230)]])])]))).toBe('DB_KEY_TOO_LONG');
    expect(codeOf(bench.run([things.insert([doc(['_id', 1], ['tags', [1, 2]], ['a', [3]])])]))).toBe('ok');
  });

  it('takes arrays where a partial index does not hold the document, and refuses them where it does', () => {
    const bench = withIndex({ name: 'some', unique: false, fields: [up('a')], partial: [{ path: 'live', operator: 'eq', value: true }] });
    expect(codeOf(bench.run([things.insert([doc(['_id', 1], ['a', [1]])])]))).toBe('ok');
    expect(codeOf(bench.run([things.patch(1, { set: new Map([['live', true]]) })]))).toBe('DB_VALUE');
  });

  it('keeps a definition through payload and record, and reads one spelling of it', () => {
    const bench = createBench();
    bench.run([createDatabase('world'), things.create(indexes)]);
    expect(collectionFromRecord(bench.state.get(toHex(collectionKey(world, 'things'))) as Uint8Array).indexes).toEqual(indexes.map((index, number) => ({ ...index, number })));
    for (const index of indexes) expect(operationFromPayload(things.createIndex(index).payload)).toMatchObject({ ok: true, value: { index } });
  });

  it.each<[string, Partial<IndexDefinition>, string]>([
    ['a number in a path by elements', { multikey: true, fields: [up('l.0')] }, 'DB_NAME'],
    ['a number in a condition', { partial: [{ path: 'l.0', operator: 'eq', value: 1 }] }, 'DB_NAME'],
    ['no condition', { partial: [] }, 'DB_PAYLOAD'],
    ['a condition twice', { partial: [{ path: 'a', operator: 'gt', value: 1 }, { path: 'a', operator: 'gt', value: 2 }] }, 'DB_PAYLOAD'],
    ['a condition that is not there', { partial: [{ path: 'a', operator: 'ne' as never, value: 1 }] }, 'DB_PAYLOAD'],
    ['"exists" with false', { partial: [{ path: 'a', operator: 'exists', value: false }] }, 'DB_PAYLOAD'],
    ['NaN as a bound', { partial: [{ path: 'a', operator: 'gt', value: Number.NaN }] }, 'DB_VALUE'],
    ['an array to compare with', { partial: [{ path: 'a', operator: 'eq', value: [1] }] }, 'DB_VALUE'],
    ['one condition too many', { partial: Array.from({ length: databaseLimits.partialConditionsMax + 1 }, (_, i) => ({ path: `a${i}`, operator: 'eq' as const, value: 1 })) }, 'DB_LIMIT'],
  ])('refuses %s', (_, kinds, code) => {
    expect(() => things.createIndex({ name: 'i', unique: false, fields: [up('a')], ...kinds })).toThrow(expect.objectContaining({ code }));
  });

  it('reads "sparse" as true alone, and the kinds in one order', () => {
    const payload = things.createIndex({ name: 'i', unique: false, fields: [up('a')], sparse: true, multikey: true }).payload;
    const text = String.fromCharCode(...payload);
    const bytesOf = (changed: string): Uint8Array => Uint8Array.from(changed, (character) => character.charCodeAt(0));
    expect(operationFromPayload(bytesOf(text)).ok).toBe(true);
    expect(operationFromPayload(bytesOf(text.replace('sparse\0\x01', 'sparse\0\0')))).toMatchObject({ code: 'DB_PAYLOAD' });
    expect(operationFromPayload(bytesOf(text.replace('\x08sparse\0\x01\x08multikey\0\x01', '\x08multikey\0\x01\x08sparse\0\x01')))).toMatchObject({ code: 'DB_PAYLOAD' });
  });

  it('takes as many conditions as there may be, and charges for what they look at', () => {
    const partial = Array.from({ length: databaseLimits.partialConditionsMax }, (_, i) => ({ path: `a${i}`, operator: 'exists' as const, value: true }));
    const [plain, asking] = [withIndex({ name: 'i', unique: false, fields: [up('a')] }), withIndex({ name: 'i', unique: false, fields: [up('a')], partial })];
    const insert = things.insert([doc(['_id', 1], ...partial.map(({ path }): [string, Value] => [path, Array.from({ length: 50 }, () => 1)]))]);
    expect([codeOf(plain.run([insert])), codeOf(asking.run([insert]))]).toEqual(['ok', 'ok']);
    expect(asking.gasUsed - plain.gasUsed).toBe(BigInt(databaseLimits.partialConditionsMax * 51));
    expect(entriesIn(asking).size).toBe(1);
  });
});
