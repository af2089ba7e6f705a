/**
 * Nodes of the tree in memory. Their content never changes, so trees of different blocks share them; what does change is what
 * is at hand: the children of a node on disk may be absent and are loaded when needed.
 */
import { putHash, setHash } from './hash-words.ts';
import type { HashWords } from './hash-words.ts';
import { sha256 } from './hashing.ts';
import { packBits } from './key-bits.ts';
import { edgePreimage, leafPreimage } from './node-preimage.ts';

export interface LeafNode extends HashWords {
  readonly kind: 'leaf';
  readonly key: Uint8Array;
  /** Present until it is on disk; small ones, and those that were read, stay while their page does. */
  value: Uint8Array | undefined;
  /** Of the block that wrote the value; known when the value is. */
  height: number;
}

/** Its words are sha256(left ‖ right), without the edge above; where the node may come from disk, `innerHashed` sees to it that they are set. */
export interface InnerNode extends HashWords {
  readonly kind: 'inner';
  /** Number of the bit at which the two children part. */
  readonly bit: number;
  /** Any bytes that share the first `bit` bits of the keys below. */
  readonly prefix: Uint8Array;
  /** Both children or neither. Absent: on disk. */
  left: TreeNode | undefined;
  right: TreeNode | undefined;
  /** Height of the newest page on disk that holds it, where it is up to date; -1: it is on no page. Everything below is then on disk too. */
  savedAt: number;
  /** Hash with the edge that starts at `edgeStart`, as last asked for. */
  edgeStart: number;
  edgeHash: Uint8Array | undefined;
  /** Number of the last operation that came by: what is in use is not unloaded. */
  usedAt: number;
}

export type TreeNode = LeafNode | InnerNode;

/** Bits of depth that one page on disk covers. */
export const PAGE_BITS = 4;

export const EMPTY_ROOT: Uint8Array = new Uint8Array(32);

export function createLeaf(key: Uint8Array, value: Uint8Array | undefined, height: number): LeafNode {
  return { kind: 'leaf', key, value, height, isHashed: false, h0: 0, h1: 0, h2: 0, h3: 0, h4: 0, h5: 0, h6: 0, h7: 0 };
}

export function createInner(bit: number, prefix: Uint8Array, left: TreeNode | undefined, right: TreeNode | undefined): InnerNode {
  return { kind: 'inner', bit, prefix, left, right, savedAt: -1, edgeStart: -1, edgeHash: undefined, usedAt: 0, isHashed: false, h0: 0, h1: 0, h2: 0, h3: 0, h4: 0, h5: 0, h6: 0, h7: 0 };
}

/** @param leaf - with its value */
export function hashLeaf(leaf: LeafNode): void {
  setHash(leaf, sha256(leafPreimage(leaf.key, sha256(leaf.value as Uint8Array))), 0);
}

/** Hash of a node as its parent sees it: with the edge from `start`, the bit after the parent's. */
export function nodeHash(node: TreeNode, start: number): Uint8Array {
  const hash = new Uint8Array(32);
  putNodeHash(node, start, hash, 0);
  return hash;
}

export function putNodeHash(node: TreeNode, start: number, bytes: Uint8Array, at: number): void {
  if (node.kind === 'leaf') putHash(node, bytes, at);
  else if (innerHashed(node).bit === start) putHash(node, bytes, at);
  else bytes.set(edgeHashOf(node, start), at);
}

function edgeHashOf(node: InnerNode, start: number): Uint8Array {
  if (node.edgeStart !== start || node.edgeHash === undefined) {
    node.edgeHash = sha256(edgePreimage(packBits(node.prefix, start, node.bit), node.bit - start, innerHashOf(node)));
    node.edgeStart = start;
  }
  return node.edgeHash;
}

/** The hash without the edge. */
export function innerHashOf(node: InnerNode): Uint8Array {
  const hash = new Uint8Array(32);
  putHash(innerHashed(node), hash, 0);
  return hash;
}

/** A node that came with its page may have no hash yet: then its children, down to those that have, are hashed now. */
export function innerHashed(node: InnerNode): InnerNode {
  if (node.isHashed) return node;
  const pair = new Uint8Array(64);
  putNodeHash(node.left as TreeNode, node.bit + 1, pair, 0);
  putNodeHash(node.right as TreeNode, node.bit + 1, pair, 32);
  setHash(node, sha256(pair), 0);
  return node;
}

export function rootHash(root: TreeNode | undefined): Uint8Array {
  return root === undefined ? EMPTY_ROOT : nodeHash(root, 0);
}

/** Whether `below`, a descendant of `node`, is in the same page. */
export function isSamePage(node: InnerNode, below: InnerNode): boolean {
  return ((node.bit / PAGE_BITS) | 0) === ((below.bit / PAGE_BITS) | 0);
}

/** A node that was the top of its page on disk, and was not loaded when another was put above it there. */
export function isUnloadedWithin(node: InnerNode, child: TreeNode | undefined): boolean {
  return child?.kind === 'inner' && child.left === undefined && isSamePage(node, child);
}
