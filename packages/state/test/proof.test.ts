import { describe, expect, test } from '@jest/globals';
import { toHex, utf8ToBytes } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { sha256 } from '@vsys/crypto/hash';
import { createMemoryStore } from '@vsys/store';
import { createState, verifyKeys, verifyKeysPartly, verifyRange, verifyRangePartly, withholdValues } from '../src/index.ts';
import type { StateRange, StateView } from '../src/index.ts';
import { openProof, PROOF_NODE } from '../src/proof-format.ts';
import type { ProofNode } from '../src/proof-format.ts';
import { applied, modelRange, numbers, randomKey, randomWrites } from './model.ts';
import type { Model } from './model.ts';

async function randomState(seed: number): Promise<{ view: StateView; model: Model; next: (below: number) => number }> {
  const next = numbers(seed);
  const writes = randomWrites(next, 30);
  const state = await createState({ store: createMemoryStore() });
  const base = state.view(state.base.root) as StateView;
  return { view: await state.fork(base, 0, writes), model: applied(new Map(), writes), next };
}

/** A tampered proof is refused, or says the same. */
function expectSound<T>(verdict: Verdict<T>, truth: T): void {
  if (verdict.ok) expect(verdict.value).toEqual(truth);
}

/** Each node of a proof as bytes from its kind byte to its end, in preorder with its subtree. */
function subtrees(root: Uint8Array, proof: Uint8Array): [number, number][] {
  const opened = openProof(root, proof);
  if (!opened.ok) throw new Error(opened.code);
  const spans: [number, number][] = [];
  let at = 0;
  visit(opened.value);
  return spans;

  function visit(node: ProofNode): void {
    const from = at;
    const span: [number, number] = [from, 0];
    spans.push(span);
    const edge = node.edgeBits > 0 ? 2 + node.edge.length : 0;
    at += 1 + edge + ({ [PROOF_NODE.closed]: 32, [PROOF_NODE.closedWithEdge]: 32, [PROOF_NODE.leaf]: 6 + node.key.length + node.value.length, [PROOF_NODE.leafWithoutValue]: 34 + node.key.length }[node.kind] ?? 0);
    if (node.left !== undefined && node.right !== undefined) {
      visit(node.left);
      visit(node.right);
    }
    span[1] = at;
  }
}

/** Flips, cuts, additions, and subtrees closed, dropped, doubled or exchanged. */
function* tampered(root: Uint8Array, proof: Uint8Array, next: (below: number) => number): Generator<Uint8Array> {
  for (let i = 0; i < proof.length; i++) {
    for (const mask of [0x01, 0x80, 1 + next(255)]) {
      const flipped = proof.slice();
      flipped[i] = (flipped[i] as number) ^ mask;
      yield flipped;
    }
    yield proof.slice(0, i);
  }
  yield Uint8Array.of(...proof, 0);
  const opened = openProof(root, proof);
  const hashes: Uint8Array[] = [];
  if (opened.ok) collect(opened.value, hashes);
  const spans = subtrees(root, proof);
  for (const [n, [from, end]] of spans.entries()) {
    const part = (low: number, high: number): number[] => Array.from(proof.subarray(low, high));
    yield Uint8Array.from([...part(0, from), 0, ...(hashes[n] as Uint8Array), ...part(end, proof.length)]);
    yield Uint8Array.from([...part(0, from), ...part(end, proof.length)]);
    yield Uint8Array.from([...part(0, from), 6, ...part(end, proof.length)]);
    yield Uint8Array.from([...part(0, end), ...part(from, end), ...part(end, proof.length)]);
    for (const [from2, end2] of spans.slice(n + 1, n + 5)) {
      if (from2 < end) yield Uint8Array.from([...part(0, from), ...part(from2, end2), ...part(end, proof.length)]);
      else yield Uint8Array.from([...part(0, from), ...part(from2, end2), ...part(end, from2), ...part(from, end), ...part(end2, proof.length)]);
    }
  }
}

