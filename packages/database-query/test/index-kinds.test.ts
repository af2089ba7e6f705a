import { beforeAll, describe, expect, it } from '@jest/globals';
import { compareValues, type Document, documentToJson, isArray, type Value } from '@vsys/data-format/value';
import { valuesAt } from '@vsys/database/layout';
import type { IndexDefinition } from '@vsys/database';
import { createSeededRandom } from '@vsys/primitives';
import type { StateView } from '@vsys/state';
import { answerCount, answerQuery, explainQuery, type Query, type SortField, verifyAnswer, verifyCount } from '../src/index.ts';
import { compileFilter, planQuery } from '../src/verify.ts';
import { createWorld, database } from './world.ts';

const up = (path: string): SortField => ({ path, direction: 1 });
const down = (path: string): SortField => ({ path, direction: -1 });
const indexes: readonly IndexDefinition[] = [
  { name: 'mail', unique: true, fields: [up('mail')], sparse: true },
  { name: 'tags', unique: false, fields: [up('tags'), down('size')], multikey: true },
  { name: 'keys', unique: true, fields: [down('keys')], multikey: true, sparse: true },
  { name: 'live', unique: false, fields: [up('size')], partial: [{ path: 'state', operator: 'eq', value: 'live' }] },
  { name: 'big', unique: false, fields: [up('owner'), up('rank')], partial: [{ path: 'size', operator: 'gte', value: 5n }, { path: 'rank', operator: 'exists', value: true }] },
  { name: 'line', unique: false, fields: [up('owner'), up('lines.sku')], multikey: true, partial: [{ path: 'owner', operator: 'exists', value: true }] },
];
const seed = 11;
const random = createSeededRandom(seed);
const below = (end: number): number => (random.bytes(1)[0] as number) % end;
const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
const words = ['a', 'b', 'c', 'd', null, 3n, 7];
const sizes: readonly Value[] = [0n, 2, 5n, 5.5, 9n, null, 'big'];
const doc = (...entries: [string, Value][]): Document => new Map(entries);
const maybe = (name: string, value: Value): readonly [string, Value][] => (below(4) === 0 ? [] : [[name, value]]);
const documents: Document[] = Array.from({ length: 90 }, (_, i) => doc(
  ['_id', BigInt(i)], ['owner', pick(['ada', 'bob', 'eve'])], ...maybe('mail', `m${i}`), ...maybe('size', pick(sizes)), ...maybe('rank', pick([1n, 2n, 3n, null])), ...maybe('state', pick<Value>(['live', 'done', ['live', 'late']])),
  ...maybe('tags', below(3) === 0 ? pick(words) : Array.from({ length: below(5) }, () => pick(words))), ...maybe('keys', Array.from({ length: i === 0 ? 0 : 1 + below(2) }, (__, k) => `k${i}.${k}`)),
  ...maybe('lines', Array.from({ length: below(4) }, () => doc(['sku', pick(words)]))),
));
const ask = (filter: Document, parts: Partial<Query> = {}): Query => ({ database, collection: 'cities', filter, ...parts });

let view: StateView;
beforeAll(async () => {
  view = await createWorld(indexes, documents);
});

const values = (path: string): readonly Value[] => (path === 'size' || path === 'rank' ? sizes : path === 'state' ? ['live', 'done', 'late'] : path === 'mail' ? ['m3', 'm70', 'm4', null] : path === 'keys' ? ['k9.0', 'k40.1', null] : path === 'owner' ? ['ada', 'bob'] : words);
const paths = ['mail', 'tags', 'keys', 'size', 'rank', 'owner', 'state', 'lines.sku'];

