import { sha256, sha256Pairs } from './hashing.ts';
import { bitAt, firstDifference } from './key-bits.ts';
import { leafPreimage } from './node-preimage.ts';
import { createInner, isSamePage, nodeHash, pageId } from './tree-node.ts';
import type { InnerNode, LeafNode, TreeNode } from './tree-node.ts';
import type { StateWrite } from './state.ts';

export interface TreeUpdate {
  readonly root: TreeNode | undefined;
  /** Pages that lost a node, and may be empty now. */
  readonly thinnedPages: readonly Uint8Array[];
  /** How many hashes it took: two for a leaf, one for an inner node and one for its edge. */
  readonly hashes: number;
}

/**
 * The tree with the writes done, hashed. Shares what did not change with `root`. All nodes on the way to the keys are loaded.
 * Recursion is bounded by the bits of a key (2,305).
 *
 * @param writes - sorted by key, distinct
 */
export function updateTree(root: TreeNode | undefined, writes: readonly StateWrite[]): TreeUpdate {
  const thinnedPages: Uint8Array[] = [];
  const next = update(root, 0, writes.length);
  return { root: next, thinnedPages, hashes: hashTree(next) };

  function update(node: TreeNode | undefined, low: number, high: number): TreeNode | undefined {
    if (low === high) return node;
    if (node === undefined) return build(puts(low, high));
    if (node.kind === 'leaf') return build(withLeaf(node, low, high));
    const apart = Math.min(firstDifference(keyAt(low), node.prefix), firstDifference(keyAt(high - 1), node.prefix));
    const middle = splitAt(low, high, Math.min(apart, node.bit));
    if (apart < node.bit) {
      // Writes are sorted, so the first or the last is the one that leaves the edge earliest.
      const onRight = bitAt(node.prefix, apart) === 1;
      const left = onRight ? update(undefined, low, middle) : update(node, low, middle);
      const right = onRight ? update(node, middle, high) : update(undefined, middle, high);
      if (left === undefined || right === undefined) return left ?? right;
      return createInner(apart, node.prefix, left, right);
    }
    const left = update(node.left, low, middle);
    const right = update(node.right, middle, high);
    if (left === node.left && right === node.right) return node;
    if (left !== undefined && right !== undefined) return createInner(node.bit, node.prefix, left, right);
    thinnedPages.push(pageId(node));
    const rest = left ?? right;
    // The rest belongs to the page of `node`, which must be written anew also when the rest is saved by then.
    if (rest?.kind === 'inner' && isSamePage(node, rest)) return { ...rest, saved: false };
    return rest;
  }

  function keyAt(index: number): Uint8Array {
    return (writes[index] as StateWrite).key;
  }

  function splitAt(low: number, high: number, bit: number): number {
    let from = low;
    let to = high;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (bitAt(keyAt(middle), bit) === 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }

  function puts(low: number, high: number): LeafNode[] {
    const leaves: LeafNode[] = [];
    for (let i = low; i < high; i++) {
      const { key, value } = writes[i] as StateWrite;
      if (value !== undefined) leaves.push({ kind: 'leaf', key, value, hash: undefined });
    }
    return leaves;
  }

  function withLeaf(leaf: LeafNode, low: number, high: number): LeafNode[] {
    for (let i = low; i < high; i++) {
      const difference = firstDifference(keyAt(i), leaf.key);
      if (difference === Infinity) return puts(low, high);
      if (bitAt(leaf.key, difference) === 0) return [...puts(low, i), leaf, ...puts(i, high)];
    }
    return [...puts(low, high), leaf];
  }
}

/** The tree of sorted leaves. */
function build(leaves: readonly LeafNode[], low = 0, high: number = leaves.length): TreeNode | undefined {
  if (high - low <= 1) return leaves[low];
  const first = (leaves[low] as LeafNode).key;
  const bit = firstDifference(first, (leaves[high - 1] as LeafNode).key);
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (bitAt((leaves[middle] as LeafNode).key, bit) === 0) from = middle + 1;
    else to = middle;
  }
  return createInner(bit, first, build(leaves, low, from), build(leaves, from, high));
}

/** Hashes what has no hash, all nodes of a level in one call. Returns how many hashes it made. */
function hashTree(root: TreeNode | undefined): number {
  if (root === undefined) return 0;
  const levels: InnerNode[][] = [];
  const leaves: LeafNode[] = [];
  sortByLevel(root, leaves, levels);
  let hashes = 2 * leaves.length;
  for (const leaf of leaves) leaf.hash = sha256(leafPreimage(leaf.key, sha256(leaf.value as Uint8Array)));
  for (const level of levels) {
    const input = new Uint8Array(64 * level.length);
    const output = new Uint8Array(32 * level.length);
    for (const [i, node] of level.entries()) {
      for (const [side, child] of [node.left as TreeNode, node.right as TreeNode].entries()) {
        if (child.kind === 'inner' && child.bit > node.bit + 1) hashes++;
        input.set(nodeHash(child, node.bit + 1), 64 * i + 32 * side);
      }
    }
    sha256Pairs(input, output);
    for (const [i, node] of level.entries()) node.innerHash = output.slice(32 * i, 32 * i + 32);
    hashes += level.length;
  }
  return hashes;
}

/** Collects leaves without a hash, and inner nodes by height above the lowest that changed; returns the height, -1 when nothing is to be done. */
function sortByLevel(node: TreeNode, leaves: LeafNode[], levels: InnerNode[][]): number {
  if (node.kind === 'leaf') {
    if (node.hash === undefined) leaves.push(node);
    return -1;
  }
  if (node.innerHash !== undefined) return -1;
  const level = 1 + Math.max(sortByLevel(node.left as TreeNode, leaves, levels), sortByLevel(node.right as TreeNode, leaves, levels));
  (levels[level] ??= []).push(node);
  return level;
}
