import { describe, expect, test } from '@jest/globals';
import { toHex, utf8ToBytes } from '@vsys/primitives';
import { createMemoryStore } from '@vsys/store';
import type { Store } from '@vsys/store';
import { createState } from '../src/index.ts';
import type { State, StateView } from '../src/index.ts';
import { applied, modelRange, modelRoot, numbers, randomWrites } from './model.ts';
import type { Model } from './model.ts';

const ALL = { from: new Uint8Array(0), limit: 1_000 };

async function line(state: State, seed: number, blocks: number, flushed: (height: number) => boolean): Promise<{ models: Model[]; views: StateView[] }> {
  const next = numbers(seed);
  const models: Model[] = [];
  const views: StateView[] = [];
  let view = state.view(state.base.root) as StateView;
  let model: Model = new Map();
  for (let height = 0; height < blocks; height++) {
    const writes = randomWrites(next, height === 0 ? 80 : 10);
    model = applied(model, writes);
    view = await state.fork(view, height, writes);
    models.push(model);
    views.push(view);
    if (flushed(height)) await state.flush(view);
  }
  return { models, views };
}

describe('asOf', () => {
  test.each([[1, 1], [2, 3], [3, 7]])('reads every height of the window, flushed one by one or together (seed %i, every %i)', async (seed, every) => {
    const store = createMemoryStore();
    const state = await createState({ store, retentionBlocks: 8, cacheBytesMax: 0 });
    const { models, views } = await line(state, seed, 22, (height) => height % every === 0 || height === 21);
    expect(state.base.height).toBe(21);
    for (const reopened of [state, await createState({ store, retentionBlocks: 8 })]) {
      for (let height = 13; height <= 21; height++) {
        const view = (await reopened.asOf(height)) as StateView;
        const model = models[height] as Model;
        expect(toHex(view.root)).toBe(toHex(modelRoot(model)));
        expect(await view.range(ALL)).toEqual(modelRange(model, ALL).rows);
        const keys = [...(models[21] as Model).values(), ...(models[13] as Model).values()].map(({ key }) => key);
        expect(await view.getMany(keys)).toEqual(keys.map((key) => model.get(toHex(key))?.value));
        // A view taken before the base moved on still reads its own height.
        expect(await (views[height] as StateView).range(ALL)).toEqual(modelRange(model, ALL).rows);
      }
      expect(await reopened.asOf(12)).toBeUndefined();
      expect(await reopened.asOf(22)).toBeUndefined();
    }
    await expect((views[3] as StateView).range(ALL)).rejects.toMatchObject({ code: 'STATE_VIEW_DROPPED' });
  });

  test('prunes what is older than the window, so that a store of one value does not grow', async () => {
    const store = createMemoryStore();
    const state = await createState({ store, retentionBlocks: 4 });
    let entries = 0;
    for (let height = 0; height < 40; height++) {
      await state.flush(await state.fork(state.view(state.base.root) as StateView, height, [{ key: utf8ToBytes('k'), value: Uint8Array.of(height) }, { key: Uint8Array.of(height % 3), value: height % 2 === 0 ? undefined : Uint8Array.of(1) }]));
      let count = 0;
      for await (const _ of store.iterate()) count++;
      if (height === 19) entries = count;
      if (height > 19) expect(count).toBeLessThanOrEqual(entries + 12);
    }
  });
});

test.each([11, 12, 13])('keeps on disk the pages of the base and no other, once the window has passed (seed %i)', async (seed) => {
  const store = createMemoryStore();
  const state = await createState({ store, retentionBlocks: 0 });
  const { models } = await line(state, seed, 30, () => true);
  // The pages that a block put an end to are deleted with the block after it.
  await state.flush(await state.fork(state.view(state.base.root) as StateView, 31, []));
  const isPage = (key: Uint8Array): boolean => key[0] === 0x73 && key[1] === 0x70;
  const kept: string[] = [];
  for await (const [key] of store.iterate()) if (isPage(key)) kept.push(toHex(key));
  const read = new Set<string>();
  const watched: Store = { ...bound(store), getMany: (keys) => {
    for (const key of keys) if (isPage(key)) read.add(toHex(key));
    return store.getMany(keys);
  } };
  const again = await createState({ store: watched });
  expect(await (again.view(again.base.root) as StateView).range(ALL)).toEqual(modelRange(models.at(-1) as Model, ALL).rows);
  expect(kept.length).toBeGreaterThan(20);
  expect([...read].sort()).toEqual(kept.sort());
});

