import { describe, expect, test } from '@jest/globals';
import { toHex, uint64ToBytes } from '@vsys/primitives';
import { type Document, encodeDocument, encodeIndexKey, type Value } from '@vsys/data-format/value';
import { createMemoryStore } from '@vsys/store';
import { createState, type StateView, verifyKeys, verifyRange } from '@vsys/state';
import { countKey, databaseKey, databasePrefix, documentFromRecord, documentKey, documentPrefix, dropsKey, usageFromRecord, usageKey } from '../src/layout.ts';
import { collectionOps, createDatabase, databaseId, dropDatabase } from '../src/ops.ts';
import { databaseLimits } from '../src/payload-checks.ts';
import { ada, bob, type Bench, createBench } from './harness.ts';

const world = databaseId(ada, 'world');
const [cities, rivers] = [collectionOps(world, 'cities'), collectionOps(world, 'rivers')];
const indexes = [{ name: 'code', unique: true, fields: [{ path: 'code', direction: 1 as const }] }, { name: 'size', unique: false, fields: [{ path: 'size', direction: 1 as const }] }];
const thing = (id: number, size = id): Document => new Map<string, Value>([['_id', id], ['code', `c${id}`], ['size', size]]);

function keyOf(collection: string, id: Value): Uint8Array {
  const key = encodeIndexKey([id]);
  if (!key.ok) throw key;
  return documentKey(documentPrefix(world, collection), key.value);
}
const versionOf = (bench: Bench, collection: string, id: Value): bigint | undefined => {
  const record = bench.state.get(toHex(keyOf(collection, id)));
  return record === undefined ? undefined : documentFromRecord(record).version;
};
const bytesOf = (...documents: Document[]): bigint => documents.reduce((sum, one) => {
  const encoded = encodeDocument(one);
  if (!encoded.ok) throw encoded;
  return sum + BigInt(encoded.value.length);
}, 0n);
const usage = (bench: Bench): ReturnType<typeof usageFromRecord> => usageFromRecord(bench.state.get(toHex(usageKey(world))));
const ids = Array.from({ length: 200 }, (_, i) => thing(i));

function filled(): Bench {
  const bench = createBench();
  expect(bench.run([createDatabase('world'), cities.create(indexes), rivers.create(), cities.insert(ids), rivers.insert([thing(1), thing(2)])])).toMatchObject({ ok: true });
  return bench;
}

describe('dropping a collection', () => {
  test('leaves nothing of it and all of the others, at a price that does not depend on what it holds', () => {
    const [full, empty] = [filled(), createBench()];
    const rest = new Map([...full.state].filter(([key]) => !key.includes(toHex(documentPrefix(world, 'cities')).slice(-8))));
    expect(full.run([cities.drop()])).toMatchObject({ ok: true });
    expect([...full.state].filter(([key]) => key.includes(toHex(documentPrefix(world, 'cities')).slice(-8)))).toEqual([]);
    const beside = new Set([toHex(usageKey(world)), toHex(dropsKey(world))]);
    expect([...full.state].filter(([key]) => !beside.has(key))).toEqual([...rest].filter(([key]) => !beside.has(key)));
    expect(usage(full)).toEqual({ collections: 1n, documents: 2n, bytes: bytesOf(thing(1), thing(2)) });
    empty.run([createDatabase('world'), cities.create(indexes)]);
    expect(empty.run([cities.drop()])).toMatchObject({ ok: true });
    expect(full.gasUsed).toBe(empty.gasUsed);
    expect(full.misses).toBe(0);
  });

  test('frees its name within the transaction, and no version names two states of one document', () => {
    const bench = filled();
    bench.run([cities.patch(1, { inc: new Map([['size', 1]]) })]);
    expect(versionOf(bench, 'cities', 1)).toBe(2n);
    expect(bench.run([cities.drop(), cities.create(), cities.insert([thing(1)])])).toMatchObject({ ok: true });
    expect(versionOf(bench, 'cities', 1)).toBe((1n << 40n) + 1n);
    expect(bench.run([cities.replace(thing(1, 9), 2n)])).toMatchObject({ code: 'DB_VERSION' });
    expect(bench.run([cities.replace(thing(2), 0n)])).toMatchObject({ code: 'DB_NO_DOCUMENT' });
    // What was unique there is free.
    expect(bench.run([cities.delete(1), cities.createIndex(indexes[0]!), cities.insert([thing(2), thing(3)])])).toMatchObject({ ok: true });
    expect(versionOf(bench, 'cities', 2)).toBe((1n << 40n) + 2n);
    expect(usage(bench)).toEqual({ collections: 2n, documents: 4n, bytes: bytesOf(thing(1), thing(2), thing(2), thing(3)) });
  });

  test('is undone with the transaction that it fails in', () => {
    const bench = filled();
    const before = new Map(bench.state);
    expect(bench.run([cities.drop(), cities.insert([thing(1)])])).toMatchObject({ code: 'DB_NO_COLLECTION' });
    expect(bench.state).toEqual(before);
  });

  test('is for who may administer, of what is there', () => {
    const bench = filled();
    expect(bench.run([cities.drop()], { actor: bob })).toMatchObject({ ok: false });
    expect(bench.run([collectionOps(world, 'lakes').drop()])).toMatchObject({ code: 'DB_NO_COLLECTION' });
    expect(bench.run([collectionOps(databaseId(bob, 'world'), 'cities').drop()])).toMatchObject({ code: 'DB_NO_DATABASE' });
    expect(bench.state.has(toHex(keyOf('cities', 1)))).toBe(true);
  });
});

