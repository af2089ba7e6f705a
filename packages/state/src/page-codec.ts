/**
 * Pages on disk: the inner nodes of one page in preorder, with the leaves and the tops of further pages below them.
 * A node is a kind byte, then: leaf = key length (2), key, hash (32); inner = bit (2), prefix, inner hash (32), and, when in the
 * same page, its two children. The format is private to a node: nothing of it is hashed or sent.
 */
import { keyPrefix } from './key-bits.ts';
import { StateError } from './state-error.ts';
import { createInner, isSamePage } from './tree-node.ts';
import type { InnerNode, TreeNode } from './tree-node.ts';

const LEAF = 0;
const INNER = 1;
const INNER_ELSEWHERE = 2;

/** At most 15 inner nodes and 16 below them, of 3 + 256 + 32 bytes. */
const PAGE_BYTES_MAX = 31 * 291;

/** Pages are written by the thousand, so they are put together in one place. */
const scratch = new Uint8Array(PAGE_BYTES_MAX);

/** @param top - all nodes of its page are loaded */
export function pageToBytes(top: InnerNode): Uint8Array {
  let length = 0;
  const stack: TreeNode[] = [top];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    const here = node.kind === 'inner' && isSamePage(top, node);
    length = putNode(scratch, length, node, here ? INNER : INNER_ELSEWHERE);
    if (here) stack.push((node as InnerNode).right as TreeNode, (node as InnerNode).left as TreeNode);
  }
  return scratch.slice(0, length);
}

/** One node without children, as the record of the root has it. */
export function nodeToBytes(node: TreeNode): Uint8Array {
  return scratch.slice(0, putNode(scratch, 0, node, INNER_ELSEWHERE));
}

function putNode(bytes: Uint8Array, offset: number, node: TreeNode, innerKind: number): number {
  const isLeaf = node.kind === 'leaf';
  const path = isLeaf ? node.key : keyPrefix(node.prefix, node.bit);
  const number = isLeaf ? node.key.length : node.bit;
  bytes[offset] = isLeaf ? LEAF : innerKind;
  bytes[offset + 1] = number >> 8;
  bytes[offset + 2] = number & 0xff;
  bytes.set(path, offset + 3);
  bytes.set((isLeaf ? node.hash : node.innerHash) as Uint8Array, offset + 3 + path.length);
  return offset + 35 + path.length;
}

/** The nodes of a page, top first. */
export function pageFromBytes(bytes: Uint8Array): TreeNode[] {
  const nodes: TreeNode[] = [];
  const open: InnerNode[] = [];
  let offset = 0;
  do {
    if (bytes.length < offset + 3) throw new StateError('STATE_CORRUPT', 'a page of the tree ends early');
    const kind = bytes[offset] as number;
    const number = ((bytes[offset + 1] as number) << 8) | (bytes[offset + 2] as number);
    const pathBytes = kind === LEAF ? number : Math.ceil(number / 9);
    const hashAt = offset + 3 + pathBytes;
    const path = bytes.slice(offset + 3, hashAt);
    const hash = bytes.slice(hashAt, hashAt + 32);
    if (hash.length !== 32 || kind > INNER_ELSEWHERE) throw new StateError('STATE_CORRUPT', 'a page of the tree is malformed');
    offset = hashAt + 32;
    const node: TreeNode = kind === LEAF ? { kind: 'leaf', key: path, hash, value: undefined } : { ...createInner(number, path, undefined, undefined), innerHash: hash, saved: true };
    nodes.push(node);
    const parent = open.at(-1);
    if (parent !== undefined) {
      if (parent.left === undefined) parent.left = node;
      else {
        parent.right = node;
        open.pop();
      }
    }
    if (kind === INNER) open.push(node as InnerNode);
  } while (open.length > 0);
  if (offset !== bytes.length) throw new StateError('STATE_CORRUPT', 'a page of the tree has bytes behind its end');
  return nodes;
}
