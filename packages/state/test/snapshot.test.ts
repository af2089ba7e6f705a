import { describe, expect, test } from '@jest/globals';
import { compareBytes, concatBytes, toHex, uint32ToBytes, utf8ToBytes } from '@vsys/primitives';
import { createMemoryStore } from '@vsys/store';
import type { Store } from '@vsys/store';
import { createSnapshotImport, createState, discardSnapshotImport, SNAPSHOT_CHUNK_BYTES_MAX, snapshotChunk, snapshotChunks, STATE_KEY_BYTES_MAX, verifyKeys, verifySnapshotChunk } from '../src/index.ts';
import type { SnapshotExportOptions, SnapshotImport, StateView, StateWrite } from '../src/index.ts';
import { keyAfter } from '../src/snapshot-chunk.ts';
import { applied, modelRoot, numbers, randomWrites, sortedRows } from './model.ts';

const ALL = { from: new Uint8Array(0), limit: 10_000 };
const HEIGHT = 7;

async function source(writes: readonly StateWrite[]): Promise<StateView> {
  const state = await createState({ store: createMemoryStore(), cacheBytesMax: 0 });
  const view = await state.fork(state.view(state.base.root) as StateView, HEIGHT, writes);
  await state.flush(view);
  return state.view(view.root) as StateView;
}

async function chunksOf(view: StateView, options: SnapshotExportOptions = {}): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of snapshotChunks(view, options)) chunks.push(chunk);
  return chunks;
}

async function takeAll(importing: SnapshotImport, chunks: readonly Uint8Array[]): Promise<void> {
  for (const chunk of chunks) expect(await importing.take(chunk)).toMatchObject({ ok: true });
}

async function dump(store: Store): Promise<string[]> {
  const entries: string[] = [];
  for await (const [key, value] of store.iterate()) entries.push(`${toHex(key)} ${toHex(value)}`);
  return entries;
}

/** Rows of different sizes, some longer than a small chunk, with shared beginnings and keys within keys. */
function manyRows(count: number): StateWrite[] {
  const next = numbers(count);
  return Array.from({ length: count }, (_, i) => ({ key: concatBytes(utf8ToBytes(i % 3 === 0 ? 'rows/' : 'r'), uint32ToBytes(i * 7_919)).slice(0, 5 + next(5)), value: new Uint8Array(i % 50 === 0 ? 3_000 : next(40)).fill(i) }))
    .filter((row, i, all) => all.findIndex(({ key }) => compareBytes(key, row.key) === 0) === i);
}