function randomQuery(): Query {
  const filter = new Map<string, Value>(pick<Document>([doc(), doc(), doc(['owner', pick(['ada', 'eve'])], ['size', doc(['$gte', pick<Value>([5n, 5, 2n])])], ['rank', pick<Value>([1n, 2n, null, doc(['$gt', 1n])])]), doc(['owner', 'bob'], ['lines.sku', pick(words)]), doc(['state', 'live'], ['size', doc(['$gt', pick(sizes)])])]));
  for (let count = filter.size > 0 ? 0 : below(4); count > 0; count--) {
    const path = pick(paths);
    const [first, second] = [pick(values(path)), pick(values(path))];
    filter.set(path, pick<Value>([first, first, doc([pick(['$gt', '$gte']), first]), doc([pick(['$lt', '$lte']), first]), doc(['$gte', first], ['$lt', second])]));
  }
  const sort = below(2) === 0 ? [] : Array.from({ length: 1 + below(2) }, () => ({ path: pick([...paths, '_id']), direction: pick([1, -1] as const) }));
  return ask(filter, { sort: sort.filter(({ path }, i) => sort.findIndex((other) => other.path === path) === i) });
}

/** All pages of a size, each verified; undefined when no index answers. */
async function idsOf(query: Query, limit: number): Promise<{ readonly ids: readonly Value[]; readonly index: string | undefined } | undefined> {
  const ids: Value[] = [];
  for (let after: Uint8Array | undefined; ;) {
    const asked = { ...query, limit, ...(after === undefined ? {} : { after }) };
    const answer = await answerQuery(view, asked);
    if (!answer.ok) {
      expect(['QUERY_NOT_PROVABLE', 'QUERY_MALFORMED']).toContain(answer.code);
      return undefined;
    }
    const found = verifyAnswer(view.root, asked, answer.value);
    if (!found.ok) throw new Error(`${found.code}: ${found.message}`);
    ids.push(...found.value.documents.map(({ document }) => document.get('_id') as Value));
    after = found.value.cursor;
    if (after === undefined) return { ids, index: found.value.explanation.index };
  }
}

/** MongoDB's key of a sort: of an array its least element, or backwards its greatest; one without elements lies below all. */
function sortKey(document: Document, { path, direction }: SortField): Value | undefined {
  const all = valuesAt(document, path.split('.')).flatMap((value): (Value | undefined)[] => (isArray(value) ? (value.length === 0 ? [undefined] : [...value]) : [value ?? null]));
  return all.toSorted((a, b) => direction * compareKeys(a, b))[0];
}
function compareKeys(a: Value | undefined, b: Value | undefined): number {
  return a === undefined || b === undefined ? Number(a !== undefined) - Number(b !== undefined) : compareValues(a, b);
}

