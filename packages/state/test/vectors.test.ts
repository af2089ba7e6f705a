import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { fromHex, toHex } from '@vsys/primitives';
import { checkVectors, type VectorFile, type VectorOutcome, type VectorValues } from '@vsys/primitives/vectors';
import { createMemoryStore } from '@vsys/store';
import { createState, verifyKeys, verifyRange, verifySnapshotChunk } from '../src/index.ts';
import type { StateRange, StateRow, StateView } from '../src/index.ts';
import { modelRoot } from './model.ts';

function vectors(name: string): VectorFile {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8')) as VectorFile;
}

const bytesOf = (input: VectorValues, name: string): Uint8Array => fromHex(input[name] as string);
const rowsOf = (input: VectorValues): StateRow[] => (input.rows as { key: string; value: string }[]).map(({ key, value }) => ({ key: fromHex(key), value: fromHex(value) }));
const asJson = (rows: readonly StateRow[]): unknown => rows.map(({ key, value }) => ({ key: toHex(key), value: toHex(value) }));
const orNull = (bytes: Uint8Array | undefined): string | null => (bytes === undefined ? null : toHex(bytes));

function proof(input: VectorValues): VectorOutcome {
  const root = bytesOf(input, 'root');
  if (input.keys !== undefined) {
    const values = verifyKeys(root, (input.keys as string[]).map((key) => fromHex(key)), bytesOf(input, 'proof'));
    return values.ok ? { ok: true, output: { values: values.value.map(orNull) } } : values;
  }
  const range: StateRange = { from: bytesOf(input, 'from'), ...(input.to === undefined ? {} : { to: bytesOf(input, 'to') }), reverse: input.reverse as boolean, limit: input.limit as number };
  const shown = verifyRange(root, range, bytesOf(input, 'proof'));
  return shown.ok ? { ok: true, output: { rows: asJson(shown.value.rows), more: shown.value.more } } : shown;
}

test('the tree and the plain definition agree with every vector of roots', async () => {
  expect(await checkVectors(vectors('roots'), async (input) => {
    const state = await createState({ store: createMemoryStore() });
    const { root } = await state.fork(state.view(state.base.root) as StateView, 0, rowsOf(input));
    return { ok: true, output: { root: toHex(root) } };
  })).toEqual([]);
  expect(await checkVectors(vectors('roots'), (input) => ({ ok: true, output: { root: toHex(modelRoot(new Map(rowsOf(input).map((row) => [toHex(row.key), row])))) } }))).toEqual([]);
});

test('agrees with every vector of proofs', async () => {
  expect(await checkVectors(vectors('proofs'), proof)).toEqual([]);
});

test('agrees with every vector of snapshot chunks', async () => {
  expect(await checkVectors(vectors('chunks'), (input) => {
    const chunk = verifySnapshotChunk(bytesOf(input, 'root'), bytesOf(input, 'chunk'));
    return chunk.ok ? { ok: true, output: { from: toHex(chunk.value.from), rows: asJson(chunk.value.rows), next: orNull(chunk.value.next) } } : chunk;
  })).toEqual([]);
});
