/**
 * Walks over the tree in memory. Each collects the nodes whose children must be loaded first, as many as it can find in one
 * pass, so that the caller loads level by level; when `missing` stays empty the result is complete.
 */
import { compareBytes } from '@vsys/primitives';
import { bitAt, firstDifference } from './key-bits.ts';
import { PROOF_NODE } from './proof-format.ts';
import type { StateRange } from './state.ts';
import type { InnerNode, LeafNode, TreeNode } from './tree-node.ts';

export interface Scan<T> {
  readonly missing: readonly InnerNode[];
  readonly result: T;
  /** How the proof shows each node that it does not close (`PROOF_NODE`). */
  readonly shown: ReadonlyMap<TreeNode, number>;
}

/** The leaf of each key, undefined where there is none; the node to be loaded where the way ends in memory. */
export function scanKeys(root: TreeNode | undefined, keys: readonly Uint8Array[], operation: number): Scan<readonly (TreeNode | undefined)[]> {
  const missing = new Set<InnerNode>();
  const shown = new Map<TreeNode, number>();
  const result = keys.map((key) => {
    let node = root;
    let start = 0;
    while (node !== undefined) {
      if (node.kind === 'leaf') {
        const found = compareBytes(node.key, key) === 0;
        if (found || !shown.has(node)) shown.set(node, found ? PROOF_NODE.leaf : PROOF_NODE.leafWithoutValue);
        return found ? node : undefined;
      }
      node.usedAt = Math.max(node.usedAt, operation);
      if (firstDifference(node.prefix, key) < node.bit) {
        if (!shown.has(node)) shown.set(node, PROOF_NODE.closedWithEdge);
        return undefined;
      }
      if (node.left === undefined) {
        missing.add(node);
        return node;
      }
      shown.set(node, node.bit > start ? PROOF_NODE.innerWithEdge : PROOF_NODE.inner);
      start = node.bit + 1;
      node = bitAt(key, node.bit) === 0 ? node.left : node.right;
    }
    return undefined;
  });
  return { missing: [...missing], result, shown };
}

/** The leaves of a range, at most its limit, and whether there are more. */
export function scanRange(root: TreeNode | undefined, range: StateRange, operation: number): Scan<{ readonly leaves: readonly LeafNode[]; readonly more: boolean }> {
  const { from, to, limit } = range;
  const missing: InnerNode[] = [];
  const shown = new Map<TreeNode, number>();
  const leaves: LeafNode[] = [];
  let more = false;
  let unseen = 0;
  const stack: { node: TreeNode; start: number }[] = root === undefined ? [] : [{ node: root, start: 0 }];
  for (let next = stack.pop(); next !== undefined && !more && leaves.length + unseen <= limit; next = stack.pop()) {
    const { node, start } = next;
    const sample = node.kind === 'leaf' ? node.key : node.prefix;
    if (isOutside(sample, start)) continue;
    if (node.kind === 'leaf') {
      const isRow = compareBytes(node.key, from) >= 0 && (to === undefined || compareBytes(node.key, to) < 0);
      const wanted = isRow && leaves.length < limit;
      shown.set(node, wanted ? PROOF_NODE.leaf : PROOF_NODE.leafWithoutValue);
      if (wanted) leaves.push(node);
      else if (isRow) more = true;
      continue;
    }
    node.usedAt = Math.max(node.usedAt, operation);
    if (isOutside(sample, node.bit)) {
      shown.set(node, PROOF_NODE.closedWithEdge);
      continue;
    }
    if (node.left === undefined || node.right === undefined) {
      missing.push(node);
      // Two keys at least are below; those at the edge of the range may be outside.
      if (isWithin(sample, node.bit)) unseen += 2;
      continue;
    }
    shown.set(node, node.bit > start ? PROOF_NODE.innerWithEdge : PROOF_NODE.inner);
    const left = { node: node.left, start: node.bit + 1 };
    const right = { node: node.right, start: node.bit + 1 };
    if (range.reverse === true) stack.push(left, right);
    else stack.push(right, left);
  }
  return { missing, result: { leaves, more }, shown };

  function isOutside(sample: Uint8Array, length: number): boolean {
    return compareSample(sample, length, from) < 0 || (to !== undefined && compareSample(sample, length, to) > 0);
  }

  function isWithin(sample: Uint8Array, length: number): boolean {
    return compareSample(sample, length, from) > 0 && (to === undefined || compareSample(sample, length, to) < 0);
  }
}

/** As `comparePath`, for the first `length` bits of a key or prefix against a key. */
function compareSample(sample: Uint8Array, length: number, key: Uint8Array): -1 | 0 | 1 {
  const difference = firstDifference(sample, key);
  if (difference >= length) return 0;
  return bitAt(sample, difference) === 0 ? -1 : 1;
}
