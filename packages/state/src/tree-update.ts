import { setHash } from './hash-words.ts';
import { sha256Pairs } from './hashing.ts';
import { bitAt, firstDifference } from './key-bits.ts';
import { createInner, createLeaf, hashLeaf, isSamePage, isUnloadedWithin, putNodeHash } from './tree-node.ts';
import type { InnerNode, LeafNode, TreeNode } from './tree-node.ts';
import type { StateWrite } from './state.ts';
import type { TreeCut } from './tree-cut.ts';

export interface TreeUpdate {
  readonly root: TreeNode | undefined;
  /** For each write the leaf that it replaces or removes. */
  readonly replaced: readonly (LeafNode | undefined)[];
  /** Tops of the pages of the tree before that this one does not have as they were. */
  readonly endedPages: readonly InnerNode[];
  /** How many hashes it took: two for a leaf, one for an inner node and one for its edge. */
  readonly hashes: number;
}

/** Nodes on the way to the keys whose children must be loaded for `updateTree`, as far as they are known. Marks those that it passes. */
export function missingForUpdate(root: TreeNode | undefined, writes: readonly StateWrite[], operation: number): InnerNode[] {
  const missing: InnerNode[] = [];
  visit(root, 0, writes.length, 0);
  return missing;

  function visit(node: TreeNode | undefined, low: number, high: number, start: number): void {
    if (low === high || node === undefined || node.kind === 'leaf') return;
    node.usedAt = Math.max(node.usedAt, operation);
    const apart = leavesAt(node.prefix, writes, low, high, start);
    if (apart < node.bit) {
      const middle = splitAt(writes, low, high, apart);
      if (bitAt(node.prefix, apart) === 1) visit(node, middle, high, apart);
      else visit(node, low, middle, apart);
    } else if (node.left === undefined) {
      missing.push(node);
    } else {
      // Should the other child go, this one is left in the page of the node, which is then written with all that it holds.
      for (const child of [node.left, node.right]) if (isUnloadedWithin(node, child)) missing.push(child as InnerNode);
      const middle = splitAt(writes, low, high, node.bit);
      visit(node.left, low, middle, node.bit);
      visit(node.right, middle, high, node.bit);
    }
  }
}

/**
 * The tree with the writes done, hashed; undefined when a node on the way to a key has to be loaded first. Shares what did not change with
 * `root`. Recursion is bounded by the bits of a key (2,305).
 *
 * @param cut - the tree, from which a block may have cut something off already
 * @param writes - sorted by key, distinct
 * @param height - of the block that writes
 * @param operation - marks the nodes on the way
 */
export function updateTree({ root, endedPages: endedBefore, made }: TreeCut, writes: readonly StateWrite[], height: number, operation: number): TreeUpdate | undefined {
  const replaced: (LeafNode | undefined)[] = writes.map(() => undefined);
  const endedPages: InnerNode[] = [...endedBefore];
  let isLoaded = true;
  const next = update(root, 0, writes.length, 0, undefined);
  if (!isLoaded) return undefined;
  return { root: next, replaced, endedPages, hashes: hashTree(next) };

  function update(node: TreeNode | undefined, low: number, high: number, start: number, above: InnerNode | undefined): TreeNode | undefined {
    if (low === high) return node;
    if (node === undefined) return build(puts(low, high));
    if (node.kind === 'leaf') return build(withLeaf(node, low, high));
    node.usedAt = Math.max(node.usedAt, operation);
    // Writes are sorted, so the first or the last is the one that leaves the edge earliest.
    const apart = leavesAt(node.prefix, writes, low, high, start);
    if (apart < node.bit) {
      const middle = splitAt(writes, low, high, apart);
      const onRight = bitAt(node.prefix, apart) === 1;
      const left = onRight ? update(undefined, low, middle, apart, undefined) : update(node, low, middle, apart, above);
      const right = onRight ? update(node, middle, high, apart, above) : update(undefined, middle, high, apart, undefined);
      if (left === undefined || right === undefined) return left ?? right;
      const parting = createInner(apart, node.prefix, left, right);
      // What stood at the top of its page unchanged has a node above it there now.
      if ((left === node || right === node) && isSamePage(parting, node)) endPage(node, above);
      return parting;
    }
    if (node.left === undefined) {
      isLoaded = false;
      return node;
    }
    const middle = splitAt(writes, low, high, node.bit);
    const left = update(node.left, low, middle, node.bit, node);
    const right = update(node.right, middle, high, node.bit, node);
    if (left === node.left && right === node.right) return node;
    endPage(node, above);
    if (left !== undefined && right !== undefined) return createInner(node.bit, node.prefix, left, right);
    const rest = left ?? right;
    if (isUnloadedWithin(node, rest)) {
      isLoaded = false;
      return node;
    }
    // The rest belongs to the page of `node`, which must be written anew also when the rest is saved by then.
    return rest?.kind === 'inner' && isSamePage(node, rest) ? { ...rest, savedAt: -1 } : rest;
  }

  function endPage(node: InnerNode, above: InnerNode | undefined): void {
    if (!made.has(node) && (above === undefined || !isSamePage(above, node))) endedPages.push(node);
  }

  function puts(low: number, high: number): LeafNode[] {
    const leaves: LeafNode[] = [];
    for (let i = low; i < high; i++) {
      const { key, value } = writes[i] as StateWrite;
      if (value !== undefined) leaves.push(createLeaf(key, value, height));
    }
    return leaves;
  }

  function withLeaf(leaf: LeafNode, low: number, high: number): LeafNode[] {
    for (let i = low; i < high; i++) {
      const difference = firstDifference((writes[i] as StateWrite).key, leaf.key);
      if (difference === Infinity) {
        replaced[i] = leaf;
        return puts(low, high);
      }
      if (bitAt(leaf.key, difference) === 0) return [...puts(low, i), leaf, ...puts(i, high)];
    }
    return [...puts(low, high), leaf];
  }
}

