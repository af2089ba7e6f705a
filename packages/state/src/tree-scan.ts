/**
 * Walks over the tree in memory. Each collects the nodes whose children must be loaded first, as many as it can find in one
 * pass, so that the caller loads level by level; when none is missing the result is complete.
 */
import { compareBytes, equalBytes } from '@vsys/primitives';
import { bitAt, firstDifference, sharesBits } from './key-bits.ts';
import { PROOF_NODE } from './proof-format.ts';
import type { StateRange } from './state.ts';
import type { InnerNode, LeafNode, TreeNode } from './tree-node.ts';

export interface Scan<T> {
  readonly missing: readonly InnerNode[];
  readonly result: T;
  /** How the proof shows each node that it does not close (`PROOF_NODE`). */
  readonly shown: ReadonlyMap<TreeNode, number>;
}

export interface KeyScan {
  /** Goes on where the last step ended, and returns the nodes to be loaded before the next one. */
  step(): readonly InnerNode[];
  /** For each key its leaf, undefined where there is none, or the node to be loaded where the way ends in memory. */
  readonly ends: readonly (TreeNode | undefined)[];
  readonly shown: ReadonlyMap<TreeNode, number>;
}

/** Where the way to a key ends in memory: its leaf, the node to be loaded, or undefined when the key is not in the tree. */
export function findInMemory(root: TreeNode | undefined, key: Uint8Array): TreeNode | undefined {
  let node = root;
  for (let start = 0; node !== undefined;) {
    if (node.kind === 'leaf') return equalBytes(node.key, key) ? node : undefined;
    if (!sharesBits(node.prefix, key, start, node.bit)) return undefined;
    if (node.left === undefined) return node;
    start = node.bit + 1;
    node = bitAt(key, node.bit) === 0 ? node.left : node.right;
  }
  return undefined;
}

/** Goes down to each key. A deep tree is loaded in many steps, so each step only goes on. */
export function scanKeys(root: TreeNode | undefined, keys: readonly Uint8Array[], operation: number): KeyScan {
  const shown = new Map<TreeNode, number>();
  const ends: (TreeNode | undefined)[] = keys.map(() => root);
  const starts = new Uint16Array(keys.length);
  let waiting = keys.map((_, i) => i);
  return { step, ends, shown };

  function step(): readonly InnerNode[] {
    const missing = new Set<InnerNode>();
    waiting = waiting.filter((i) => {
      const node = descend(i);
      if (node !== undefined) missing.add(node);
      return node !== undefined;
    });
    return [...missing];
  }

  function descend(i: number): InnerNode | undefined {
    const key = keys[i] as Uint8Array;
    let node = ends[i];
    let start = starts[i] as number;
    ends[i] = undefined;
    while (node !== undefined) {
      if (node.kind === 'leaf') {
        const found = compareBytes(node.key, key) === 0;
        if (found || !shown.has(node)) shown.set(node, found ? PROOF_NODE.leaf : PROOF_NODE.leafWithoutValue);
        if (found) ends[i] = node;
        return undefined;
      }
      node.usedAt = Math.max(node.usedAt, operation);
      if (!sharesBits(node.prefix, key, start, node.bit)) {
        if (!shown.has(node)) shown.set(node, PROOF_NODE.closedWithEdge);
        return undefined;
      }
      if (node.left === undefined) {
        ends[i] = node;
        starts[i] = start;
        return node;
      }
      shown.set(node, node.bit > start ? PROOF_NODE.innerWithEdge : PROOF_NODE.inner);
      start = node.bit + 1;
      node = bitAt(key, node.bit) === 0 ? node.left : node.right;
    }
    return undefined;
  }
}

/** The leaves of a range, at most its limit, and whether there are more. */
export function scanRange(root: TreeNode | undefined, range: StateRange, operation: number): Scan<{ readonly leaves: readonly LeafNode[]; readonly more: boolean }> {
  const { from, to, limit } = range;
  const missing: InnerNode[] = [];
  const shown = new Map<TreeNode, number>();
  const leaves: LeafNode[] = [];
  let more = false;
  let unseen = 0;
  const stack: Waiting[] = root === undefined ? [] : [{ node: root, start: 0, isWithin: false }];
  for (let next = stack.pop(); next !== undefined && !more && leaves.length + unseen <= limit; next = stack.pop()) {
    const { node, start } = next;
    const sample = node.kind === 'leaf' ? node.key : node.prefix;
    // What is below a node between the bounds is between them too, and is not compared with them.
    const place = next.isWithin ? WITHIN : placeOf(sample, range);
    if (isOutside(place, start)) continue;
    if (node.kind === 'leaf') {
      const isRow = next.isWithin || (compareBytes(node.key, from) >= 0 && (to === undefined || compareBytes(node.key, to) < 0));
      const wanted = isRow && leaves.length < limit;
      shown.set(node, wanted ? PROOF_NODE.leaf : PROOF_NODE.leafWithoutValue);
      if (wanted) leaves.push(node);
      else if (isRow) more = true;
      continue;
    }
    node.usedAt = Math.max(node.usedAt, operation);
    if (isOutside(place, node.bit)) {
      shown.set(node, PROOF_NODE.closedWithEdge);
      continue;
    }
    const isWithin = place.from < node.bit && place.to < node.bit;
    if (node.left === undefined || node.right === undefined) {
      missing.push(node);
      // Two keys at least are below; those at the edge of the range may be outside.
      if (isWithin) unseen += 2;
      continue;
    }
    shown.set(node, node.bit > start ? PROOF_NODE.innerWithEdge : PROOF_NODE.inner);
    const left = { node: node.left, start: node.bit + 1, isWithin };
    const right = { node: node.right, start: node.bit + 1, isWithin };
    if (range.reverse === true) stack.push(left, right);
    else stack.push(right, left);
  }
  return { missing, result: { leaves, more }, shown };
}

interface Waiting { readonly node: TreeNode; readonly start: number; readonly isWithin: boolean }

/** The first bits in which a sample differs from the bounds of a range, and whether it is on the outer side of one of them there. */
export interface Place { readonly from: number; readonly isBefore: boolean; readonly to: number; readonly isBehind: boolean }

const WITHIN: Place = { from: -1, isBefore: false, to: -1, isBehind: false };

export function placeOf(sample: Uint8Array, { from, to }: Pick<StateRange, 'from' | 'to'>): Place {
  const fromBit = firstDifference(sample, from);
  const toBit = to === undefined ? -1 : firstDifference(sample, to);
  return {
    from: fromBit, isBefore: fromBit !== Infinity && bitAt(sample, fromBit) === 0,
    to: toBit, isBehind: to !== undefined && toBit !== Infinity && bitAt(sample, toBit) === 1,
  };
}

/** Whether all keys that share the first `length` bits of the sample are outside. */
export function isOutside(place: Place, length: number): boolean {
  return (place.isBefore && place.from < length) || (place.isBehind && place.to < length);
}