function collect(node: ProofNode, hashes: Uint8Array[]): void {
  hashes.push(node.hash);
  if (node.left !== undefined && node.right !== undefined) {
    collect(node.left, hashes);
    collect(node.right, hashes);
  }
}

describe('verifyKeys', () => {
  test.each([1, 2, 3, 4, 5, 6])('accepts no tampered proof with another answer (seed %i)', async (seed) => {
    const { view, model, next } = await randomState(seed);
    const keys = [randomKey(next), randomKey(next), [...model.values()][0]?.key ?? randomKey(next)];
    const truth = keys.map((key) => model.get(toHex(key))?.value);
    const proof = await view.proveKeys(keys);
    expect(verifyKeys(view.root, keys, proof)).toEqual({ ok: true, value: truth });
    for (const other of tampered(view.root, proof, next)) {
      const verdict = verifyKeys(view.root, keys, other);
      expectSound(verdict, truth);
      // One proof for one question: there is no second form of the same answer.
      expect(verdict.ok).toBe(toHex(other) === toHex(proof));
    }
    for (let i = 0; i < 30; i++) {
      const asked = [randomKey(next)];
      expectSound(verifyKeys(view.root, asked, proof), asked.map((key) => model.get(toHex(key))?.value));
    }
  });

  test('refuses an edge that is presented as an inner node, which moves a subtree', async () => {
    const state = await createState({ store: createMemoryStore() });
    const base = state.view(state.base.root) as StateView;
    const rows = ['aaa', 'aab', 'aac'].map((key) => ({ key: utf8ToBytes(key), value: utf8ToBytes('x') }));
    const view = await state.fork(base, 0, rows);
    const proof = await view.proveKeys([utf8ToBytes('aab')]);
    expect(proof[0]).toBe(PROOF_NODE.innerWithEdge);
    const edgeEnd = 3 + Math.ceil((((proof[1] as number) << 8) | (proof[2] as number)) / 8);
    const tag = sha256(Uint8Array.of(2), proof.slice(1, edgeEnd));
    const moved = Uint8Array.of(PROOF_NODE.inner, PROOF_NODE.inner, ...proof.slice(edgeEnd), PROOF_NODE.closed, ...tag);
    expect(verifyKeys(view.root, [utf8ToBytes('aab')], moved)).toMatchObject({ ok: false });
    for (let bits = 1; bits < 40; bits++) {
      const elsewhere = proof.slice();
      elsewhere[2] = bits;
      expect(verifyKeys(view.root, [utf8ToBytes('zzz')], elsewhere)).toMatchObject({ ok: false });
    }
  });

  test('refuses the proof of another root, of nothing, and keys too long to be in a state', async () => {
    const { view } = await randomState(3);
    expect(verifyKeys(new Uint8Array(32), [], Uint8Array.of(PROOF_NODE.empty))).toEqual({ ok: true, value: [] });
    expect(verifyKeys(view.root, [Uint8Array.of(1)], Uint8Array.of(PROOF_NODE.empty))).toMatchObject({ ok: false, code: 'PROOF_ROOT' });
    expect(verifyKeys(view.root, [], new Uint8Array(0))).toMatchObject({ ok: false, code: 'PROOF_MALFORMED' });
    expect(verifyKeys(view.root, [new Uint8Array(257)], new Uint8Array(0))).toMatchObject({ ok: false, code: 'PROOF_QUERY' });
  });

  test('ends on a proof that is deep without end', () => {
    const deep = new Uint8Array(1_000_000).fill(PROOF_NODE.inner);
    expect(verifyKeys(new Uint8Array(32), [], deep)).toMatchObject({ ok: false, code: 'PROOF_MALFORMED' });
  });
});