test('a database takes so many drops and no more', () => {
  const bench = filled();
  (bench.state as Map<string, Uint8Array>).set(toHex(dropsKey(world)), uint64ToBytes(BigInt(databaseLimits.dropsMax - 1)));
  expect(bench.run([cities.drop()])).toMatchObject({ ok: true });
  expect(bench.run([rivers.drop()])).toMatchObject({ code: 'DB_LIMIT' });
  expect(bench.run([dropDatabase(world)])).toMatchObject({ code: 'DB_LIMIT' });
  // The versions above the last drop fit their eight bytes.
  expect(bench.run([cities.create(), cities.insert([thing(1)])])).toMatchObject({ ok: true });
  expect(versionOf(bench, 'cities', 1)).toBe((BigInt(databaseLimits.dropsMax) << 40n) + 1n);
  expect(versionOf(bench, 'cities', 1)).toBeLessThan(1n << 63n);
});

describe('dropping a database', () => {
  test('leaves the number of drops alone, and one made again goes on above it', () => {
    const bench = filled();
    expect(bench.run([cities.drop(), dropDatabase(world)])).toMatchObject({ ok: true });
    expect([...bench.state.keys()]).toEqual([toHex(dropsKey(world))]);
    expect(bench.run([cities.create()])).toMatchObject({ code: 'DB_NO_DATABASE' });
    expect(bench.run([dropDatabase(world)])).toMatchObject({ code: 'DB_NO_DATABASE' });
    expect(bench.run([createDatabase('world'), cities.create(indexes), cities.insert([thing(7)])])).toMatchObject({ ok: true });
    expect(versionOf(bench, 'cities', 7)).toBe((2n << 40n) + 1n);
    expect(usage(bench)).toEqual({ collections: 1n, documents: 1n, bytes: bytesOf(thing(7)) });
  });

  test('is for its owner', () => {
    const bench = filled();
    expect(bench.run([dropDatabase(world)], { actor: bob })).toMatchObject({ ok: false });
    expect(bench.state.has(toHex(databaseKey(world)))).toBe(true);
  });
});

test('on the tree a drop has the root of a state without it, proofs say absent, and a branch beside it keeps what it dropped', async () => {
  const bench = createBench();
  const state = await createState({ store: createMemoryStore() });
  let view = await state.fork(state.view(state.base.root) as StateView, 0, []);
  let height = 0;
  const block = async (calls: Parameters<Bench['run']>[0], on: StateView = view): Promise<StateView> => {
    expect(bench.run(calls)).toMatchObject({ ok: true });
    return state.fork(on, ++height, bench.written);
  };
  view = await block([createDatabase('world'), cities.create(indexes), rivers.create(), cities.insert(ids), rivers.insert([thing(1)])]);
  await state.flush(view);
  const before = view;
  const dropped = await block([cities.drop()]);
  // The other branch goes on without the drop.
  const other = await state.fork(before, height, [{ key: Uint8Array.of(1), value: Uint8Array.of(1) }]);
  const key = keyOf('cities', 7);
  for (const [branch, isThere] of [[dropped, false], [other, true], [before, true]] as const) {
    expect((await branch.get(key)) !== undefined).toBe(isThere);
    const proven = verifyKeys(branch.root, [key], await branch.proveKeys([key]));
    expect(proven.ok && proven.value[0] !== undefined).toBe(isThere);
  }
  const all = { from: documentPrefix(world, 'cities'), to: documentPrefix(world, 'cities').map((byte, i, bytes) => (i === bytes.length - 1 ? byte + 1 : byte)), limit: 1_000 };
  expect(verifyRange(dropped.root, all, (await dropped.proveRange(all)).proof)).toEqual({ ok: true, value: { rows: [], more: false } });
  // The root is that of the content, however it came to be.
  const fresh = await createState({ store: createMemoryStore() });
  const content = [...bench.state].map(([name, value]) => ({ key: Uint8Array.from(name.match(/../g) as string[], (byte) => Number.parseInt(byte, 16)), value }));
  expect(toHex((await fresh.fork(fresh.view(fresh.base.root) as StateView, 0, content)).root)).toBe(toHex(dropped.root));
  // A reorganisation across it: first the branch with the drop is final, then what was made again on it.
  await state.flush(dropped);
  view = dropped;
  view = await block([cities.create(), cities.insert([thing(7, 70)])]);
  await state.flush(view);
  expect(documentFromRecord((await view.get(key)) as Uint8Array).document.get('size')).toBe(70);
  expect(await view.get(keyOf('cities', 8))).toBeUndefined();
  const past = (await state.asOf(1)) as StateView;
  expect(documentFromRecord((await past.get(key)) as Uint8Array).document.get('size')).toBe(7);
  expect((await past.range({ from: databasePrefix(world), limit: 10_000 })).length).toBeGreaterThan(600);
  expect(await state.asOf(2).then((at) => at?.get(key))).toBeUndefined();
  expect(await view.get(countKey(world, 'cities'))).toBeDefined();
});
