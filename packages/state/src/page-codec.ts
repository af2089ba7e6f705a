/**
 * Pages on disk: the inner nodes of one page in preorder, with the leaves and the tops of further pages below them. A node is a kind
 * byte, then: leaf = key length (2), key, hash (32); inner of this page = bit (2), and its two children follow; inner of another page =
 * bit (2), prefix, height of that page (8), inner hash (32). Two below the top an inner node of this page also has its inner hash (32), before
 * its children: whoever comes by then makes two or three hashes of a page and not fifteen. The others can be computed, and are left out.
 * The format is private to a node: nothing of it is hashed or sent.
 */
import { putHash, setHash } from './hash-words.ts';
import { putPrefix } from './key-bits.ts';
import { STATE_KEY_BYTES_MAX, VALUE_KEPT_BYTES_MAX } from './limits.ts';
import { StateError } from './state-error.ts';
import { heightAt, putHeight } from './store-layout.ts';
import { createInner, createLeaf, innerHashed, isSamePage, PAGE_BITS } from './tree-node.ts';
import type { InnerNode, LeafNode, TreeNode } from './tree-node.ts';

const LEAF = 0;
const INNER = 1;
const INNER_ELSEWHERE = 2;
const INNER_HASHED = 3;
/** Nodes below the top of a page: with full pages, four have their hash there. */
const HASHED_DEPTH = 2;

const PAGE_BYTES_MAX: number = (2 ** PAGE_BITS - 1) * 3 + 2 ** HASHED_DEPTH * 32 + 2 ** PAGE_BITS * (43 + STATE_KEY_BYTES_MAX);

const CHUNK_BYTES = 1 << 16;

/** A page as it goes to disk, with what it holds. */
export interface WrittenPage {
  readonly top: InnerNode;
  readonly bytes: Uint8Array;
  readonly inner: readonly InnerNode[];
  readonly leaves: number;
  /** Leaves with a value that does not stay in memory once it is on disk. */
  readonly large: readonly LeafNode[];
}

interface Writing {
  readonly top: InnerNode;
  readonly height: number;
  readonly inner: InnerNode[];
  readonly large: LeafNode[];
  leaves: number;
  readonly further: InnerNode[];
  readonly missing: InnerNode[];
}

/**
 * Writes pages one after the other into shared memory: they are written by the thousand. Each node is looked at once, since most of the time goes
 * into fetching nodes from all over the memory.
 *
 * @param height - at which they are written
 * @param further - takes the tops of pages below that must be written too
 * @param missing - takes nodes whose children must be loaded first: what was written of their pages is of no use
 */
export function createPageWriter(height: number, further: InnerNode[], missing: InnerNode[]): (top: InnerNode) => WrittenPage {
  let chunk = new Uint8Array(0);
  let at = 0;
  return (top) => {
    if (chunk.length < at + PAGE_BYTES_MAX) {
      chunk = new Uint8Array(CHUNK_BYTES);
      at = 0;
    }
    const writing: Writing = { top, height, inner: [], large: [], leaves: 0, further, missing };
    const bytes = chunk.subarray(at, (at = putPage(chunk, at, writing, top, 0)));
    return { top, bytes, inner: writing.inner, leaves: writing.leaves, large: writing.large };
  };
}

/** One node without children, as the record of the root has it. */
export function nodeToBytes(node: TreeNode): Uint8Array {
  const bytes = new Uint8Array(43 + STATE_KEY_BYTES_MAX);
  return bytes.subarray(0, node.kind === 'leaf' ? putLeaf(bytes, 0, node) : putElsewhere(bytes, 0, node, node.savedAt));
}

function putPage(bytes: Uint8Array, at: number, writing: Writing, node: InnerNode, depth: number): number {
  const { bit, left, right } = node;
  if (left === undefined || right === undefined) {
    writing.missing.push(node);
    return at;
  }
  writing.inner.push(node);
  const isHashed = depth === HASHED_DEPTH;
  bytes[at] = isHashed ? INNER_HASHED : INNER;
  bytes[at + 1] = bit >> 8;
  bytes[at + 2] = bit;
  if (isHashed) putHash(innerHashed(node), bytes, at + 3);
  const childrenAt = at + (isHashed ? 35 : 3);
  return putChild(bytes, putChild(bytes, childrenAt, writing, left, depth + 1), writing, right, depth + 1);
}

