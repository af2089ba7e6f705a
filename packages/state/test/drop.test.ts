import { describe, expect, test } from '@jest/globals';
import { toHex, utf8ToBytes } from '@vsys/primitives';
import { createMemoryStore } from '@vsys/store';
import type { Store } from '@vsys/store';
import { createSnapshotImport, createState, snapshotChunks, SWEEP_ENTRIES_PER_FLUSH_MAX, verifyRange } from '../src/index.ts';
import type { State, StateView, StateWrite } from '../src/index.ts';
import { applied, modelRange, modelRoot, numbers, randomKey, randomWrites, sortedRows } from './model.ts';
import type { Model } from './model.ts';

const ALL = { from: new Uint8Array(0), limit: 10_000 };
const drop = (key: Uint8Array): StateWrite => ({ key, value: undefined, below: true });
const baseOf = (state: State): StateView => state.view(state.base.root) as StateView;

async function expectModel(view: StateView, model: Model, keys: readonly Uint8Array[]): Promise<void> {
  expect(toHex(view.root)).toBe(toHex(modelRoot(model)));
  expect(await view.getMany(keys)).toEqual(keys.map((key) => model.get(toHex(key))?.value));
  const { rows, proof } = await view.proveRange(ALL);
  expect(rows).toEqual(modelRange(model, ALL).rows);
  expect(verifyRange(view.root, ALL, proof).ok).toBe(true);
}

/** All keys of the store of one kind: pages, values, drops. */
async function keysOf(store: Store, kind: string): Promise<string[]> {
  const found: string[] = [];
  for await (const [key] of store.iterate()) if (String.fromCharCode(key[0] as number, key[1] as number) === kind) found.push(toHex(key));
  return found;
}

/** Writes with drops among them: of prefixes that hold something, nothing, all, or what the same block writes. */
function randomDrops(next: (below: number) => number): StateWrite[] {
  const drops = new Map<string, StateWrite>();
  for (let i = [0, 0, 1, 1, 2][next(5)] as number; i > 0; i--) {
    const prefix = randomKey(next).slice(0, 1 + next(3));
    if (prefix.length > 0 || next(12) === 0) drops.set(toHex(prefix), drop(prefix));
  }
  return [...drops.values()];
}

