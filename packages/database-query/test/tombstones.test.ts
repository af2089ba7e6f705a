import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Document, Value } from '@vsys/data-format/value';
import { documentPrefix } from '@vsys/database/layout';
import { markKey, markToRecord, type Target } from '@vsys/moderation/layout';
import { equalBytes, toHex } from '@vsys/primitives';
import { createState, type StateView } from '@vsys/state';
import { createMemoryStore } from '@vsys/store';
import { type Answer, answerCount, answerFromJson, answerQuery, answerToJson, type ModeratedAnswer, type Query, verifyAnswer, verifyCount, verifyModerated, withholdMarked } from '../src/index.ts';
import { createWorld, database, owner } from './world.ts';

const [watch, guard, stranger] = [7, 8, 9].map((n) => new Uint8Array(20).fill(n)) as [Uint8Array, Uint8Array, Uint8Array];
const indexes = [
  { name: 'people', unique: false, fields: [{ path: 'people', direction: 1 as const }] },
  { name: 'tags', unique: false, multikey: true as const, fields: [{ path: 'tags', direction: 1 as const }] },
];
const SECRET = 'what nobody should read';
const documents: Document[] = Array.from({ length: 8 }, (_, i): Document => new Map<string, Value>([['_id', BigInt(i)], ['people', 100 - i], ['tags', ['a', `t${i}`]], ['text', `${SECRET} ${i}`]]));
const filter = (...entries: [string, Value][]): Document => new Map(entries);
const ask = (parts: Partial<Query> = {}): Query => ({ database, collection: 'cities', filter: filter(), ...parts });

let plain: StateView;
let idKeys: readonly Uint8Array[];
beforeAll(async () => {
  plain = await createWorld(indexes, documents);
  const prefix = documentPrefix(database, 'cities');
  idKeys = (await plain.proveRange({ from: prefix, to: Uint8Array.of(...prefix, 0xff), limit: 100 })).rows.map(({ key }) => key.slice(prefix.length));
  expect(idKeys).toHaveLength(documents.length);
});

const on = (i: number): Target => ({ kind: 'document', database, collection: 'cities', idKey: idKeys[i] as Uint8Array });

/** The same state with marks in it, as the container writes them. */
async function marked(marks: readonly (readonly [moderator: Uint8Array, target: Target])[]): Promise<StateView> {
  const state = await createState({ store: createMemoryStore() });
  const base = state.view(state.base.root) as StateView;
  const { rows } = await plain.proveRange({ from: new Uint8Array(), limit: 1_000 });
  return state.fork(base, 1, [...rows, ...marks.map(([moderator, target]) => ({ key: markKey(moderator, target), value: markToRecord({ target, reason: 'fraud', note: 'no', at: 3 }) }))]);
}

async function answered(view: StateView, query: Query, moderators: readonly Uint8Array[] = [watch, guard]): Promise<Answer> {
  const answer = await answerQuery(view, query);
  if (!answer.ok) throw new RangeError(answer.message);
  return withholdMarked(view, query, answer.value, moderators);
}

function read(view: StateView, query: Query, answer: Answer, moderators: readonly Uint8Array[] = [watch, guard]): ModeratedAnswer {
  const verdict = verifyModerated(view.root, query, answer, moderators);
  if (!verdict.ok) throw new RangeError(`${verdict.code}: ${verdict.message}`);
  return verdict.value;
}

/** Numbers of documents that are shown, and `x` for each tombstone. */
const shownOf = ({ rows }: ModeratedAnswer): string => rows.map((row) => row.kind === 'document' ? String(row.stored.document.get('_id')) : 'x').join('');
const textOf = (answer: Answer): string => [answer.collectionProof, answer.rangeProof, answer.documentsProof, answer.tombstones?.marksProof ?? new Uint8Array()].map((part) => String.fromCharCode(...part)).join('');

