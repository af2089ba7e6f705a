import { beforeAll, describe, expect, it } from '@jest/globals';
import { compareScalars, type Document, encodeIndexKey, getPath, isNumeric, type Value } from '@vsys/data-format/value';
import { createSeededRandom } from '@vsys/primitives';
import type { StateView } from '@vsys/state';
import { answerCount, answerFromJson, answerQuery, answerToJson, explainQuery, type Query, queryFromJson, queryToJson, verifyAnswer, verifyCount } from '../src/index.ts';
import { createWorld, database } from './world.ts';

const indexes = [
  { name: 'id', unique: true, fields: [{ path: 'cityId', direction: 1 as const }] },
  { name: 'place', unique: false, fields: [{ path: 'country', direction: 1 as const }, { path: 'people', direction: -1 as const }] },
  { name: 'name', unique: false, fields: [{ path: 'name', direction: 1 as const }] },
  { name: 'label', unique: true, fields: [{ path: 'label', direction: -1 as const }] },
];
const seed = 7;
const names = ['', 'a', 'a\0', 'a\0b', 'a\u0001', 'b', 'é', '東京'];
const countries = ['KR', 'CH', 'C', 'CH\0'];
const random = createSeededRandom(seed);
const pick = <T>(from: readonly T[]): T => from[random.bytes(1)[0] as number % from.length] as T;
const decimal = (text: string): Value => ({ kind: 'decimal128', text });
const people: readonly Value[] = [-5, 0, 1.5, decimal('1.50000000000000000001'), 2n, 10, decimal('9007199254740992.5'), 9_007_199_254_740_993n, Number.NaN, null, 'many'];
const documents: Document[] = Array.from({ length: 120 }, (_, i): Document => new Map<string, Value>([
  ['_id', BigInt(i)], ['cityId', i * 3], ['country', pick(countries)], ['name', pick(names)], ['label', `${pick(names)}${i}`],
  ...(i % 7 === 0 ? [] : [['people', pick(people)] as const]),
]));
function keyOf(value: Value): Uint8Array {
  const key = encodeIndexKey([value]);
  if (!key.ok) throw new Error(key.code);
  return key.value;
}
const filter = (...entries: [string, Value][]): Document => new Map(entries);
const ask = (parts: Partial<Query>): Query => ({ database, collection: 'cities', filter: filter(), ...parts });

let view: StateView;
beforeAll(async () => {
  view = await createWorld(indexes, documents);
});

async function find(query: Query): Promise<ReturnType<typeof verifyAnswer>> {
  const answer = await answerQuery(view, query);
  return answer.ok ? verifyAnswer(view.root, query, answer.value) : answer;
}

async function idsOf(query: Query): Promise<Value[]> {
  const found = await find(query);
  if (!found.ok) throw new Error(`${found.code}: ${found.message}`);
  return found.value.documents.map(({ document }) => document.get('_id') as Value);
}

const where = (test: (document: Document) => boolean): Document[] => documents.filter(test);
const kindOf = (one: Document | undefined): string => typeof (one?.get('people') ?? null);
const ids = (some: readonly Document[]): Value[] => some.map((document) => document.get('_id') as Value);