describe('snapshotChunks', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('carries any state whole, in chunks of any size, to a state that works on (seed %i)', async (seed) => {
    const next = numbers(seed);
    const writes = randomWrites(next, 90);
    const model = applied(new Map(), writes);
    const view = await source(writes);
    expect(toHex(view.root)).toBe(toHex(modelRoot(model)));
    for (const options of [{ chunkRowsMax: 1 }, { chunkRowsMax: 1 + next(9) }, { chunkBytesMax: 200 + next(400) }, {}]) {
      const chunks = await chunksOf(view, options);
      const store = createMemoryStore();
      const importing = await createSnapshotImport({ store, root: view.root, height: HEIGHT });
      const rows = [];
      for (const chunk of chunks) {
        const alone = verifySnapshotChunk(view.root, chunk);
        if (!alone.ok) throw new Error(alone.code);
        rows.push(...alone.value.rows);
        expect(await importing.take(chunk)).toEqual({ ok: true, value: { rows: alone.value.rows.length, next: alone.value.next } });
      }
      expect(rows).toEqual(sortedRows(model));
      expect(importing.next).toBeUndefined();
      expect(importing.rows).toBe(rows.length);
      const state = await createState({ store, retentionBlocks: 3 });
      expect(state.base).toEqual({ height: HEIGHT, root: view.root });
      const base = state.view(view.root) as StateView;
      expect(await base.range(ALL)).toEqual(rows);
      expect(await state.asOf(HEIGHT - 1)).toBeUndefined();
      const more = randomWrites(next, 30);
      const child = await state.fork(base, HEIGHT + 1, more);
      expect(toHex(child.root)).toBe(toHex(modelRoot(applied(model, more))));
      await state.flush(child);
      expect(await (await state.asOf(HEIGHT))?.range(ALL)).toEqual(rows);
    }
  });

  test('leaves the same store as the blocks did, whatever the cuts', async () => {
    const writes = manyRows(400);
    const view = await source(writes);
    const dumps = new Set<string>();
    for (const options of [{ chunkBytesMax: 500 }, { chunkRowsMax: 37 }, {}]) {
      const store = createMemoryStore();
      await takeAll(await createSnapshotImport({ store, root: view.root, height: HEIGHT }), await chunksOf(view, options));
      dumps.add((await dump(store)).join('\n'));
    }
    // As a node that has made the state in one block and keeps no history.
    const store = createMemoryStore();
    const state = await createState({ store, retentionBlocks: 0 });
    await state.flush(await state.fork(state.view(state.base.root) as StateView, HEIGHT, writes));
    expect(dumps.size).toBe(1);
    const pagesAndValues = (entries: readonly string[]): string[] => entries.filter((entry) => /^73(?:70|76)/.test(entry));
    expect(pagesAndValues([...dumps][0]?.split('\n') ?? [])).toEqual(pagesAndValues(await dump(store)));
  });

  test('keeps chunks within their bytes and rows, except for one row that is larger', async () => {
    const view = await source(manyRows(600));
    for (const [chunkBytesMax, chunkRowsMax] of [[700, 1_000], [2_000, 1_000], [50_000, 20]] as const) {
      const chunks = await chunksOf(view, { chunkBytesMax, chunkRowsMax });
      expect(chunks.length).toBeGreaterThan(5);
      for (const chunk of chunks) {
        const verdict = verifySnapshotChunk(view.root, chunk);
        if (!verdict.ok) throw new Error(verdict.code);
        expect(verdict.value.rows.length).toBeLessThanOrEqual(chunkRowsMax);
        if (verdict.value.rows.length > 1) expect(chunk.length).toBeLessThanOrEqual(chunkBytesMax);
      }
    }
    const [first] = await chunksOf(view, { chunkBytesMax: 20_000 });
    expect((first as Uint8Array).length).toBeGreaterThan(15_000);
  });

  test('goes on from any key, and cuts alike whoever serves it', async () => {
    const view = await source(manyRows(300));
    const chunks = await chunksOf(view, { chunkRowsMax: 40 });
    const third = verifySnapshotChunk(view.root, chunks[2] as Uint8Array);
    if (!third.ok) throw new Error(third.code);
    expect(await chunksOf(view, { chunkRowsMax: 40, from: third.value.from })).toEqual(chunks.slice(2));
    const past = await snapshotChunk(view, { from: new Uint8Array(STATE_KEY_BYTES_MAX).fill(0xff) });
    expect(verifySnapshotChunk(view.root, past.chunk)).toMatchObject({ ok: true, value: { rows: [], next: undefined } });
  });

  test('exports a past height', async () => {
    const store = createMemoryStore();
    const state = await createState({ store });
    const writes = manyRows(100);
    await state.flush(await state.fork(state.view(state.base.root) as StateView, 0, writes));
    const { root } = state.base;
    await state.flush(await state.fork(state.view(root) as StateView, 1, writes.map(({ key }) => ({ key, value: undefined }))));
    const importing = await createSnapshotImport({ store: createMemoryStore(), root, height: 0 });
    await takeAll(importing, await chunksOf((await state.asOf(0)) as StateView, { chunkRowsMax: 30 }));
    expect(importing.rows).toBe(writes.length);
  });

  test('carries the empty state as one chunk', async () => {
    const state = await createState({ store: createMemoryStore() });
    const { root } = state.base;
    const chunks = await chunksOf(state.view(root) as StateView);
    expect(chunks.length).toBe(1);
    const store = createMemoryStore();
    await takeAll(await createSnapshotImport({ store, root, height: 3 }), chunks);
    expect((await createState({ store })).base).toEqual({ height: 3, root });
  });

  test('refuses bounds out of range', async () => {
    const view = await source(manyRows(3));
    for (const options of [{ chunkBytesMax: 0 }, { chunkBytesMax: SNAPSHOT_CHUNK_BYTES_MAX + 1 }, { chunkRowsMax: 0 }, { chunkRowsMax: 1.5 }]) {
      await expect(snapshotChunk(view, options)).rejects.toMatchObject({ code: 'STATE_OPTIONS' });
    }
    await expect(snapshotChunk(view, { from: new Uint8Array(257) })).rejects.toMatchObject({ code: 'STATE_KEY_LENGTH' });
  });

  test('knows the key after a key, also after the longest', () => {
    expect(keyAfter(Uint8Array.of(5))).toEqual(Uint8Array.of(5, 0));
    const longest = new Uint8Array(STATE_KEY_BYTES_MAX).fill(0xff);
    expect(keyAfter(longest)).toBeUndefined();
    longest[0] = 4;
    expect(keyAfter(longest)).toEqual(Uint8Array.of(5));
  });
});