describe('a node that honours moderators', () => {
  test.each([
    ['along _id', ask(), '01x345x7'], ['along _id, backward', ask({ sort: [{ path: '_id', direction: -1 }] }), '7x543x10'], ['along an index', ask({ filter: filter(['people', new Map<string, Value>([['$gte', 94]])]) }), 'x543x10'],
    ['along an index by elements', ask({ filter: filter(['tags', 'a']) }), '01x345x7'], ['by _id', ask({ filter: filter(['_id', 2n]) }), 'x'], ['by another _id', ask({ filter: filter(['_id', 3n]) }), '3'],
  ])('shows tombstones in place of what they mark, %s, and leaves no row out', async (_, query, becomes) => {
    const view = await marked([[watch, on(2)], [guard, on(6)], [stranger, on(1)]]);
    const answer = await answered(view, query);
    expect(shownOf(read(view, query, answer))).toBe(becomes);
    const stones = read(view, query, answer).rows.filter((row) => row.kind === 'tombstone');
    for (const stone of stones) {
      expect(stone).toMatchObject({ mark: { reason: 'fraud', note: 'no', at: 3 } });
      const i = idKeys.findIndex((idKey) => equalBytes(idKey, stone.idKey));
      expect(toHex(stone.moderator)).toBe(toHex(i === 2 ? watch : guard));
      expect(textOf(answer)).not.toContain(`${SECRET} ${i}`);
    }
    const back = answerFromJson(JSON.parse(JSON.stringify(answerToJson(answer))));
    expect(back).toEqual({ ok: true, value: answer });
    // Who asks for the plain answer is not given this one for it.
    if (stones.length > 0) expect(verifyAnswer(view.root, query, answer)).toMatchObject({ ok: false });
  });

  test('gives everything, with proof, where it honours nobody who marks', async () => {
    const view = await marked([[watch, on(2)]]);
    const answer = await answered(view, ask(), [stranger]);
    expect(verifyAnswer(view.root, ask(), answer)).toMatchObject({ ok: true });
    expect(shownOf(read(view, ask(), answer, []))).toBe('01234567');
  });

  test.each([
    ['collection', { kind: 'collection', database, collection: 'cities' }], ['database', { kind: 'database', database }], ['person', { kind: 'person', account: owner }],
  ] as const)('withholds all that is in a marked %s', async (kind, target) => {
    const view = await marked([[watch, target]]);
    const query = ask({ limit: 3 });
    const answer = await answered(view, query);
    const moderated = read(view, query, answer);
    expect([shownOf(moderated), moderated.more]).toEqual(['xxx', true]);
    expect(moderated.rows[0]).toMatchObject({ mark: { target: { kind } } });
    expect(answer.tombstones?.owner !== undefined).toBe(kind === 'person');
    // The next page goes on where this one ended.
    const next = { ...query, after: moderated.cursor as Uint8Array };
    expect(shownOf(read(view, next, await answered(view, next)))).toBe('xxx');
  });

  test('counts what is there', async () => {
    const view = await marked([[watch, on(2)], [watch, { kind: 'database', database }]]);
    const count = await answerCount(view, ask());
    expect(count.ok && verifyCount(view.root, ask(), count.value)).toMatchObject({ value: { count: 8n } });
  });

  test('has nothing to withhold from a collection that is not there, or holds nothing', async () => {
    const view = await marked([[watch, { kind: 'database', database }]]);
    expect(verifyModerated(view.root, ask({ collection: 'none' }), await answered(view, ask({ collection: 'none' })), [watch])).toMatchObject({ code: 'QUERY_NO_COLLECTION' });
    expect(shownOf(read(view, ask({ filter: filter(['_id', 99n]) }), await answered(view, ask({ filter: filter(['_id', 99n]) }))))).toBe('');
  });
});

