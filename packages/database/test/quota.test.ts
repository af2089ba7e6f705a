import { describe, expect, test } from '@jest/globals';
import { type Document, encodeDocument, int32, type Value } from '@vsys/data-format/value';
import { collectionOps, createDatabase, databaseId, setDatabaseQuota } from '../src/ops.ts';
import { ada, type Bench, bob, createBench } from './harness.ts';

const world = databaseId(ada, 'world');
const [pages, notes] = [collectionOps(world, 'pages'), collectionOps(world, 'notes')];
const page = (id: number, text = ''): Document => new Map<string, Value>([['_id', int32(id)], ['text', text]]);
const bytesOf = (one: Document): number => {
  const encoded = encodeDocument(one);
  if (!encoded.ok) throw encoded;
  return encoded.value.length;
};
const BYTES = BigInt(bytesOf(page(1)));

function filled(): Bench {
  const bench = createBench();
  expect(bench.run([createDatabase('world'), pages.create(), notes.create()])).toMatchObject({ ok: true });
  return bench;
}

describe('a quota', () => {
  test('of a collection bounds its documents and their bytes, at the limit and not one past it', () => {
    const bench = filled();
    bench.run([pages.setQuota({ documents: 3n, bytes: 3n * BYTES + 10n })]);
    expect(bench.run([pages.insert([page(1), page(2), page(3)])])).toMatchObject({ ok: true });
    expect(bench.run([pages.insert([page(4)])])).toMatchObject({ code: 'DB_QUOTA', data: { of: 'collection', limit: 'documents', quota: 3n, holds: 3n, would: 4n } });
    expect(bench.run([pages.replace(page(1, 'x'.repeat(11)))])).toMatchObject({ code: 'DB_QUOTA', data: { of: 'collection', limit: 'bytes', quota: 3n * BYTES + 10n, holds: 3n * BYTES, would: 3n * BYTES + 11n } });
    expect(bench.run([pages.replace(page(1, 'x'.repeat(10)))])).toMatchObject({ ok: true });
    // Another collection is another matter.
    expect(bench.run([notes.insert([page(1), page(2), page(3), page(4, 'x'.repeat(99))])])).toMatchObject({ ok: true });
  });

  test('of a database bounds all its collections together, and a drop makes room', () => {
    const bench = filled();
    bench.run([setDatabaseQuota(world, { documents: 3n }), pages.insert([page(1), page(2)]), notes.insert([page(1)])]);
    expect(bench.run([notes.upsert(page(2))])).toMatchObject({ code: 'DB_QUOTA', data: { of: 'database', limit: 'documents', quota: 3n, holds: 3n, would: 4n } });
    expect(bench.run([pages.drop(), notes.insert([page(2), page(3)])])).toMatchObject({ ok: true });
    expect(bench.run([notes.insert([page(4)])])).toMatchObject({ code: 'DB_QUOTA' });
    expect(bench.run([setDatabaseQuota(world, {}), notes.insert([page(4)])])).toMatchObject({ ok: true });
  });

  test('below what there is lets it shrink and stay, and not grow', () => {
    const bench = filled();
    bench.run([pages.insert([page(1, 'x'.repeat(40)), page(2)]), pages.setQuota({ bytes: 10n, documents: 1n })]);
    expect(bench.run([pages.replace(page(1, 'x'.repeat(30)))])).toMatchObject({ ok: true });
    expect(bench.run([pages.replace(page(1, 'y'.repeat(30)))])).toMatchObject({ ok: true });
    expect(bench.run([pages.replace(page(1, 'y'.repeat(31)))])).toMatchObject({ code: 'DB_QUOTA' });
    expect(bench.run([pages.delete(int32(2))])).toMatchObject({ ok: true });
    expect(bench.run([pages.setQuota({}), pages.replace(page(1, 'y'.repeat(99)))])).toMatchObject({ ok: true });
  });

  test('is for who administers, of what is there', () => {
    const bench = filled();
    expect(bench.run([pages.setQuota({ documents: 1n })], { actor: bob })).toMatchObject({ ok: false });
    expect(bench.run([setDatabaseQuota(world, { documents: 1n })], { actor: bob })).toMatchObject({ ok: false });
    expect(bench.run([collectionOps(world, 'none').setQuota({ documents: 1n })])).toMatchObject({ code: 'DB_NO_COLLECTION' });
    expect(() => pages.setQuota({ documents: -1n })).toThrow(expect.objectContaining({ code: 'DB_PAYLOAD' }));
  });
});

describe('on a chain that counts what accounts write', () => {
  const params = { windowBlocks: 10n, windowBytes: 3n * BYTES };

  test('an account writes so many bytes in so many blocks, also over what stands there, and then waits', () => {
    const bench = createBench({ params });
    bench.run([createDatabase('world'), pages.create()], { height: 1 });
    expect(bench.run([pages.insert([page(1), page(2)])], { height: 2 })).toMatchObject({ ok: true });
    expect(bench.run([pages.replace(page(1))], { height: 5 })).toMatchObject({ ok: true });
    expect(bench.run([pages.replace(page(1))], { height: 9 })).toMatchObject({ code: 'DB_QUOTA', data: { of: 'payer', quota: 3n * BYTES, holds: 3n * BYTES, would: 4n * BYTES, from: 10n } });
    // What deletes writes nothing, and another account has its own.
    expect(bench.run([pages.delete(int32(2))], { height: 9 })).toMatchObject({ ok: true });
    expect(bench.run([pages.insert([page(3)])], { height: 9, payer: bob })).toMatchObject({ ok: true });
    expect(bench.run([pages.replace(page(1))], { height: 10 })).toMatchObject({ ok: true });
  });

  test('both numbers are given, or none', () => {
    expect(() => createBench({ params: { windowBlocks: 10n } })).toThrow(expect.objectContaining({ code: 'DB_PARAMS' }));
    expect(() => createBench({ params: { depositPerByte: -1n } })).toThrow(expect.objectContaining({ code: 'DB_PARAMS' }));
    expect(() => createBench({ params: { depositPerKey: 1_000_000_001n } })).toThrow(expect.objectContaining({ code: 'DB_PARAMS' }));
    expect(createBench({ params: { depositPerKey: 1_000_000_000n } }).state.size).toBe(1);
  });
});