describe('verifySnapshotChunk', () => {
  test.each([1, 2, 3])('accepts no chunk with a bit flipped, cut short or made longer (seed %i)', async (seed) => {
    const next = numbers(seed);
    const view = await source(randomWrites(next, 60));
    for (const chunk of await chunksOf(view, { chunkRowsMax: 6 })) {
      const truth = verifySnapshotChunk(view.root, chunk);
      if (!truth.ok) throw new Error(truth.code);
      const others = [...chunk].flatMap((byte, i) => [0x01, 0x80, 1 + next(255)].map((mask) => {
        const other = chunk.slice();
        other[i] = byte ^ mask;
        return other;
      }));
      for (const other of [...others, ...[...chunk].map((_, i) => chunk.slice(0, i)), concatBytes(chunk, Uint8Array.of(0))]) {
        const verdict = verifySnapshotChunk(view.root, other);
        if (!verdict.ok) continue;
        // Only another first key between the same rows says something that is true as well; an import asks for the exact one.
        expect({ rows: verdict.value.rows, next: verdict.value.next }).toEqual({ rows: truth.value.rows, next: truth.value.next });
        expect(compareBytes(verdict.value.from, truth.value.from)).not.toBe(0);
      }
    }
  });

  test('refuses each kind of wrong chunk with its code', async () => {
    const view = await source(manyRows(50));
    const [chunk] = (await chunksOf(view, { chunkRowsMax: 9 })) as [Uint8Array];
    const changed = (at: number, bytes: readonly number[]): Uint8Array => Uint8Array.from([...chunk.subarray(0, at), ...bytes, ...chunk.subarray(at + bytes.length)]);
    const codeOf = (bytes: Uint8Array): unknown => {
      const verdict = verifySnapshotChunk(view.root, bytes);
      return verdict.ok ? 'accepted' : verdict.code;
    };
    expect(codeOf(new Uint8Array(0))).toBe('CHUNK_MALFORMED');
    expect(codeOf(changed(0, [2]))).toBe('CHUNK_MALFORMED');
    expect(codeOf(changed(1, [chunk[1] as number ^ 1]))).toBe('CHUNK_ROOT');
    expect(codeOf(changed(33, [1, 1]))).toBe('CHUNK_MALFORMED');
    expect(codeOf(changed(35, [0, 0, 0, 0]))).toBe('CHUNK_MALFORMED');
    expect(codeOf(changed(35, [0, 0, 0, 8]))).toBe('PROOF_NOT_MINIMAL');
    expect(codeOf(changed(35, [0, 0, 0, 10]))).toBe('PROOF_INCOMPLETE');
    expect(codeOf(new Uint8Array(SNAPSHOT_CHUNK_BYTES_MAX + 1))).toBe('CHUNK_TOO_LARGE');
    // The last chunk has no row behind it that would show its number.
    const last = (await chunksOf(view, { chunkRowsMax: 9 })).at(-1) as Uint8Array;
    const countAt = 35 + (((last[33] as number) << 8) | (last[34] as number));
    expect(codeOf(Uint8Array.from([...last.subarray(0, countAt), 0, 0, 9, 0, ...last.subarray(countAt + 4)]))).toBe('CHUNK_MALFORMED');
  });
});