describe(`proven queries (seed ${seed})`, () => {
  it('finds a document by its key, and shows that there is none', async () => {
    expect(await idsOf(ask({ filter: filter(['_id', 5n]) }))).toEqual([5n]);
    expect(await idsOf(ask({ filter: filter(['_id', 'Atlantis']) }))).toEqual([]);
  });

  it('takes 5, 5n, 5.0 and the decimal 5.00 for one key', async () => {
    for (const five of [5, decimal('5'), decimal('5.00')]) expect(await idsOf(ask({ filter: filter(['_id', five]) }))).toEqual([5n]);
  });

  it('keeps values apart of which one begins the other', async () => {
    for (const name of names) expect((await idsOf(ask({ filter: filter(['name', name]) }))).toSorted()).toEqual(ids(where((one) => one.get('name') === name)).toSorted());
    for (const label of documents.map((one) => one.get('label') as string)) expect(await idsOf(ask({ filter: filter(['label', label]) }))).toHaveLength(1);
  });

  it.each([1, -1] as const)('walks the collection by _id, direction %i, page by page', async (direction) => {
    const seen: Value[] = [];
    for (let after: Uint8Array | undefined; ;) {
      const found = await find(ask({ sort: [{ path: '_id', direction }], limit: 17, ...(after === undefined ? {} : { after }) }));
      if (!found.ok) throw new Error(found.message);
      seen.push(...found.value.documents.map(({ document }) => document.get('_id') as Value));
      expect(found.value.more).toBe(found.value.cursor !== undefined);
      if (found.value.cursor === undefined) break;
      after = found.value.cursor;
    }
    expect(seen).toEqual(direction === 1 ? ids(documents) : ids(documents).toReversed());
  });

  it.each([1, -1] as const)('goes along an index behind an equality, direction %i, with missing fields as null', async (direction) => {
    for (const country of countries) {
      const order = (a: Document, b: Document): number => direction * compareScalars(getPath(a, 'people'), getPath(b, 'people'));
      const found = await idsOf(ask({ filter: filter(['country', country]), sort: [{ path: 'people', direction }], limit: 1_000 }));
      const expected = where((one) => one.get('country') === country).toSorted(order);
      expect(found.toSorted()).toEqual(ids(expected).toSorted());
      expect(found.map((id) => kindOf(documents[Number(id)]))).toEqual(expected.map(kindOf));
    }
  });

  it('keeps bounds to the kind of their value, and NaN out of them', async () => {
    for (const [lower, upper] of [['$gt', '$lt'], ['$gte', '$lte']] as const) {
      for (const bound of [-5, 0, 1.5, decimal('1.5'), decimal('1.500000000000000000001'), 2n, 9_007_199_254_740_992n, decimal('9007199254740992.50'), decimal('-Infinity')]) {
        for (const country of countries) {
          const numbers = where((one) => one.get('country') === country && isNumeric(one.get('people')) && !Number.isNaN(one.get('people')));
          const compare = (one: Document): number => compareScalars(one.get('people'), bound);
          const above = numbers.filter((one) => (lower === '$gte' ? compare(one) >= 0 : compare(one) > 0));
          const below = numbers.filter((one) => (upper === '$lte' ? compare(one) <= 0 : compare(one) < 0));
          expect((await idsOf(ask({ filter: filter(['country', country], ['people', filter([lower, bound])]), limit: 1_000 }))).toSorted()).toEqual(ids(above).toSorted());
          expect((await idsOf(ask({ filter: filter(['country', country], ['people', filter([upper, bound])]), limit: 1_000 }))).toSorted()).toEqual(ids(below).toSorted());
        }
      }
    }
  });

  it('finds nothing between bounds that cross', async () => {
    expect(await idsOf(ask({ filter: filter(['_id', filter(['$gt', 9], ['$lt', 3])]) }))).toEqual([]);
  });

  it('counts the collection, a range, and a key', async () => {
    for (const [asked, expected] of [[filter(), 120], [filter(['country', 'KR']), where((one) => one.get('country') === 'KR').length], [filter(['_id', 3]), 1], [filter(['_id', 999]), 0]] as const) {
      const query = { database, collection: 'cities', filter: asked };
      const answer = await answerCount(view, query);
      if (!answer.ok) throw new Error(answer.message);
      const counted = verifyCount(view.root, query, answer.value);
      expect(counted.ok && counted.value.count).toBe(BigInt(expected));
    }
  });

  it('explains the way without reading rows', async () => {
    expect(await explainQuery(view, ask({ filter: filter(['country', 'KR'], ['people', filter(['$gt', 5])]) }))).toEqual({
      ok: true, value: {
        via: 'index', index: 'place', reverse: false, equals: ['country'], bounded: 'people', tier: 'proven',
        others: ['id', 'name', 'label'].map((index) => ({ index, why: 'its fields do not narrow by "country" after those with equality' })),
      },
    });
  });

  it.each([
    ['the collection', {}], ['a unique index', { sort: [{ path: 'label', direction: 1 as const }] }], ['a unique index', { sort: [{ path: 'cityId', direction: -1 as const }] }],
    ['an index', { filter: filter(['country', 'KR']), sort: [{ path: 'people', direction: -1 as const }] }], ['an index', { sort: [{ path: 'name', direction: -1 as const }] }],
  ])('goes on behind the cursor of every document along %s, and behind none that is longer or shorter', async (_, parts) => {
    const all = await idsOf(ask({ ...parts, limit: 1_000 }));
    let after: Uint8Array | undefined;
    for (const [i, id] of all.entries()) {
      const found = await find(ask({ ...parts, limit: 1, ...(after === undefined ? {} : { after }) }));
      if (!found.ok) throw new Error(`${found.code} at ${i}`);
      expect(found.value.documents.map(({ document }) => document.get('_id'))).toEqual([id]);
      after = found.value.cursor;
      if (after === undefined) break;
      for (const wrong of [after.subarray(1), after.subarray(0, -1), Uint8Array.of(...after, 0), Uint8Array.of(...after, 0x10), after.subarray(0, 1)]) {
        expect([i, await find(ask({ ...parts, after: wrong }))]).toMatchObject([i, { ok: false, code: 'QUERY_CURSOR' }]);
      }
    }
    expect(all.length).toBeGreaterThan(10);
  });

  it.each([
    [{ filter: filter(['height', 3]) }, 'QUERY_NOT_PROVABLE', '{"height":1}'],
    [{ filter: filter(['name', filter(['$regex', 'a'])]) }, 'QUERY_NOT_PROVABLE', '$regex'],
    [{ filter: filter(['$or', []]) }, 'QUERY_NOT_PROVABLE', '$or'],
    [{ filter: filter(['country', 'KR']), sort: [{ path: 'name', direction: 1 as const }] }, 'QUERY_NOT_PROVABLE', '{"country":1,"name":1}'],
    [{ filter: filter(['name', [1]]) }, 'QUERY_NOT_PROVABLE', 'arrays'],
    [{ filter: filter(['_id', filter(['$gt', 1], ['$gte', 2])]) }, 'QUERY_MALFORMED', 'lower'],
    [{ filter: filter(['_id', filter(['$gt', 1], ['$lt', 'z'])]) }, 'QUERY_MALFORMED', 'two kinds'],
    [{ filter: filter(['_id', filter(['$gt', Number.NaN])]) }, 'QUERY_MALFORMED', 'NaN'],
    [{ limit: 0 }, 'QUERY_LIMIT', '1,000'.replace(',', '')],
    [{ filter: filter(['_id', filter(['$lt', 5])]), after: keyOf(7) }, 'QUERY_CURSOR', 'another query'],
    [{ after: Uint8Array.of(0xab) }, 'QUERY_CURSOR', 'no answer'],
    [{ after: new Uint8Array() }, 'QUERY_CURSOR', 'no answer'],
    [{ filter: filter(['country', 'KR']), after: Uint8Array.of(0x30, 0x4b, 0x52, 0) }, 'QUERY_CURSOR', 'no answer'],
    [{ collection: 'towns' }, 'QUERY_NO_COLLECTION', 'towns'],
  ])('refuses %o as %s', async (parts, code, word) => {
    const found = await find(ask(parts));
    expect(found.ok ? 'ok' : found.code).toBe(code);
    expect(found.ok ? '' : found.message).toContain(word);
  });

  it('carries queries and answers through JSON', async () => {
    const query = ask({ filter: filter(['country', 'KR'], ['people', filter(['$gte', 2n])]), sort: [{ path: 'people', direction: -1 }], limit: 3, after: Uint8Array.of(1, 2) });
    expect(queryFromJson(JSON.parse(JSON.stringify(queryToJson(query))))).toEqual({ ok: true, value: query });
    const answer = await answerQuery(view, ask({}));
    if (!answer.ok) throw new Error(answer.message);
    expect(answerFromJson(JSON.parse(JSON.stringify(answerToJson(answer.value))))).toEqual(answer);
    for (const wrong of [null, 3, [], {}, { database: 'zz', collection: 'a', filter: {} }, { ...queryToJson(query), sort: { a: 1 } }, { ...queryToJson(query), extra: 1 }]) {
      expect(queryFromJson(wrong)).toMatchObject({ ok: false, code: 'QUERY_MALFORMED' });
    }
    expect(answerFromJson({ ...answerToJson(answer.value), rangeProof: '!' })).toMatchObject({ ok: false, code: 'QUERY_MALFORMED' });
  });
});