describe('flush', () => {
  test('writes the operations of the caller in the same batch, and none of it when the batch fails', async () => {
    const inner = createMemoryStore();
    let batches = 0;
    let isBroken = false;
    const store: Store = { ...bound(inner), batch: async (ops) => {
      if (isBroken) throw new Error('disk full');
      batches++;
      await inner.batch(ops);
    } };
    const state = await createState({ store });
    const first = await state.fork(state.view(state.base.root) as StateView, 0, [{ key: utf8ToBytes('a'), value: utf8ToBytes('1') }]);
    await state.flush(first, [{ key: utf8ToBytes('x'), value: utf8ToBytes('head') }]);
    expect(batches).toBe(1);
    expect(await inner.get(utf8ToBytes('x'))).toEqual(utf8ToBytes('head'));
    const second = await state.fork(first, 1, [{ key: utf8ToBytes('a'), value: utf8ToBytes('2') }]);
    isBroken = true;
    await expect(state.flush(second)).rejects.toMatchObject({ code: 'STATE_FAILED' });
    await expect(state.fork(second, 2, [])).rejects.toMatchObject({ code: 'STATE_FAILED' });
    const again = await createState({ store: inner });
    expect(again.base).toEqual({ height: 0, root: first.root });
    expect(await again.view(first.root)?.get(utf8ToBytes('a'))).toEqual(utf8ToBytes('1'));
  });

  test('drops branches that do not descend from the new base and keeps those that do', async () => {
    const state = await createState({ store: createMemoryStore(), cacheBytesMax: 0 });
    const { views } = await line(state, 9, 3, (height) => height === 0);
    const [, one, two] = views as [StateView, StateView, StateView];
    const other = await state.fork(state.view(state.base.root) as StateView, 1, [{ key: utf8ToBytes('other'), value: utf8ToBytes('!') }]);
    const rows = await two.range(ALL);
    await state.flush(one);
    expect(await two.range(ALL)).toEqual(rows);
    expect(state.view(two.root)).toBe(two);
    expect(state.view(other.root)).toBeUndefined();
    await expect(other.get(utf8ToBytes('other'))).rejects.toMatchObject({ code: 'STATE_VIEW_DROPPED' });
    await expect(state.fork(other, 5, [])).rejects.toMatchObject({ code: 'STATE_VIEW_UNKNOWN' });
    state.drop([two]);
    expect(state.view(two.root)).toBeUndefined();
  });

  test('gives reads under way the height they began at', async () => {
    const store = createMemoryStore();
    const state = await createState({ store, cacheBytesMax: 0 });
    const { models, views } = await line(state, 4, 2, (height) => height === 0);
    const reads = Promise.all([views[0]?.range(ALL), views[0]?.proveRange(ALL), views[1]?.range(ALL)]);
    await state.flush(views[1] as StateView);
    const [rows, proven, newer] = await reads;
    expect(rows).toEqual(modelRange(models[0] as Model, ALL).rows);
    expect(proven?.rows).toEqual(rows);
    expect(newer).toEqual(modelRange(models[1] as Model, ALL).rows);
  });
});

describe('fork', () => {
  test('gives one root for one content, whatever the order and the blocks', async () => {
    const next = numbers(77);
    const writes = randomWrites(next, 90).filter(({ value }) => value !== undefined);
    const roots = new Set<string>();
    for (const size of [1, 7, 1_000]) {
      const state = await createState({ store: createMemoryStore() });
      let view = state.view(state.base.root) as StateView;
      const order = size === 7 ? [...writes].reverse() : writes;
      for (let i = 0; i < order.length; i += size) view = await state.fork(view, i, order.slice(i, i + size));
      roots.add(toHex(view.root));
    }
    expect(roots.size).toBe(1);
  });

  test('refuses misuse with codes', async () => {
    const state = await createState({ store: createMemoryStore() });
    const base = state.view(state.base.root) as StateView;
    expect(toHex(base.root)).toBe('00'.repeat(32));
    await expect(state.fork(base, 1, [{ key: new Uint8Array(257), value: new Uint8Array(0) }])).rejects.toMatchObject({ code: 'STATE_KEY_LENGTH' });
    await expect(state.fork(base, 1, [{ key: Uint8Array.of(1), value: undefined }, { key: Uint8Array.of(1), value: undefined }])).rejects.toMatchObject({ code: 'STATE_KEY_TWICE' });
    const one = await state.fork(base, 1, []);
    await expect(state.fork(one, 1, [])).rejects.toMatchObject({ code: 'STATE_RANGE' });
    await expect(base.range({ from: new Uint8Array(0), limit: -1 })).rejects.toMatchObject({ code: 'STATE_RANGE' });
    await state.close();
    await expect(base.get(Uint8Array.of(1))).rejects.toMatchObject({ code: 'STATE_CLOSED' });
  });

  test('holds a tree as deep as its keys are long', async () => {
    const state = await createState({ store: createMemoryStore(), cacheBytesMax: 0 });
    const long = new Uint8Array(100).fill(0xff);
    const writes = [{ key: long, value: Uint8Array.of(1) }];
    for (let i = 0; i < long.length; i++) {
      writes.push({ key: long.slice(0, i), value: Uint8Array.of(2) });
      for (let bit = 0; bit < 8; bit++) {
        const key = long.slice(0, i + 1);
        key[i] = 0xff ^ (0x80 >> bit);
        writes.push({ key, value: Uint8Array.of(3) });
      }
    }
    const view = await state.fork(state.view(state.base.root) as StateView, 0, writes);
    await state.flush(view);
    const again = state.view(view.root) as StateView;
    expect(await again.get(long)).toEqual(Uint8Array.of(1));
    const { verifyKeys } = await import('../src/index.ts');
    expect(verifyKeys(view.root, [long], await again.proveKeys([long]))).toMatchObject({ ok: true, value: [Uint8Array.of(1)] });
    const deleted = await state.fork(again, 1, writes.slice(1).map(({ key }) => ({ key, value: undefined })));
    expect(toHex(deleted.root)).toBe(toHex(modelRoot(new Map([['', writes[0] as { key: Uint8Array; value: Uint8Array }]]))));
  });
});

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