describe('createSnapshotImport', () => {
  test('refuses gaps, overlaps, repetitions and chunks of another state, and changes nothing by it', async () => {
    const view = await source(manyRows(300));
    const other = await source(manyRows(301));
    const chunks = await chunksOf(view, { chunkRowsMax: 40 });
    const store = createMemoryStore();
    const importing = await createSnapshotImport({ store, root: view.root, height: HEIGHT });
    await takeAll(importing, chunks.slice(0, 2));
    const before = await dump(store);
    const wanted = importing.next as Uint8Array;
    const tampered = (chunks[2] as Uint8Array).slice();
    tampered[tampered.length - 1] = (tampered.at(-1) as number) ^ 1;
    const cases: [Uint8Array, string][] = [
      [chunks[3] as Uint8Array, 'CHUNK_GAP'],
      [chunks[1] as Uint8Array, 'CHUNK_OVERLAP'],
      [chunks[0] as Uint8Array, 'CHUNK_OVERLAP'],
      [(await snapshotChunk(view, { from: wanted.slice(0, -1), chunkRowsMax: 40 })).chunk, 'CHUNK_OVERLAP'],
      [(await snapshotChunk(view, { from: concatBytes(wanted, Uint8Array.of(0)), chunkRowsMax: 40 })).chunk, 'CHUNK_GAP'],
      [(await snapshotChunk(other, { from: wanted, chunkRowsMax: 40 })).chunk, 'CHUNK_ROOT'],
      [tampered, 'PROOF_ROOT'],
      [(chunks[2] as Uint8Array).slice(0, 300), 'PROOF_MALFORMED'],
    ];
    for (const [chunk, code] of cases) expect(await importing.take(chunk)).toMatchObject({ ok: false, code });
    expect(await dump(store)).toEqual(before);
    // Cut otherwise from here on, as by another node.
    await takeAll(importing, await chunksOf(view, { from: wanted, chunkRowsMax: 23 }));
    expect(await importing.take(chunks.at(-1) as Uint8Array)).toMatchObject({ ok: false, code: 'CHUNK_OVERLAP' });
    expect((await createState({ store })).base.root).toEqual(view.root);
  });

  test('goes on after a failure at any batch, whether it landed or not', async () => {
    const view = await source(manyRows(200));
    const chunks = await chunksOf(view, { chunkRowsMax: 40 });
    for (let failAt = 0; failAt < chunks.length; failAt++) {
      for (const landed of [false, true]) {
        const store = createMemoryStore();
        let batches = 0;
        const failing: Store = { ...bound(store), batch: async (ops) => {
          const fails = batches++ === failAt;
          if (!fails || landed) await store.batch(ops);
          if (fails) throw new Error('disk full');
        } };
        const first = await createSnapshotImport({ store: failing, root: view.root, height: HEIGHT, extra: [{ key: utf8ToBytes('c'), value: utf8ToBytes('index') }] });
        await takeAll(first, chunks.slice(0, failAt));
        await expect(first.take(chunks[failAt] as Uint8Array)).rejects.toMatchObject({ code: 'STATE_FAILED' });
        await expect(first.take(chunks[failAt] as Uint8Array)).rejects.toMatchObject({ code: 'STATE_FAILED' });
        const done = landed ? failAt + 1 : failAt;
        expect(await store.get(utf8ToBytes('c'))).toEqual(done === chunks.length ? utf8ToBytes('index') : undefined);
        if (done < chunks.length) {
          if (done > 0) await expect(createState({ store })).rejects.toMatchObject({ code: 'STATE_IMPORTING' });
          const again = await createSnapshotImport({ store, root: view.root, height: HEIGHT });
          expect(again.next).toEqual(verified(view, chunks[done] as Uint8Array).from);
          expect(again.rows).toBe(done * 40);
          await takeAll(again, chunks.slice(done));
        }
        const state = await createState({ store });
        expect(state.base).toEqual({ height: HEIGHT, root: view.root });
        expect(await (state.view(view.root) as StateView).range(ALL)).toEqual(await view.range(ALL));
      }
    }
  });

  test('takes one chunk at a time', async () => {
    const view = await source(manyRows(50));
    const chunks = await chunksOf(view, { chunkRowsMax: 20 });
    const importing = await createSnapshotImport({ store: createMemoryStore(), root: view.root, height: HEIGHT });
    const taking = importing.take(chunks[0] as Uint8Array);
    await expect(importing.take(chunks[0] as Uint8Array)).rejects.toMatchObject({ code: 'STATE_IMPORT_BUSY' });
    expect(await taking).toMatchObject({ ok: true });
    await takeAll(importing, chunks.slice(1));
  });

  test.each([1, 40, 80])('finds a store that does not give back what was written (byte %i from the end)', async (fromEnd) => {
    const view = await source(manyRows(120));
    const chunks = await chunksOf(view, { chunkRowsMax: 16 });
    const inner = createMemoryStore();
    let damaged = 0;
    let isDamaging = false;
    const store: Store = { ...bound(inner), getMany: async (keys) => (await inner.getMany(keys)).map((value) => {
      if (!isDamaging || value === undefined) return value;
      damaged++;
      return value.map((byte, i) => (i === value.length - fromEnd ? byte ^ 1 : byte));
    }) };
    const importing = await createSnapshotImport({ store, root: view.root, height: HEIGHT });
    await takeAll(importing, chunks.slice(0, -1));
    isDamaging = true;
    await expect(importing.take(chunks.at(-1) as Uint8Array)).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
    expect(damaged).toBeGreaterThan(0);
    await expect(createState({ store: inner })).rejects.toMatchObject({ code: 'STATE_IMPORTING' });
  });

  test('opens on an empty store or its own import only, and can be discarded for another', async () => {
    const view = await source(manyRows(2_500));
    const other = await source(manyRows(31));
    const chunks = await chunksOf(view, { chunkRowsMax: 2_000 });
    const store = createMemoryStore();
    await store.batch([{ type: 'put', key: utf8ToBytes('rest'), value: utf8ToBytes('of the caller') }, { type: 'put', key: utf8ToBytes('t'), value: utf8ToBytes('too') }]);
    await takeAll(await createSnapshotImport({ store, root: view.root, height: HEIGHT }), chunks.slice(0, 1));
    await expect(createSnapshotImport({ store, root: view.root, height: HEIGHT + 1 })).rejects.toMatchObject({ code: 'STATE_IMPORT_OTHER' });
    await expect(createSnapshotImport({ store, root: other.root, height: HEIGHT })).rejects.toMatchObject({ code: 'STATE_IMPORT_OTHER' });
    let batches = 0;
    const failing: Store = { ...bound(store), batch: async (ops) => {
      if (++batches === 3) throw new Error('killed');
      await store.batch(ops);
    } };
    await expect(discardSnapshotImport(failing)).rejects.toThrow('killed');
    // Half of it is gone, so nobody may go on with it.
    await expect(createSnapshotImport({ store, root: view.root, height: HEIGHT })).rejects.toMatchObject({ code: 'STATE_IMPORT_OTHER' });
    await expect(createState({ store })).rejects.toMatchObject({ code: 'STATE_IMPORTING' });
    await discardSnapshotImport(store);
    expect((await dump(store)).length).toBe(2);
    await takeAll(await createSnapshotImport({ store, root: other.root, height: HEIGHT }), await chunksOf(other));
    await discardSnapshotImport(store);
    const state = await createState({ store });
    const [row] = await (state.view(other.root) as StateView).range({ from: new Uint8Array(0), limit: 1 });
    const key = (row as { key: Uint8Array }).key;
    expect(verifyKeys(other.root, [key], await (state.view(other.root) as StateView).proveKeys([key]))).toMatchObject({ ok: true });
    await expect(createSnapshotImport({ store, root: other.root, height: HEIGHT })).rejects.toMatchObject({ code: 'STATE_NOT_EMPTY' });
  });
});

function verified(view: StateView, chunk: Uint8Array): { from: Uint8Array } {
  const verdict = verifySnapshotChunk(view.root, chunk);
  if (!verdict.ok) throw new Error(verdict.code);
  return verdict.value;
}

function bound(store: Store): Store {
  return {
    get: (key) => store.get(key),
    getMany: (keys) => store.getMany(keys),
    iterate: (options) => store.iterate(options),
    batch: (ops) => store.batch(ops),
    snapshot: () => store.snapshot(),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
  };
}
