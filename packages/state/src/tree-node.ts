/**
 * Nodes of the tree in memory. Their content never changes, so trees of different blocks share them; what does change is what
 * is at hand: the children of a node on disk may be absent and are loaded when needed.
 */
import { sha256 } from './hashing.ts';
import { packBits } from './key-bits.ts';
import { edgePreimage } from './node-preimage.ts';

export interface LeafNode {
  readonly kind: 'leaf';
  readonly key: Uint8Array;
  /** Set when first hashed. */
  hash: Uint8Array | undefined;
  /** Present until it is on disk; small ones, and those that were read, stay while their page does. */
  value: Uint8Array | undefined;
  /** Of the block that wrote the value; known when the value is. */
  height: number;
}

export interface InnerNode {
  readonly kind: 'inner';
  /** Number of the bit at which the two children part. */
  readonly bit: number;
  /** Any bytes that share the first `bit` bits of the keys below. */
  readonly prefix: Uint8Array;
  /** Both children or neither. Absent: on disk. */
  left: TreeNode | undefined;
  right: TreeNode | undefined;
  /** sha256(left ‖ right), without the edge above; set when first hashed. Read it by `innerHashOf` where the node may come from disk. */
  innerHash: Uint8Array | undefined;
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

export function createInner(bit: number, prefix: Uint8Array, left: TreeNode | undefined, right: TreeNode | undefined): InnerNode {
  return { kind: 'inner', bit, prefix, left, right, innerHash: undefined, savedAt: -1, edgeStart: -1, edgeHash: undefined, usedAt: 0 };
}

/** Hash of a node as its parent sees it: with the edge from `start`, the bit after the parent's. */
export function nodeHash(node: TreeNode, start: number): Uint8Array {
  if (node.kind === 'leaf') return node.hash as Uint8Array;
  const inner = innerHashOf(node);
  if (node.bit === start) return inner;
  if (node.edgeStart !== start || node.edgeHash === undefined) {
    node.edgeHash = sha256(edgePreimage(packBits(node.prefix, start, node.bit), node.bit - start, inner));
    node.edgeStart = start;
  }
  return node.edgeHash;
}

/** The hash without the edge. A node that came with its page may have none yet: then its children, down to those that have, are hashed now. */
export function innerHashOf(node: InnerNode): Uint8Array {
  if (node.innerHash !== undefined) return node.innerHash;
  const pair = new Uint8Array(64);
  pair.set(nodeHash(node.left as TreeNode, node.bit + 1));
  pair.set(nodeHash(node.right as TreeNode, node.bit + 1), 32);
  node.innerHash = sha256(pair);
  return node.innerHash;
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
