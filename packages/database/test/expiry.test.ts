import { describe, expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { type Document, int32, type Value } from '@vsys/data-format/value';
import fc from 'fast-check';
import { idKeyOf } from '../src/id-key.ts';
import { countFromRecord, countKey, documentFromRecord, documentKey, documentPrefix, onceFromRecord, onceKey, usageFromRecord, usageKey } from '../src/layout.ts';
import { collectionOps, createDatabase, type DatabaseCall, databaseId, once } from '../src/ops.ts';
import { databaseLimits } from '../src/payload-checks.ts';
import { systemKey } from '../src/system-keys.ts';
import { workLimits } from '../src/work-queue.ts';
import { ada, type Bench, bob, createBench } from './harness.ts';

const world = databaseId(ada, 'world');
const pages = collectionOps(world, 'pages');
const indexes = [{ name: 'n', unique: true, fields: [{ path: 'n', direction: 1 as const }] }];
const page = (id: number): Document => new Map<string, Value>([['_id', int32(id)], ['n', int32(id)]]);

function keyOf(id: number): string {
  const key = idKeyOf(int32(id));
  if (!key.ok) throw key;
  return toHex(documentKey(documentPrefix(world, 'pages'), key.value));
}
const stored = (bench: Bench, id: number): ReturnType<typeof documentFromRecord> | undefined => {
  const record = bench.state.get(keyOf(id));
  return record === undefined ? undefined : documentFromRecord(record);
};
const isThere = (bench: Bench, id: number): boolean => bench.state.has(keyOf(id));
const count = (bench: Bench): bigint => countFromRecord(bench.state.get(toHex(countKey(world, 'pages'))));
const queued = (bench: Bench): number => [...bench.state.keys()].filter((key) => key.startsWith(toHex(systemKey('work')).slice(0, -2)) && key !== toHex(systemKey('params'))).length;

function filled(...ids: number[]): Bench {
  const bench = createBench();
  expect(bench.run([createDatabase('world'), pages.create(indexes), ...(ids.length === 0 ? [] : [pages.insert(ids.map(page))])])).toMatchObject({ ok: true });
  return bench;
}

describe('a document with an expiry', () => {
  test('is there until the end of the block of its height, then gone with its entries and its count', () => {
    const bench = filled(1, 2);
    expect(bench.run([pages.expire([int32(1)], 5)], { height: 2 })).toMatchObject({ ok: true });
    // It did not change, so its version is the one that was read.
    expect(stored(bench, 1)).toMatchObject({ version: 1n, height: 1, meta: { expires: 5 } });
    for (const height of [2, 3, 4]) bench.end(height);
    expect(bench.run([pages.patch(int32(1), { set: new Map([['more', int32(1)]]) }, 1n)], { height: 5 })).toMatchObject({ ok: true });
    bench.end(5);
    expect([isThere(bench, 1), isThere(bench, 2), count(bench), queued(bench)]).toEqual([false, true, 1n, 0]);
    // What was unique is free, and versions go on.
    expect(bench.run([pages.insert([page(1)])], { height: 6 })).toMatchObject({ ok: true });
    expect(stored(bench, 1)?.version).toBe(3n);
  });

  test('goes later or earlier as it is told, or stays', () => {
    const bench = filled(1, 2, 3);
    bench.run([pages.expire([int32(1), int32(2), int32(3)], 5)], { height: 2 });
    bench.run([pages.expire([int32(1)], 8), pages.expire([int32(2)], 3), pages.expire([int32(3)], 0)], { height: 2 });
    const there: boolean[][] = [];
    for (let height = 2; height < 10; height++) {
      bench.end(height);
      there.push([1, 2, 3].map((id) => isThere(bench, id)));
    }
    expect(there.map((one) => one.map(Number).join(''))).toEqual(['111', '101', '101', '101', '101', '101', '001', '001']);
    expect([stored(bench, 3)?.meta, queued(bench)]).toEqual([{}, 0]);
  });

  test('is told a height that comes, of documents that are there', () => {
    const bench = filled(1);
    expect(bench.run([pages.expire([int32(1)], 7)], { height: 7 })).toMatchObject({ code: 'DB_EXPIRES', data: { height: 7 } });
    expect(bench.run([pages.expire([int32(1)], 8)], { height: 7 })).toMatchObject({ ok: true });
    expect(bench.run([pages.expire([int32(9)], 8)], { height: 7 })).toMatchObject({ code: 'DB_NO_DOCUMENT' });
    expect(bench.run([pages.expire([int32(1)], databaseLimits.expiryBlocksMax)])).toMatchObject({ ok: true });
    expect(() => pages.expire([int32(1)], databaseLimits.expiryBlocksMax + 1)).toThrow(expect.objectContaining({ code: 'DB_LIMIT' }));
    const many = Array.from({ length: databaseLimits.documentsPerOperationMax + 1 }, (_, i) => int32(i));
    expect(pages.expire(many.slice(1), 8).payload.length).toBeGreaterThan(1_000);
    expect(() => pages.expire(many, 8)).toThrow(expect.objectContaining({ code: 'DB_LIMIT' }));
    expect(() => pages.setTtl(databaseLimits.expiryBlocksMax + 1)).toThrow(expect.objectContaining({ code: 'DB_LIMIT' }));
    expect(bench.run([pages.setTtl(databaseLimits.expiryBlocksMax)])).toMatchObject({ ok: true });
    expect(() => pages.expire([], 8)).toThrow(expect.objectContaining({ code: 'DB_PAYLOAD' }));
  });

  test('leaves a drop and one that is made again alone', () => {
    const bench = filled(1);
    bench.run([pages.expire([int32(1)], 5)], { height: 2 });
    bench.run([pages.drop(), pages.create(indexes), pages.insert([page(1)])], { height: 3 });
    for (let height = 2; height < 8; height++) bench.end(height);
    expect([isThere(bench, 1), queued(bench)]).toEqual([true, 0]);
  });
});

describe('a collection whose documents go some blocks after their last change', () => {
  test('moves their height on with each change, and leaves those of before', () => {
    const bench = filled(1);
    bench.run([pages.setTtl(3), pages.insert([page(2), page(3)])], { height: 1 });
    expect([stored(bench, 1)?.meta, stored(bench, 2)?.meta]).toEqual([{}, { expires: 4 }]);
    bench.run([pages.patch(int32(3), { set: new Map([['x', int32(1)]]) })], { height: 3 });
    for (const height of [1, 2, 3, 4]) bench.end(height);
    expect([1, 2, 3].map((id) => isThere(bench, id))).toEqual([true, false, true]);
    bench.end(5);
    // One document is once in the queue, however often it changes.
    expect(queued(bench)).toBeLessThanOrEqual(3);
    bench.end(6);
    expect([isThere(bench, 3), queued(bench)]).toEqual([false, 0]);
    bench.run([pages.setTtl(0), pages.insert([page(4)])], { height: 7 });
    expect(stored(bench, 4)?.meta).toEqual({});
  });
});

test('more than a block can sweep goes in order of its height, a bounded number in each block', () => {
  const bench = createBench();
  bench.run([createDatabase('world'), pages.create(indexes)]);
  const ids = Array.from({ length: 1_800 }, (_, i) => i);
  for (let at = 0; at < ids.length; at += 900) bench.run([pages.insert(ids.slice(at, at + 900).map(page))]);
  // Two heights: the later ones go after all of the earlier.
  bench.run([pages.expire(ids.slice(0, 900).map(int32), 4), pages.expire(ids.slice(900).map(int32), 5)], { height: 2 });
  let before = 1_800n;
  for (let height = 2; count(bench) > 0n; height++) {
    const misses = bench.end(height);
    expect(misses).toBeLessThan(60);
    const gone = before - count(bench);
    expect(gone).toBeLessThanOrEqual(BigInt(workLimits.stepsPerBlockMax / 4) + 1n);
    if (ids.slice(0, 900).some((id) => isThere(bench, id))) expect(ids.slice(900).every((id) => isThere(bench, id))).toBe(true);
    before = count(bench);
    expect(height).toBeLessThan(20);
  }
  expect(queued(bench)).toBeLessThanOrEqual(3);
  expect(usageFromRecord(bench.state.get(toHex(usageKey(world))))).toEqual({ collections: 1n, documents: 0n, bytes: 0n });
});

test('whatever happens, a document goes at the end of the block that it says, and no other', () => {
  const id = fc.integer({ min: 1, max: 3 });
  const stepOf = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(id, fc.integer({ min: 0, max: 6 })).map(([one, blocks]) => (height: number): DatabaseCall => pages.expire([int32(one)], blocks === 0 ? 0 : height + blocks)) },
    { weight: 3, arbitrary: id.map((one) => (): DatabaseCall => pages.upsert(page(one))) },
    { weight: 1, arbitrary: id.map((one) => (): DatabaseCall => pages.delete(int32(one))) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 4 }).map((blocks) => (): DatabaseCall => pages.setTtl(blocks)) },
    { weight: 2, arbitrary: fc.constant(undefined) },
  );
  let swept = 0;
  fc.assert(fc.property(fc.array(fc.array(stepOf, { maxLength: 3 }), { minLength: 5, maxLength: 25 }), (blocks) => {
    const bench = filled(1, 2, 3);
    for (const [i, steps] of [...blocks, ...Array.from({ length: 8 }, () => [])].entries()) {
      const height = i + 2;
      for (const step of steps) if (step !== undefined) bench.run([step(height)], { height });
      const due = [1, 2, 3].filter((one) => isThere(bench, one)).filter((one) => (stored(bench, one)?.meta.expires ?? Number.POSITIVE_INFINITY) <= height);
      const stay = [1, 2, 3].filter((one) => isThere(bench, one) && !due.includes(one));
      bench.end(height);
      swept += due.length;
      expect([1, 2, 3].filter((one) => isThere(bench, one))).toEqual(stay);
    }
  }), { numRuns: 150 });
  expect(swept).toBeGreaterThan(100);
});