describe('verifyRange', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('accepts no tampered proof with another answer, and no hidden row (seed %i)', async (seed) => {
    const { view, model, next } = await randomState(100 + seed);
    const to = seed % 3 === 0 ? {} : { to: Uint8Array.of(0xff) };
    const range: StateRange = { from: seed % 2 === 0 ? randomKey(next) : new Uint8Array(0), ...to, reverse: seed % 4 > 1, limit: seed % 5 === 0 ? 0 : 4 };
    const truth = modelRange(model, range);
    const { proof } = await view.proveRange(range);
    expect(verifyRange(view.root, range, proof)).toEqual({ ok: true, value: truth });
    for (const other of tampered(view.root, proof, next)) {
      const verdict = verifyRange(view.root, range, other);
      expectSound(verdict, truth);
      expect(verdict.ok).toBe(toHex(other) === toHex(proof));
    }
    for (let i = 0; i < 30; i++) {
      const asked: StateRange = { from: randomKey(next), to: randomKey(next), reverse: next(2) === 0, limit: next(6) };
      expectSound(verifyRange(view.root, asked, proof), modelRange(model, asked));
    }
  });
});

describe('withheld values', () => {
  test.each([1, 2, 3])('leave keys, rows and hashes as they are, and no tampered proof says anything else (seed %i)', async (seed) => {
    const { view, model, next } = await randomState(200 + seed);
    const range: StateRange = { from: new Uint8Array(0), to: Uint8Array.of(0xff), reverse: seed === 2, limit: 6 };
    const { proof, rows, more } = await view.proveRange(range);
    const hidden = rows.filter((_, i) => i % 2 === 0).map(({ key }) => key);
    const withheld = withholdValues(view.root, proof, [new Uint8Array(200), ...hidden]);
    const truth = { rows: rows.map(({ key, value }, i) => i % 2 === 0 ? { key, valueHash: sha256(value) } : { key, value }), more };
    expect(verifyRangePartly(view.root, range, withheld)).toEqual({ ok: true, value: truth });
    expect(verifyRange(view.root, range, withheld)).toMatchObject({ ok: false, code: 'PROOF_INCOMPLETE' });
    for (const other of tampered(view.root, withheld, next)) {
      const verdict = verifyRangePartly(view.root, range, other);
      expect(verdict.ok).toBe(toHex(other) === toHex(withheld));
    }
    const keys = [randomKey(next), ...rows.map(({ key }) => key)];
    const points = withholdValues(view.root, await view.proveKeys(keys), hidden);
    expect(verifyKeysPartly(view.root, keys, points)).toEqual({ ok: true, value: [model.has(toHex(keys[0] as Uint8Array)) ? { value: model.get(toHex(keys[0] as Uint8Array))?.value } : undefined, ...truth.rows.map((row) => row.valueHash === undefined ? { value: row.value } : { valueHash: row.valueHash })] });
    expect(verifyKeys(view.root, keys, points)).toMatchObject({ ok: false, code: 'PROOF_INCOMPLETE' });
    for (const other of tampered(view.root, points, next)) expect(verifyKeysPartly(view.root, keys, other).ok).toBe(toHex(other) === toHex(points));
    // A key that is there is not shown as absent by a leaf without its value.
    expect(verifyKeysPartly(view.root, [hidden[0] as Uint8Array], withholdValues(view.root, await view.proveKeys([hidden[0] as Uint8Array]), hidden))).toMatchObject({ ok: true, value: [{ valueHash: sha256(model.get(toHex(hidden[0] as Uint8Array))?.value as Uint8Array) }] });
  });

  test('of nothing leave the proof as it is, with edges, closed parts and an empty tree', async () => {
    const { view, next } = await randomState(7);
    for (const proof of [await view.proveKeys([randomKey(next), randomKey(next)]), (await view.proveRange({ from: randomKey(next), limit: 3 })).proof]) expect(withholdValues(view.root, proof, [])).toEqual(proof);
    expect(withholdValues(new Uint8Array(32), Uint8Array.of(PROOF_NODE.empty), [Uint8Array.of(1)])).toEqual(Uint8Array.of(PROOF_NODE.empty));
  });
});
