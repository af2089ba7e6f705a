import { describe, expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { createMemoryStore } from '@vsys/store';
import { createState, verifyKeys, verifyRange } from '../src/index.ts';
import type { State, StateRange, StateView } from '../src/index.ts';
import { applied, modelRange, modelRoot, numbers, randomKey, randomWrites } from './model.ts';
import type { Model } from './model.ts';

const EMPTY: Model = new Map();

async function expectView(view: StateView, model: Model, next: (below: number) => number): Promise<void> {
  expect(toHex(view.root)).toBe(toHex(modelRoot(model)));
  const keys = Array.from({ length: 8 }, () => randomKey(next));
  const values = keys.map((key) => model.get(toHex(key))?.value);
  expect(await view.getMany(keys)).toEqual(values);
  expect(verifyKeys(view.root, keys, await view.proveKeys(keys))).toEqual({ ok: true, value: values });
  for (const reverse of [false, true]) {
    const to = next(2) === 0 ? {} : { to: randomKey(next) };
    const range: StateRange = { from: randomKey(next), ...to, reverse, limit: next(6) };
    const wanted = modelRange(model, range);
    expect(await view.range(range)).toEqual(wanted.rows);
    const { proof, ...rest } = await view.proveRange(range);
    expect(rest).toEqual(wanted);
    expect(verifyRange(view.root, range, proof)).toEqual({ ok: true, value: wanted });
  }
}

describe('createState', () => {
  // A node that was not loaded may have another put above it in its page, and then be left alone there again.
  test.each([1, 2])('writes a node that is on disk only, after a key beside it came and went (flushed %d at a time)', async (together) => {
    const store = createMemoryStore();
    const put = (...bytes: number[]): { key: Uint8Array; value: Uint8Array }[] => bytes.map((byte) => ({ key: Uint8Array.of(byte), value: Uint8Array.of(byte, 1) }));
    const first = await createState({ store });
    await first.flush(await first.fork(first.view(first.base.root) as StateView, 0, put(0x00, 0x04, 0x80)));
    await first.close();
    const state = await createState({ store });
    const base = state.view(state.base.root) as StateView;
    const came = await state.fork(base, 1, put(0x10));
    if (together === 1) await state.flush(came);
    const went = await state.fork(came, 2, [{ key: Uint8Array.of(0x10), value: undefined }]);
    await state.flush(went);
    const opened = await createState({ store });
    const view = opened.view(opened.base.root) as StateView;
    expect(toHex(view.root)).toBe(toHex(base.root));
    const keys = [0x00, 0x04, 0x10, 0x80].map((byte) => Uint8Array.of(byte));
    const values = [Uint8Array.of(0, 1), Uint8Array.of(4, 1), undefined, Uint8Array.of(0x80, 1)];
    expect(await view.getMany(keys)).toEqual(values);
    expect(verifyKeys(view.root, keys, await view.proveKeys(keys))).toEqual({ ok: true, value: values });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])('agrees with a plain map through branches, flushes, reopening and asOf (seed %i)', async (seed) => {
    const next = numbers(seed);
    const store = createMemoryStore();
    const options = { store, retentionBlocks: 5, cacheBytesMax: seed % 2 === 0 ? 0 : 1_000_000 };
    let state: State = await createState(options);
    const history: Model[] = [];
    let views: { view: StateView; model: Model; height: number; above: number }[] = [];
    for (let height = 0; height < 30; height++) {
      const tips = views.length === 0 ? [{ view: state.view(state.base.root) as StateView, model: history.at(-1) ?? EMPTY, height: height - 1, above: 0 }] : views.slice(-2);
      for (const tip of tips.slice(0, 1 + next(2))) {
        const writes = randomWrites(next, height % 7 === 0 ? 60 : 8);
        const model = applied(tip.model, writes);
        const view = await state.fork(tip.view, height, writes);
        expect(toHex(view.root)).toBe(toHex(modelRoot(model)));
        views.push({ view, model, height, above: 0 });
      }
      const last = views.at(-1) as (typeof views)[number];
      await expectView(last.view, last.model, next);
      await expectView((views[0] as typeof last).view, (views[0] as typeof last).model, next);
      if (next(3) !== 0) continue;
      // A line of blocks is followed from the tip down, as a chain's finality does.
      await state.flush(last.view);
      expect(state.base).toEqual({ height, root: last.view.root });
      while (history.length < height) history.push(EMPTY);
      history[height] = last.model;
      views = [];
      if (next(2) === 0) {
        await state.close();
        state = await createState(options);
        expect(state.base).toEqual({ height, root: last.view.root });
      }
      await expectView(state.view(state.base.root) as StateView, last.model, next);
      for (let back = 0; back <= 5 && back <= height; back++) {
        const old = await state.asOf(height - back);
        const model = history[height - back];
        if (old !== undefined && model !== undefined && toHex(old.root) === toHex(modelRoot(model))) await expectView(old, model, next);
        else if (back === 0) throw new Error('the base cannot be read');
      }
      expect(await state.asOf(height + 1)).toBeUndefined();
      expect(await state.asOf(height - 6)).toBeUndefined();
    }
  });
});