describe('what is to happen once', () => {
  const key = new TextEncoder().encode('order-17');

  test('happens once: the second transaction is refused as a whole, and the first can be found', () => {
    const bench = filled();
    expect(bench.run([once(key), pages.insert([page(1)])], { height: 3 })).toMatchObject({ ok: true });
    const first = onceFromRecord(bench.state.get(toHex(onceKey(ada, key))) as Uint8Array);
    expect(first).toEqual({ height: 3, transactionId: new Uint8Array(32).fill(2) });
    expect(bench.run([pages.insert([page(2)]), once(key)], { height: 4 })).toMatchObject({ code: 'DB_REPEATED', data: { height: 3, transaction: toHex(first.transactionId) } });
    expect(isThere(bench, 2)).toBe(false);
    // Of another actor it is another key.
    expect(bench.run([once(key)], { actor: bob })).toMatchObject({ ok: true });
  });

  test('of a transaction that fails is free for the next try', () => {
    const bench = filled(1);
    expect(bench.run([once(key), pages.insert([page(1)])])).toMatchObject({ code: 'DB_DUPLICATE' });
    expect(bench.run([once(key), pages.insert([page(2)])])).toMatchObject({ ok: true });
  });

  test('is forgotten after its blocks, and not before', () => {
    const bench = filled();
    bench.run([once(key)], { height: 3 });
    const last = 3 + databaseLimits.onceBlocks;
    for (let height = 3; height < last; height++) bench.end(height);
    expect(bench.run([once(key)], { height: last })).toMatchObject({ code: 'DB_REPEATED' });
    bench.end(last);
    expect(queued(bench)).toBe(0);
    expect(bench.run([once(key)], { height: last + 1 })).toMatchObject({ ok: true });
  });

  test('has a key of 1 to 64 bytes', () => {
    expect(() => once(new Uint8Array(0))).toThrow(expect.objectContaining({ code: 'DB_LIMIT' }));
    expect(() => once(new Uint8Array(databaseLimits.onceKeyBytesMax + 1))).toThrow(expect.objectContaining({ code: 'DB_LIMIT' }));
    expect(createBench().run([once(new Uint8Array(databaseLimits.onceKeyBytesMax))])).toMatchObject({ ok: true });
  });
});