/** The first bit at which one of the sorted writes leaves a prefix. Bits before `start` are known to be the same. */
function leavesAt(prefix: Uint8Array, writes: readonly StateWrite[], low: number, high: number, start: number): number {
  const first = firstDifference((writes[low] as StateWrite).key, prefix, start);
  return high - low === 1 ? first : Math.min(first, firstDifference((writes[high - 1] as StateWrite).key, prefix, start));
}

function splitAt(writes: readonly StateWrite[], low: number, high: number, bit: number): number {
  let from = low;
  let to = high;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (bitAt((writes[middle] as StateWrite).key, bit) === 0) from = middle + 1;
    else to = middle;
  }
  return from;
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

/** Pairs of hashes on their way to the hasher; grows to the largest level. */
let pairs = new Uint8Array(64 * 1_024);
let digests = new Uint8Array(32 * 1_024);

/** Hashes what has no hash, all nodes of a level in one call. Returns how many hashes it made. */
function hashTree(root: TreeNode | undefined): number {
  if (root === undefined) return 0;
  const levels: InnerNode[][] = [];
  const leaves: LeafNode[] = [];
  sortByLevel(root, leaves, levels);
  let hashes = 2 * leaves.length;
  for (const leaf of leaves) hashLeaf(leaf);
  for (const level of levels) {
    if (pairs.length < 64 * level.length) {
      pairs = new Uint8Array(64 * level.length);
      digests = new Uint8Array(32 * level.length);
    }
    let at = 0;
    for (const node of level) {
      hashes += putChild(node.left as TreeNode, node.bit + 1, at) + putChild(node.right as TreeNode, node.bit + 1, at + 32);
      at += 64;
    }
    sha256Pairs(pairs.subarray(0, at), digests.subarray(0, at / 2));
    at = 0;
    for (const node of level) {
      setHash(node, digests, at);
      at += 32;
    }
    hashes += level.length;
  }
  return hashes;
}

/** Returns the hashes made: an inner node below an edge takes one more. */
function putChild(child: TreeNode, start: number, at: number): number {
  putNodeHash(child, start, pairs, at);
  return child.kind === 'inner' && child.bit > start ? 1 : 0;
}

/** Collects leaves without a hash, and inner nodes by height above the lowest that changed; returns the height, -1 when nothing is to be done. */
function sortByLevel(node: TreeNode, leaves: LeafNode[], levels: InnerNode[][]): number {
  if (node.kind === 'leaf') {
    if (!node.isHashed) leaves.push(node);
    return -1;
  }
  if (node.isHashed) return -1;
  const level = 1 + Math.max(sortByLevel(node.left as TreeNode, leaves, levels), sortByLevel(node.right as TreeNode, leaves, levels));
  (levels[level] ??= []).push(node);
  return level;
}