describe('answers that were tampered with', () => {
  it.each([
    ['by key', ask({ filter: filter(['_id', 5n]) })],
    ['of something absent', ask({ filter: filter(['_id', 'Atlantis']) })],
    ['along an index', ask({ filter: filter(['country', 'KR']), limit: 3 })],
    ['along the collection', ask({ limit: 3 })],
  ])('refuses every changed, missing and added byte %s', async (_, query) => {
    const answer = await answerQuery(view, query);
    if (!answer.ok) throw new Error(answer.message);
    for (const part of ['collectionProof', 'rangeProof', 'documentsProof'] as const) {
      const proof = answer.value[part];
      for (let at = 0; at < proof.length; at++) {
        const changed = proof.slice();
        changed[at] = (changed[at] as number) ^ 1;
        expect(verifyAnswer(view.root, query, { ...answer.value, [part]: changed }).ok).toBe(false);
      }
      expect(verifyAnswer(view.root, query, { ...answer.value, [part]: Uint8Array.from([...proof, 0]) }).ok).toBe(false);
      if (proof.length > 0) expect(verifyAnswer(view.root, query, { ...answer.value, [part]: proof.slice(0, -1) }).ok).toBe(false);
    }
  });

  it('refuses the answer of another query', async () => {
    const mine = ask({ filter: filter(['country', 'KR']), limit: 3 });
    for (const other of [ask({ filter: filter(['country', 'CH']), limit: 3 }), ask({ filter: filter(['country', 'KR']), limit: 2 }), ask({ filter: filter(['country', 'KR']), limit: 3, sort: [{ path: 'people', direction: 1 }] }), ask({})]) {
      const answer = await answerQuery(view, other);
      if (!answer.ok) throw new Error(answer.message);
      expect(verifyAnswer(view.root, mine, answer.value).ok).toBe(false);
    }
  });
});