describe(`indexes that hold some documents, or some of them often (seed ${seed})`, () => {
  it('finds what the filter language finds, each document once, in order, in pages of any size, and counts it', async () => {
    const used = new Map<string, number>();
    for (let tries = 0; tries < 200; tries++) {
      const query = randomQuery();
      const all = await idsOf(query, 1_000);
      if (all === undefined) continue;
      used.set(all.index ?? '', (used.get(all.index ?? '') ?? 0) + 1);
      const matches = compileFilter(query.filter);
      if (!matches.ok) throw new Error(matches.message);
      const expected = documents.filter(matches.value);
      const asked = documentToJson(query.filter);
      expect({ asked, index: all.index, found: all.ids.toSorted() }).toEqual({ asked, index: all.index, found: expected.map((one) => one.get('_id')).toSorted() });
      for (const [i, id] of all.ids.entries()) {
        const [before, here] = [documents[Number(all.ids[i - 1] ?? id)] as Document, documents[Number(id)] as Document];
        const order = (query.sort ?? []).map((field) => field.direction * compareKeys(sortKey(before, field), sortKey(here, field))).find((one) => one !== 0) ?? 0;
        expect({ query, i, order: Math.sign(order) }).not.toMatchObject({ order: 1 });
      }
      if (tries % 8 === 0) expect((await idsOf(query, 3))?.ids).toEqual(all.ids);
      const countQuery = { database, collection: 'cities', filter: query.filter };
      const counted = await answerCount(view, countQuery);
      const count = counted.ok ? verifyCount(view.root, countQuery, counted.value) : counted;
      expect(count.ok && count.value.count).toBe(BigInt(expected.length));
    }
    // Each index was taken for something.
    expect([...used.keys()].toSorted()).toEqual(['', 'big', 'keys', 'line', 'live', 'mail', 'tags']);
  }, 60_000);

  it.each<[string, Document, readonly SortField[], string]>([
    ['null in a sparse index', doc(['mail', null]), [], 'sparse'],
    ['everything in order of a sparse index', doc(), [up('mail')], 'sparse'],
    ['less than a partial index asks', doc(['owner', 'ada'], ['size', doc(['$gte', 4n])], ['rank', 2n]), [], 'holds only'],
    ['a value that may be missing', doc(['owner', 'ada'], ['size', doc(['$gte', 5n])], ['rank', null]), [], 'holds only'],
    ['both bounds of elements', doc(['tags', doc(['$gt', 'a'], ['$lt', 'd'])]), [], 'two elements'],
    ['order along elements between bounds', doc(['tags', doc(['$gt', 'a'])]), [up('tags')], 'least or greatest'],
    ['order along an element that is the same', doc(['tags', 'a']), [up('tags')], 'not that of the sort'],
  ])('does not answer %s', async (_, filter, sort, why) => {
    const refused = await answerQuery(view, ask(filter, { sort }));
    expect(refused).toMatchObject({ ok: false, code: 'QUERY_NOT_PROVABLE' });
    expect(JSON.stringify(refused.ok ? '' : refused.data)).toContain(why);
  });

  it('never takes one that is being built, or that failed, and says so', () => {
    const fields = [{ path: 'owner', direction: 1 as const }];
    const whole = { number: 0, name: 'owner', unique: false, fields };
    const asked = ask(doc(['owner', 'ada']));
    expect(planQuery({ name: 'cities', indexes: [whole] }, asked)).toMatchObject({ ok: true, value: { explanation: { index: 'owner' } } });
    for (const [standing, why] of [[{ building: { cursor: new Uint8Array(), built: 3n, total: 10n } }, '3 of 10'], [{ failed: { code: 'DB_DUPLICATE', ids: [1n, 2n] } }, 'DB_DUPLICATE']] as const) {
      const refused = planQuery({ name: 'cities', indexes: [{ ...whole, ...standing }] }, asked);
      expect(refused).toMatchObject({ ok: false, code: 'QUERY_NOT_PROVABLE' });
      expect(JSON.stringify(refused.ok ? '' : refused.data)).toContain(why);
    }
  });

  it('says which index it takes, and why not the others', async () => {
    const explained = await explainQuery(view, ask(doc(['owner', 'ada'], ['size', doc(['$gte', 5n])], ['rank', 2n])));
    expect(explained).toMatchObject({ ok: true, value: { via: 'index', index: 'big', equals: ['owner', 'rank'] } });
    expect(Object.fromEntries((explained.ok ? explained.value.others ?? [] : []).map(({ index, why }) => [index, why]))).toEqual({
      mail: expect.stringContaining('sparse'), keys: expect.stringContaining('sparse'), tags: expect.stringContaining('narrow'), live: expect.stringContaining('holds only'), line: expect.stringContaining('narrow'),
    });
  });

  it.each<[string, Query]>([
    ['of an index by elements', ask(doc(['tags', doc(['$gte', 'b'])]), { limit: 3 })],
    ['of an index by elements, in order and backwards', ask(doc(), { limit: 2, sort: [down('tags')] })],
    ['of a sparse one', ask(doc(['mail', doc(['$gt', 'm3'])]), { limit: 2 })],
    ['of a partial one', ask(doc(['state', 'live'], ['size', doc(['$gt', 2n])]), { limit: 2 })],
  ])('refuses every changed byte %s', async (_, query) => {
    const answer = await answerQuery(view, query);
    if (!answer.ok) throw new Error(answer.message);
    expect(verifyAnswer(view.root, query, answer.value)).toMatchObject({ ok: true });
    for (const part of ['collectionProof', 'rangeProof', 'documentsProof'] as const) {
      const proof = answer.value[part];
      expect(proof.length).toBeGreaterThan(0);
      for (let at = 0; at < proof.length; at++) {
        const changed = proof.slice();
        changed[at] = (changed[at] as number) ^ 1;
        expect(verifyAnswer(view.root, query, { ...answer.value, [part]: changed }).ok).toBe(false);
      }
      expect(verifyAnswer(view.root, query, { ...answer.value, [part]: proof.slice(0, -1) }).ok).toBe(false);
    }
  });
});