function putChild(bytes: Uint8Array, at: number, writing: Writing, child: TreeNode, depth: number): number {
  if (child.kind === 'leaf') {
    writing.leaves++;
    if (child.value !== undefined && child.value.length > VALUE_KEPT_BYTES_MAX) writing.large.push(child);
    return putLeaf(bytes, at, child);
  }
  if (isSamePage(writing.top, child)) return putPage(bytes, at, writing, child, depth);
  if (child.savedAt >= 0) return putElsewhere(bytes, at, child, child.savedAt);
  writing.further.push(child);
  return putElsewhere(bytes, at, child, writing.height);
}

function putLeaf(bytes: Uint8Array, at: number, leaf: LeafNode): number {
  const { key } = leaf;
  bytes[at] = LEAF;
  bytes[at + 1] = key.length >> 8;
  bytes[at + 2] = key.length;
  bytes.set(key, at + 3);
  putHash(leaf, bytes, at + 3 + key.length);
  return at + 35 + key.length;
}

function putElsewhere(bytes: Uint8Array, at: number, node: InnerNode, savedAt: number): number {
  bytes[at] = INNER_ELSEWHERE;
  bytes[at + 1] = node.bit >> 8;
  bytes[at + 2] = node.bit;
  const prefixEnd = putPrefix(bytes, at + 3, node.prefix, node.bit);
  putHeight(bytes, prefixEnd, savedAt);
  putHash(innerHashed(node), bytes, prefixEnd + 8);
  return prefixEnd + 40;
}

/**
 * The nodes of a page, children before parents and the top last. They keep the bytes, and have no hash where the page has none.
 *
 * @param height - at which the page was written
 */
export function pageFromBytes(bytes: Uint8Array, height: number): TreeNode[] {
  const nodes: TreeNode[] = [];
  let offset = 0;
  readNode(0);
  if (offset !== bytes.length) throw new StateError('STATE_CORRUPT', 'a page of the tree has bytes behind its end');
  return nodes;

  function readNode(depth: number): TreeNode {
    if (bytes.length < offset + 3 || depth > PAGE_BITS) throw new StateError('STATE_CORRUPT', 'a page of the tree ends early or goes too deep');
    const kind = bytes[offset] as number;
    const number = ((bytes[offset + 1] as number) << 8) | (bytes[offset + 2] as number);
    offset += 3;
    const node = kind === INNER || kind === INNER_HASHED ? readInner(number, depth, kind === INNER_HASHED) : readOutside(kind, number);
    nodes.push(node);
    return node;
  }

  function readInner(bit: number, depth: number, isHashed: boolean): InnerNode {
    const hashAt = offset;
    if (isHashed) offset += 32;
    const left = readNode(depth + 1);
    const right = readNode(depth + 1);
    const node = createInner(bit, left.kind === 'leaf' ? left.key : left.prefix, left, right);
    if (isHashed) setHash(node, bytes, hashAt);
    node.savedAt = height;
    return node;
  }

  function readOutside(kind: number, number: number): TreeNode {
    const pathEnd = offset + (kind === LEAF ? number : Math.ceil(number / 9));
    const hashAt = kind === LEAF ? pathEnd : pathEnd + 8;
    if (kind > INNER_ELSEWHERE || hashAt + 32 > bytes.length) throw new StateError('STATE_CORRUPT', 'a page of the tree is malformed');
    const path = bytes.subarray(offset, pathEnd);
    offset = hashAt + 32;
    const node = kind === LEAF ? createLeaf(path, undefined, -1) : createInner(number, path, undefined, undefined);
    setHash(node, bytes, hashAt);
    if (node.kind === 'leaf') return node;
    node.savedAt = heightAt(bytes, pathEnd);
    return node;
  }
}