describe('a node that lies', () => {
  const queries = [ask(), ask({ filter: filter(['people', new Map<string, Value>([['$gte', 94]])]) }), ask({ filter: filter(['_id', 2n]) })];

  test.each(queries)('does not withhold without a mark in the state (%#)', async (query) => {
    const [with2, without] = [await marked([[watch, on(2)]]), await marked([])];
    const answer = await answered(with2, query);
    const { tombstones: _, ...silent } = answer;
    expect(verifyModerated(with2.root, query, silent, [watch])).toMatchObject({ code: 'TOMBSTONE_NO_MARK' });
    // The mark of another state, and a proof that there is none.
    expect(verifyModerated(without.root, query, answer, [watch])).toMatchObject({ ok: false });
    const absent = await without.proveKeys([markKey(watch, on(2))]);
    const bare = await answerQuery(without, query);
    if (!bare.ok) throw new RangeError(bare.code);
    const forged = await withholdMarked({ ...without, root: without.root, get: (key) => without.get(key), getMany: async (keys) => (await with2.getMany(keys)), proveKeys: (keys) => without.proveKeys(keys) } as StateView, query, bare.value, [watch]);
    expect(forged.tombstones?.marksProof).toEqual(absent);
    expect(verifyModerated(without.root, query, forged, [watch])).toMatchObject({ code: 'TOMBSTONE_NO_MARK' });
  });

  test.each(queries)('does not withhold for a moderator whom the policy does not honour (%#)', async (query) => {
    const view = await marked([[watch, on(2)]]);
    const answer = await answered(view, query);
    expect(verifyModerated(view.root, query, answer, [guard, stranger])).toMatchObject({ code: 'TOMBSTONE_NOT_HONOURED' });
    expect(verifyModerated(view.root, query, answer, [])).toMatchObject({ code: 'TOMBSTONE_NOT_HONOURED' });
  });

  test.each(queries)('does not pass with any byte of an answer changed (%#)', async (query) => {
    const view = await marked([[watch, on(2)], [guard, { kind: 'person', account: owner }]]);
    const answer = await answered(view, query);
    const truth = read(view, query, answer);
    let changed = 0;
    const holds = (other: Answer): void => {
      changed++;
      expect(verifyModerated(view.root, query, other, [watch, guard])).toMatchObject({ ok: false });
    };
    const flips = (bytes: Uint8Array): Uint8Array[] => [...bytes].map((byte, i) => bytes.with(i, byte ^ 1));
    for (const part of ['collectionProof', 'rangeProof', 'documentsProof'] as const) for (const flipped of flips(answer[part])) holds({ ...answer, [part]: flipped });
    const stones = answer.tombstones;
    if (stones === undefined) throw new RangeError('nothing is withheld');
    for (const marksProof of flips(stones.marksProof)) holds({ ...answer, tombstones: { ...stones, marksProof } });
    if (stones.owner !== undefined) {
      for (const owner of flips(stones.owner)) holds({ ...answer, tombstones: { ...stones, owner } });
      const { owner: _, ...without } = stones;
      holds({ ...answer, tombstones: without });
    } else holds({ ...answer, tombstones: { ...stones, owner } });
    for (const [i, mark] of stones.marks.entries()) {
      for (const moderator of [...flips(mark.moderator), mark.moderator === watch ? guard : watch, stranger]) if (!equalBytes(moderator, mark.moderator)) holds({ ...answer, tombstones: { ...stones, marks: stones.marks.with(i, { ...mark, moderator }) } });
      for (const kind of ['document', 'collection', 'database', 'person'] as const) if (kind !== mark.on) holds({ ...answer, tombstones: { ...stones, marks: stones.marks.with(i, { ...mark, on: kind }) } });
    }
    holds({ ...answer, tombstones: { ...stones, marks: stones.marks.slice(1) } });
    holds({ ...answer, tombstones: { ...stones, marks: [...stones.marks, stones.marks[0] as never] } });
    expect(changed).toBeGreaterThan(400);
    expect(read(view, query, answer)).toEqual(truth);
  }, 60_000);
});

test.each([
  [{ marks: 1 }], [{ marks: [{ moderator: 'ab', on: 'document' }], marksProof: '' }], [{ marks: [{ moderator: '07'.repeat(20), on: 'all' }], marksProof: '' }], [{ marks: [], marksProof: 5 }], [{ marks: [], owner: 'x', marksProof: '' }],
  [{ marks: Array.from({ length: 1_001 }, () => ({ moderator: '07'.repeat(20), on: 'document' })), marksProof: '' }],
])('refuses tombstones that are none (%#)', (tombstones) => {
  expect(answerFromJson({ collectionProof: '', rangeProof: '', documentsProof: '', tombstones })).toMatchObject({ code: 'QUERY_MALFORMED' });
});
