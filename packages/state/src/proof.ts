/** Checks of state proofs, also for browsers: no Node built-in, no recursion, nothing trusted but the root. */
import { accept, compareBytes, equalBytes, refuse } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { bitAt, comparePath, packKey, packedBit, setPackedBit } from './key-bits.ts';
import { STATE_KEY_BITS_MAX, STATE_KEY_BYTES_MAX, STATE_RANGE_LIMIT_MAX } from './limits.ts';
import { openProof, PROOF_NODE } from './proof-format.ts';
import type { ProofCode, ProofNode } from './proof-format.ts';
import type { StateRange, StateRow } from './state.ts';

export type { ProofCode } from './proof-format.ts';

/**
 * The values of keys under a root, `undefined` for each key that is proven absent, in the order asked.
 * Refuses a proof that opens more than these keys need.
 */
export function verifyKeys(root: Uint8Array, keys: readonly Uint8Array[], proof: Uint8Array): Verdict<readonly (Uint8Array | undefined)[], ProofCode> {
  const shown = verifyKeysPartly(root, keys, proof, false);
  return shown.ok ? accept(shown.value.map((one) => one?.value)) : shown;
}

/** A key that is there: its value, or where that is withheld the SHA-256 of it, which is what the tree commits to. */
export type Shown = { readonly value: Uint8Array; readonly valueHash?: undefined } | { readonly value?: undefined; readonly valueHash: Uint8Array };

/**
 * As `verifyKeys`, of a proof out of which values may be withheld (`withholdValues`): that a key is there, and which value it has, stays proven; the value itself is not told. Why it may be
 * withheld is for the caller to see.
 */
export function verifyKeysPartly(root: Uint8Array, keys: readonly Uint8Array[], proof: Uint8Array, mayWithhold = true): Verdict<readonly (Shown | undefined)[], ProofCode> {
  if (keys.some((key) => key.length > STATE_KEY_BYTES_MAX)) return refuse('PROOF_QUERY', `a key is longer than ${STATE_KEY_BYTES_MAX} bytes`);
  const opened = openProof(root, proof);
  if (!opened.ok) return opened;
  const values: (Shown | undefined)[] = [];
  for (const key of keys) {
    const end = descend(opened.value, key);
    // A leaf that only shows absence comes without its value.
    end.used ||= end.kind === PROOF_NODE.leaf ? equalBytes(end.key, key) : end.left === undefined;
    if (end.kind === PROOF_NODE.leaf && equalBytes(end.key, key)) {
      values.push({ value: end.value });
      continue;
    }
    if (mayWithhold && end.kind === PROOF_NODE.leafWithoutValue && equalBytes(end.key, key)) {
      values.push({ valueHash: end.valueHash });
      continue;
    }
    if (!showsAbsence(end, key)) return refuse('PROOF_INCOMPLETE', 'the proof does not show one of the keys');
    values.push(undefined);
  }
  return isMinimal(opened.value) ? accept(values) : refuse('PROOF_NOT_MINIMAL', 'the proof opens more than the keys need');
}

/** The last node on the way to a key: a leaf, a closed one, or one whose edge leads elsewhere. */
function descend(top: ProofNode, key: Uint8Array): ProofNode {
  const bits = 9 * key.length + 1;
  let node = top;
  for (;;) {
    const branch = node.start + node.edgeBits;
    if (node.left === undefined || node.right === undefined || branch >= bits || leavesEdge(node, key)) return node;
    node.used = true;
    node = bitAt(key, branch) === 0 ? node.left : node.right;
  }
}

function leavesEdge(node: ProofNode, key: Uint8Array): boolean {
  const bits = 9 * key.length + 1;
  for (let i = 0; i < node.edgeBits; i++) {
    if (node.start + i >= bits || bitAt(key, node.start + i) !== packedBit(node.edge, i)) return true;
  }
  return false;
}

function showsAbsence(end: ProofNode, key: Uint8Array): boolean {
  if (end.kind === PROOF_NODE.empty) return true;
  if (end.kind === PROOF_NODE.leaf || end.kind === PROOF_NODE.leafWithoutValue) return !equalBytes(end.key, key);
  return end.kind !== PROOF_NODE.closed && leavesEdge(end, key);
}