describe('a drop', () => {
  test.each(Array.from({ length: 16 }, (_, i) => i + 1))('agrees with a plain map through branches, flushes, reopening, reads of earlier heights and writes to what was dropped (seed %i)', async (seed) => {
    const next = numbers(seed);
    const store = createMemoryStore();
    const options = { store, retentionBlocks: 4, cacheBytesMax: seed % 2 === 0 ? 0 : 1_000_000 };
    let state = await createState(options);
    const history: (Model | undefined)[] = [];
    let line: { view: StateView; model: Model }[] = [{ view: baseOf(state), model: new Map() }];
    const keys = Array.from({ length: 40 }, () => randomKey(next));
    let drops = 0;
    for (let height = 0; height < 40; height++) {
      const tip = line.at(-1) as (typeof line)[number];
      const writes = [...randomDrops(next), ...randomWrites(next, height % 6 === 0 ? 60 : 10)];
      drops += writes.filter(({ below }) => below === true).length;
      const model = applied(tip.model, writes);
      const view = await state.fork(tip.view, height, writes);
      await expectModel(view, model, keys);
      // A branch beside it that drops all of it, and is dropped itself.
      const other = await state.fork(tip.view, height, [drop(Uint8Array.of(next(256)))]);
      line.push({ view, model });
      await expectModel(tip.view, tip.model, keys);
      history[height] = model;
      if (next(3) === 0) {
        await state.flush(view);
        await expect(other.get(Uint8Array.of(1))).rejects.toMatchObject({ code: 'STATE_VIEW_DROPPED' });
        line = [{ view, model }];
        if (next(2) === 0) {
          await state.close();
          state = await createState(options);
          line = [{ view: baseOf(state), model }];
        }
        for (let back = Math.max(0, height - 4); back <= height; back++) await expectModel((await state.asOf(back)) as StateView, history[back] as Model, keys);
      }
    }
    expect(drops).toBeGreaterThan(10);
  });

  test.each([21, 22, 23])('leaves on disk what the base needs and nothing else, once the window has passed (seed %i)', async (seed) => {
    const next = numbers(seed);
    const store = createMemoryStore();
    const state = await createState({ store, retentionBlocks: 2 });
    let view = baseOf(state);
    let model: Model = new Map();
    for (let height = 0; height < 24; height++) {
      const writes = [...randomDrops(next), ...randomWrites(next, 30)];
      model = applied(model, writes);
      view = await state.fork(view, height, writes);
      if (height % 3 === 2) await state.flush(view);
    }
    for (let height = 24; height < 32; height++) {
      view = await state.fork(view, height, []);
      await state.flush(view);
    }
    expect(await keysOf(store, 'sd')).toEqual([]);
    expect((await keysOf(store, 'sv')).sort()).toEqual(sortedRows(model).map(({ key }) => toHex(utf8ToBytes('sv')) + toHex(key)).sort());
    // A state of the same content that never dropped has as many pages.
    const fresh = createMemoryStore();
    const other = await createState({ store: fresh, retentionBlocks: 2 });
    await other.flush(await other.fork(baseOf(other), 0, sortedRows(model)));
    const paths = async (one: Store): Promise<string[]> => (await keysOf(one, 'sp')).map((key) => key.slice(0, -16)).sort();
    expect(await paths(store)).toEqual(await paths(fresh));
    expect(model.size).toBeGreaterThan(5);
  });

  test('looks at the way to what goes, and at none of it', async () => {
    const inner = createMemoryStore();
    let reads = 0;
    const store: Store = { get: inner.get, batch: inner.batch, iterate: inner.iterate, snapshot: inner.snapshot, close: inner.close, [Symbol.asyncDispose]: inner.close, getMany: (keys) => {
      reads += keys.length;
      return inner.getMany(keys);
    } };
    const next = numbers(5);
    const under = (prefix: number, i: number): Uint8Array => Uint8Array.of(prefix, 7, i >> 8, i & 255, next(256), next(256));
    const rows = Array.from({ length: 30_000 }, (_, i) => ({ key: under(i % 3, i), value: Uint8Array.of(i & 255) }));
    const first = await createState({ store, cacheBytesMax: 0 });
    await first.flush(await first.fork(baseOf(first), 0, rows));
    await first.close();
    const state = await createState({ store, cacheBytesMax: 0 });
    reads = 0;
    const dropped = await state.fork(baseOf(state), 1, [drop(Uint8Array.of(1))]);
    await state.flush(dropped);
    expect(reads).toBeLessThan(20);
    expect(toHex(dropped.root)).toBe(toHex(modelRoot(new Map(rows.filter(({ key }) => key[0] !== 1).map((row) => [toHex(row.key), row])))));
    // Swept in steps: a flush looks at a bounded number of entries.
    expect((await keysOf(inner, 'sv')).length).toBe(30_000);
  });

  test('is swept in bounded steps, across restarts, and spares what was written there since', async () => {
    const store = createMemoryStore();
    const at = (i: number): Uint8Array => Uint8Array.of(9, i >> 8, i & 255);
    let state = await createState({ store, retentionBlocks: 1 });
    let view = await state.fork(baseOf(state), 0, Array.from({ length: 9_000 }, (_, i) => ({ key: at(i), value: Uint8Array.of(1) })));
    view = await state.fork(view, 1, [drop(Uint8Array.of(9)), { key: at(5), value: Uint8Array.of(2) }]);
    await state.flush(view);
    const left: number[] = [];
    for (let height = 2; height < 20; height++) {
      view = await state.fork(baseOf(state), height, height === 4 ? [{ key: at(8_999), value: Uint8Array.of(3) }] : []);
      await state.flush(view);
      left.push((await keysOf(store, 'sv')).length);
      await state.close();
      state = await createState({ store, retentionBlocks: 1 });
    }
    for (const [i, count] of left.entries()) if (i > 0) expect((left[i - 1] as number) - count).toBeLessThanOrEqual(SWEEP_ENTRIES_PER_FLUSH_MAX);
    expect(left.at(-1)).toBe(2);
    expect(await baseOf(state).getMany([at(4), at(5), at(8_999)])).toEqual([undefined, Uint8Array.of(2), Uint8Array.of(3)]);
    expect(await keysOf(store, 'sd')).toEqual([]);
  });

  test('is not in a snapshot that is taken before the sweep', async () => {
    const next = numbers(3);
    const state = await createState({ store: createMemoryStore() });
    let model: Model = new Map();
    let view = baseOf(state);
    for (const [height, writes] of [randomWrites(next, 200), [drop(Uint8Array.of(1)), drop(Uint8Array.of(0x80)), ...randomWrites(next, 20)], []].entries()) {
      model = applied(model, writes);
      view = await state.fork(view, height, writes);
      await state.flush(view);
    }
    const target = createMemoryStore();
    const importing = await createSnapshotImport({ store: target, root: view.root, height: 2 });
    for await (const chunk of snapshotChunks(view, { chunkRowsMax: 7 })) expect(await importing.take(chunk)).toMatchObject({ ok: true });
    const copied = await createState({ store: target });
    await expectModel(baseOf(copied), model, [...model.values()].map(({ key }) => key));
  });

  test('of one prefix twice in a block is misuse; of a prefix that holds nothing changes nothing', async () => {
    const store = createMemoryStore();
    const state = await createState({ store });
    const first = await state.fork(baseOf(state), 0, [{ key: Uint8Array.of(1), value: Uint8Array.of(1) }]);
    await expect(state.fork(first, 1, [drop(Uint8Array.of(1)), drop(Uint8Array.of(1))])).rejects.toMatchObject({ code: 'STATE_KEY_TWICE' });
    const second = await state.fork(first, 1, [drop(Uint8Array.of(2))]);
    expect(second.root).toEqual(first.root);
    await state.flush(second);
    expect(await keysOf(store, 'sd')).toEqual([]);
  });
});
