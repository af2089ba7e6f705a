import { describe, expect, test } from '@jest/globals';
import { compareBytes, toHex, uint32ToBytes } from '@vsys/primitives';
import { createMemoryStore } from '@vsys/store';
import { createState, verifyChanges } from '../src/index.ts';
import type { ChangesProof, ChangesRange, State, StateChange, StateView } from '../src/index.ts';
import { applied, numbers, randomKey, randomWrites } from './model.ts';
import type { Model } from './model.ts';
import { tampered } from './tampered.ts';

const ALL: ChangesRange = { from: new Uint8Array(0) };

function modelChanges(before: Model, after: Model, { from, to }: ChangesRange): StateChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [old, now] = [before.get(name), after.get(name)];
    const key = (old ?? now)?.key as Uint8Array;
    if (compareBytes(key, from) < 0 || (to !== undefined && compareBytes(key, to) >= 0)) return [];
    if (old !== undefined && now !== undefined && compareBytes(old.value, now.value) === 0) return [];
    return [{ key, before: old?.value, after: now?.value }];
  });
}

interface Line { readonly state: State; readonly models: Model[]; readonly views: StateView[]; readonly next: (below: number) => number }

async function randomLine(seed: number, blocks: number, flushEvery: number): Promise<Line> {
  const next = numbers(seed);
  const state = await createState({ store: createMemoryStore(), retentionBlocks: blocks, cacheBytesMax: 0 });
  const models: Model[] = [];
  const views: StateView[] = [];
  let view = state.view(state.base.root) as StateView;
  let model: Model = new Map();
  for (let height = 0; height < blocks; height++) {
    const writes = randomWrites(next, height === 0 ? 60 : 8);
    model = applied(model, writes);
    view = await state.fork(view, height, writes);
    models.push(model);
    views.push(view);
    if (height % flushEvery === flushEvery - 1) await state.flush(view);
  }
  return { state, models, views, next };
}

describe('proveChanges', () => {
  test.each([[1, 1], [2, 4], [3, 100], [4, 3], [5, 1], [6, 2]])('shows what differs between any two heights, whichever is the later, and nothing else (seed %i, flushed every %i)', async (seed, flushEvery) => {
    const { models, views, next } = await randomLine(seed, 12, flushEvery);
    for (let i = 0; i < 150; i++) {
      const [a, b] = [next(12), next(12)];
      const from = next(3) === 0 ? new Uint8Array(0) : randomKey(next);
      const range: ChangesRange = { from, ...(next(2) === 0 ? {} : { to: randomKey(next) }) };
      const [before, after] = [views[a] as StateView, views[b] as StateView];
      const truth = modelChanges(models[a] as Model, models[b] as Model, range);
      const limit = 1 + next(20);
      const { changes, proof, end } = await after.proveChanges(before, range, limit);
      expect(changes).toEqual(truth.slice(0, limit));
      expect(end).toEqual(truth[limit]?.key);
      expect(verifyChanges(before.root, after.root, { from, ...(end === undefined ? range : { to: end }) }, proof)).toEqual({ ok: true, value: changes });
    }
  });

  test('is as small as the change, in a large state', async () => {
    const state = await createState({ store: createMemoryStore() });
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ key: uint32ToBytes(i * 7), value: uint32ToBytes(i) }));
    const before = await state.fork(state.view(state.base.root) as StateView, 0, rows);
    const after = await state.fork(before, 1, [{ key: uint32ToBytes(700), value: Uint8Array.of(1) }, { key: uint32ToBytes(701), value: Uint8Array.of(2) }, { key: uint32ToBytes(7_000), value: undefined }]);
    const { changes, proof } = await after.proveChanges(before, ALL, 10);
    expect(changes).toEqual([
      { key: uint32ToBytes(700), before: uint32ToBytes(100), after: Uint8Array.of(1) }, { key: uint32ToBytes(701), before: undefined, after: Uint8Array.of(2) }, { key: uint32ToBytes(7_000), before: uint32ToBytes(1_000), after: undefined },
    ]);
    expect(verifyChanges(before.root, after.root, ALL, proof)).toEqual({ ok: true, value: changes });
    expect(proof.before.length + proof.after.length).toBeLessThan(4_000);
    expect((await after.proveChanges(after, ALL, 10)).proof.before.length).toBe(33);
  });

  test('refuses a view of another state, and a limit of nothing', async () => {
    const { views } = await randomLine(9, 2, 1);
    const { views: others } = await randomLine(9, 2, 1);
    await expect((views[1] as StateView).proveChanges(others[0] as StateView, ALL, 5)).rejects.toMatchObject({ code: 'STATE_RANGE' });
    await expect((views[1] as StateView).proveChanges(views[0] as StateView, ALL, 0)).rejects.toMatchObject({ code: 'STATE_RANGE' });
  });
});

describe('verifyChanges', () => {
  test.each([11, 12, 13, 14, 15])('accepts no tampered proof with another answer (seed %i)', async (seed) => {
    const { models, views, next } = await randomLine(seed, 3, 2);
    const range: ChangesRange = seed % 2 === 0 ? ALL : { from: randomKey(next), to: Uint8Array.of(0xff, 0xff) };
    const [before, after] = [views[0] as StateView, views[2] as StateView];
    const truth = modelChanges(models[0] as Model, models[2] as Model, range);
    const { proof } = await after.proveChanges(before, range, 100);
    const check = (other: ChangesProof): void => {
      const verdict = verifyChanges(before.root, after.root, range, other);
      if (verdict.ok) expect(verdict.value).toEqual(truth);
    };
    for (const other of tampered(before.root, proof.before, next)) check({ ...proof, before: other });
    for (const other of tampered(after.root, proof.after, next)) check({ ...proof, after: other });
    check({ before: proof.after, after: proof.before });
    // A proof of other states shows nothing about these.
    expect(verifyChanges((views[1] as StateView).root, after.root, range, proof).ok && truth.length > 0 && toHex((views[1] as StateView).root) !== toHex(before.root)).toBe(false);
  });

  test('does not take two closed trees for equal ones', async () => {
    const { views } = await randomLine(20, 2, 1);
    const [before, after] = [views[0] as StateView, views[1] as StateView];
    expect(toHex(before.root)).not.toBe(toHex(after.root));
    const closed = (root: Uint8Array): Uint8Array => Uint8Array.of(0, ...root);
    expect(verifyChanges(before.root, after.root, ALL, { before: closed(before.root), after: closed(after.root) })).toMatchObject({ ok: false, code: 'PROOF_INCOMPLETE' });
    expect(verifyChanges(before.root, before.root, ALL, { before: closed(before.root), after: closed(before.root) })).toEqual({ ok: true, value: [] });
    expect(verifyChanges(before.root, before.root, { from: new Uint8Array(257) }, { before: closed(before.root), after: closed(before.root) })).toMatchObject({ ok: false, code: 'PROOF_QUERY' });
  });
});