/** Every node that is not closed was used: an inner node by a key that goes on below it. */
function isMinimal(top: ProofNode): boolean {
  const stack = [top];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (!node.used && node.kind !== PROOF_NODE.closed && node.kind !== PROOF_NODE.empty) return false;
    if (node.left !== undefined && node.right !== undefined) stack.push(node.left, node.right);
  }
  return true;
}

/**
 * All rows of a range under a root, up to its limit, in its order. `more` is proven too: true shows a further row's key,
 * false that there is none before the range's end.
 */
export function verifyRange(root: Uint8Array, range: StateRange, proof: Uint8Array): Verdict<{ readonly rows: readonly StateRow[]; readonly more: boolean }, ProofCode> {
  const shown = verifyRangePartly(root, range, proof, false);
  return shown.ok ? accept({ rows: shown.value.rows.map(({ key, value }) => ({ key, value: value as Uint8Array })), more: shown.value.more }) : shown;
}

/** As `verifyRange`, of a proof out of which values may be withheld: no row is missing for that. */
export function verifyRangePartly(root: Uint8Array, range: StateRange, proof: Uint8Array, mayWithhold = true): Verdict<{ readonly rows: readonly (Shown & { readonly key: Uint8Array })[]; readonly more: boolean }, ProofCode> {
  const { from, to, limit } = range;
  if (from.length > STATE_KEY_BYTES_MAX || (to !== undefined && to.length > STATE_KEY_BYTES_MAX)) return refuse('PROOF_QUERY', `a bound is longer than ${STATE_KEY_BYTES_MAX} bytes`);
  if (!Number.isInteger(limit) || limit < 0 || limit > STATE_RANGE_LIMIT_MAX) return refuse('PROOF_QUERY', `the limit is not a number from 0 to ${STATE_RANGE_LIMIT_MAX}`);
  const opened = openProof(root, proof);
  if (!opened.ok) return opened;
  const fromBits = packKey(from);
  const toBits = to === undefined ? undefined : packKey(to);
  const path = new Uint8Array((STATE_KEY_BITS_MAX >> 3) + 1);
  const rows: (Shown & { readonly key: Uint8Array })[] = [];
  let more = false;
  const stack: { node: ProofNode; side: 0 | 1 }[] = [{ node: opened.value, side: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, side } = next;
    if (node.start > 0) setPackedBit(path, node.start - 1, side);
    if (node.kind === PROOF_NODE.empty) continue;
    const outside = more || isOutside(node.start);
    if (outside) {
      if (node.kind !== PROOF_NODE.closed) return notMinimal();
      continue;
    }
    if (node.kind === PROOF_NODE.closed) return incomplete();
    if (node.kind === PROOF_NODE.leaf || node.kind === PROOF_NODE.leafWithoutValue) {
      const isRow = compareBytes(node.key, from) >= 0 && (to === undefined || compareBytes(node.key, to) < 0);
      const wanted = isRow && rows.length < limit;
      const isWithheld = node.kind === PROOF_NODE.leafWithoutValue;
      if (wanted && isWithheld && !mayWithhold) return incomplete();
      if (!wanted && !isWithheld) return notMinimal();
      if (wanted) rows.push(isWithheld ? { key: node.key, valueHash: node.valueHash } : { key: node.key, value: node.value });
      else if (isRow) more = true;
      continue;
    }
    for (let i = 0; i < node.edgeBits; i++) setPackedBit(path, node.start + i, packedBit(node.edge, i));
    const elsewhere = isOutside(node.start + node.edgeBits);
    if (elsewhere !== (node.kind === PROOF_NODE.closedWithEdge)) return elsewhere ? notMinimal() : incomplete();
    if (elsewhere) continue;
    const left = { node: node.left as ProofNode, side: 0 as const };
    const right = { node: node.right as ProofNode, side: 1 as const };
    if (range.reverse === true) stack.push(left, right);
    else stack.push(right, left);
  }
  return accept({ rows, more });

  /** No key below the path can be in the range. */
  function isOutside(length: number): boolean {
    return comparePath(path, length, fromBits) < 0 || (toBits !== undefined && comparePath(path, length, toBits) > 0);
  }

  function incomplete(): Verdict<never, ProofCode> {
    return refuse('PROOF_INCOMPLETE', 'the proof leaves closed what may hold rows of the range');
  }

  function notMinimal(): Verdict<never, ProofCode> {
    return refuse('PROOF_NOT_MINIMAL', 'the proof opens more than the range needs');
  }
}
