/** Checks proofs of changes, also in browsers: two proofs of the same range, of which each leaves closed what the other has too. */
import { accept, compareBytes, equalBytes, refuse, toHex } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { comparePath, packedBit, packKey, setPackedBit } from './key-bits.ts';
import { STATE_KEY_BITS_MAX, STATE_KEY_BYTES_MAX } from './limits.ts';
import { openProof, PROOF_NODE } from './proof-format.ts';
import type { ProofCode, ProofNode } from './proof-format.ts';
import type { ChangesProof, ChangesRange, StateChange, StateRow } from './state.ts';

/**
 * All keys of a range whose values differ between two roots, in order. What both proofs leave closed is the same subtree in both states,
 * so nothing changed there.
 */
export function verifyChanges(before: Uint8Array, after: Uint8Array, range: ChangesRange, proof: ChangesProof): Verdict<readonly StateChange[], ProofCode> {
  const { from, to } = range;
  if (from.length > STATE_KEY_BYTES_MAX || (to !== undefined && to.length > STATE_KEY_BYTES_MAX)) return refuse('PROOF_QUERY', `a bound is longer than ${STATE_KEY_BYTES_MAX} bytes`);
  const old = readSide(before, range, proof.before);
  if (!old.ok) return old;
  const now = readSide(after, range, proof.after);
  if (!now.ok) return now;
  if (old.value.closed.size !== now.value.closed.size || [...old.value.closed].some((hash) => !now.value.closed.has(hash))) return refuse('PROOF_INCOMPLETE', 'the proofs leave closed what is not in both states');
  const changes = new Map<string, StateChange>();
  for (const [name, { key, value }] of old.value.rows) changes.set(name, { key, before: value, after: undefined });
  for (const [name, { key, value }] of now.value.rows) {
    const known = changes.get(name)?.before;
    if (known !== undefined && equalBytes(known, value)) return refuse('PROOF_NOT_MINIMAL', 'the proofs open what did not change');
    changes.set(name, { key, before: known, after: value });
  }
  return accept([...changes.values()].sort((a, b) => compareBytes(a.key, b.key)));
}

interface Side {
  /** By hexadecimal key. */
  readonly rows: ReadonlyMap<string, StateRow>;
  /** Hashes of the subtrees that may hold keys of the range and are closed. A tree has none twice, since its keys differ. */
  readonly closed: ReadonlySet<string>;
}

function readSide(root: Uint8Array, { from, to }: ChangesRange, proof: Uint8Array): Verdict<Side, ProofCode> {
  const opened = openProof(root, proof);
  if (!opened.ok) return opened;
  const fromBits = packKey(from);
  const toBits = to === undefined ? undefined : packKey(to);
  const path = new Uint8Array((STATE_KEY_BITS_MAX >> 3) + 1);
  const rows = new Map<string, StateRow>();
  const closed = new Set<string>();
  const stack: { node: ProofNode; side: 0 | 1 }[] = [{ node: opened.value, side: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, side } = next;
    if (node.start > 0) setPackedBit(path, node.start - 1, side);
    if (node.kind === PROOF_NODE.empty) continue;
    if (isOutside(node.start)) {
      if (node.kind !== PROOF_NODE.closed) return refuse('PROOF_NOT_MINIMAL', 'the proof opens more than the range needs');
      continue;
    }
    if (node.kind === PROOF_NODE.leaf || node.kind === PROOF_NODE.leafWithoutValue) {
      const isRow = compareBytes(node.key, from) >= 0 && (to === undefined || compareBytes(node.key, to) < 0);
      if (isRow !== (node.kind === PROOF_NODE.leaf)) return refuse('PROOF_INCOMPLETE', 'the proof shows a leaf in the range without its value, or one outside of it with it');
      if (isRow) rows.set(toHex(node.key), { key: node.key, value: node.value });
      continue;
    }
    if (node.kind === PROOF_NODE.closed) {
      closed.add(toHex(node.hash));
      continue;
    }
    for (let i = 0; i < node.edgeBits; i++) setPackedBit(path, node.start + i, packedBit(node.edge, i));
    if (node.kind === PROOF_NODE.closedWithEdge) {
      if (!isOutside(node.start + node.edgeBits)) closed.add(toHex(node.innerHash));
      continue;
    }
    stack.push({ node: node.right as ProofNode, side: 1 }, { node: node.left as ProofNode, side: 0 });
  }
  return accept({ rows, closed });

  /** No key below the path can be in the range. */
  function isOutside(length: number): boolean {
    return comparePath(path, length, fromBits) < 0 || (toBits !== undefined && comparePath(path, length, toBits) > 0);
  }
}
