/**
 * Walks two trees side by side, past what is equal in both. Equal hashes mean equal content, wherever the subtrees hang: a leaf names its whole key.
 */
import { compareBytes, equalBytes } from '@vsys/primitives';
import { bitAt, firstDifference } from './key-bits.ts';
import { PROOF_NODE } from './proof-format.ts';
import type { ChangesRange } from './state.ts';
import { innerHashOf, nodeHash } from './tree-node.ts';
import type { InnerNode, LeafNode, TreeNode } from './tree-node.ts';
import { isOutside, placeOf } from './tree-scan.ts';

export interface LeafChange {
  readonly before: LeafNode | undefined;
  readonly after: LeafNode | undefined;
}

export interface ChangesScan {
  /** To be loaded before the next try; the result is complete when there are none. */
  readonly missing: readonly InnerNode[];
  /** In order of their keys. */
  readonly changes: readonly LeafChange[];
  /** How the proofs of both trees show each node that they do not close (`PROOF_NODE`). */
  readonly shownBefore: ReadonlyMap<TreeNode, number>;
  readonly shownAfter: ReadonlyMap<TreeNode, number>;
}

/** Nodes asked for in one pass: more would load what lies far beyond the limit. */
const MISSING_MAX = 4_096;

/** A node, and the bit after that at which its parent parts. */
interface Place { readonly node: TreeNode; readonly start: number }
/** What the two trees have under one path. One of them at least is there. */
interface Pair { readonly before: Place | undefined; readonly after: Place | undefined }
type Shown = Map<TreeNode, number>;

/** @param limit - goes on until it has so many changes */
export function scanChanges(before: TreeNode | undefined, after: TreeNode | undefined, range: ChangesRange, limit: number, operation: number): ChangesScan {
  const missing = new Set<InnerNode>();
  const changes: LeafChange[] = [];
  const shownBefore: Shown = new Map();
  const shownAfter: Shown = new Map();
  const stack: Pair[] = [];
  push(before && { node: before, start: 0 }, after && { node: after, start: 0 });
  for (let pair = stack.pop(); pair !== undefined && changes.length < limit && missing.size < MISSING_MAX; pair = stack.pop()) visit(pair);
  return { missing: [...missing], changes, shownBefore, shownAfter };

  function visit(pair: Pair): void {
    const a = inside(pair.before, shownBefore);
    const b = inside(pair.after, shownAfter);
    if (a === undefined || b === undefined) {
      if (a !== undefined) visitAlone(a, shownBefore, (place) => push(place, undefined), (leaf) => changes.push({ before: leaf, after: undefined }));
      if (b !== undefined) visitAlone(b, shownAfter, (place) => push(undefined, place), (leaf) => changes.push({ before: undefined, after: leaf }));
      return;
    }
    const bits = [branchOf(a.node), branchOf(b.node)] as const;
    const parting = firstDifference(sampleOf(a.node), sampleOf(b.node));
    if (parting < Math.min(...bits)) {
      // No key of one is a key of the other.
      const alone = [[a, undefined], [undefined, b]] as const;
      inOrder(bitAt(sampleOf(a.node), parting) === 0 ? alone : [alone[1], alone[0]]);
    } else if (bits[0] === bits[1]) visitSameBranch(a, b);
    else if (bits[0] < bits[1]) {
      const children = open(a as Place & { node: InnerNode }, shownBefore);
      if (children !== undefined) inOrder(children.map((child, side) => [child, side === bitAt(sampleOf(b.node), bits[0]) ? b : undefined] as const));
    } else {
      const children = open(b as Place & { node: InnerNode }, shownAfter);
      if (children !== undefined) inOrder(children.map((child, side) => [side === bitAt(sampleOf(a.node), bits[1]) ? a : undefined, child] as const));
    }
  }

  function visitSameBranch(a: Place, b: Place): void {
    if (a.node.kind === 'leaf' || b.node.kind === 'leaf') {
      if (a.node.kind !== 'leaf' || b.node.kind !== 'leaf') return;
      if (equalBytes(nodeHash(a.node, a.start), nodeHash(b.node, b.start))) return;
      shownBefore.set(a.node, PROOF_NODE.leaf);
      shownAfter.set(b.node, PROOF_NODE.leaf);
      changes.push({ before: a.node, after: b.node });
      return;
    }
    if (equalBytes(innerHashOf(a.node), innerHashOf(b.node))) {
      // Closed under its own hash in both, which needs the edges shown where they differ.
      if (a.start === b.start) return;
      if (a.node.bit > a.start) shownBefore.set(a.node, PROOF_NODE.closedWithEdge);
      if (b.node.bit > b.start) shownAfter.set(b.node, PROOF_NODE.closedWithEdge);
      return;
    }
    const before = open(a as Place & { node: InnerNode }, shownBefore);
    const after = open(b as Place & { node: InnerNode }, shownAfter);
    if (before !== undefined && after !== undefined) inOrder([[before[0], after[0]], [before[1], after[1]]]);
  }

  function visitAlone({ node, start }: Place, shown: Shown, next: (place: Place) => void, changed: (leaf: LeafNode) => void): void {
    if (node.kind === 'leaf') {
      shown.set(node, PROOF_NODE.leaf);
      changed(node);
      return;
    }
    const children = open({ node, start }, shown);
    if (children === undefined) return;
    next(children[1]);
    next(children[0]);
  }

  /** The place, unless no key of the range is there; then it shows why not. */
  function inside(place: Place | undefined, shown: Shown): Place | undefined {
    if (place === undefined) return undefined;
    const { node, start } = place;
    const bounds = placeOf(sampleOf(node), range);
    if (isOutside(bounds, start)) return undefined;
    if (node.kind === 'leaf') {
      const { from, to } = range;
      if (compareBytes(node.key, from) >= 0 && (to === undefined || compareBytes(node.key, to) < 0)) return place;
      shown.set(node, PROOF_NODE.leafWithoutValue);
      return undefined;
    }
    node.usedAt = Math.max(node.usedAt, operation);
    if (!isOutside(bounds, node.bit)) return place;
    shown.set(node, PROOF_NODE.closedWithEdge);
    return undefined;
  }

  function open({ node, start }: Place & { readonly node: InnerNode }, shown: Shown): readonly [Place, Place] | undefined {
    if (node.left === undefined || node.right === undefined) {
      missing.add(node);
      return undefined;
    }
    shown.set(node, node.bit > start ? PROOF_NODE.innerWithEdge : PROOF_NODE.inner);
    return [{ node: node.left, start: node.bit + 1 }, { node: node.right, start: node.bit + 1 }];
  }

  function inOrder(pairs: readonly (readonly [Place | undefined, Place | undefined])[]): void {
    for (const [before, after] of [...pairs].reverse()) push(before, after);
  }

  function push(before: Place | undefined, after: Place | undefined): void {
    if (before !== undefined || after !== undefined) stack.push({ before, after });
  }
}

function sampleOf(node: TreeNode): Uint8Array {
  return node.kind === 'leaf' ? node.key : node.prefix;
}

/** A leaf never parts. */
function branchOf(node: TreeNode): number {
  return node.kind === 'leaf' ? Infinity : node.bit;
}
