import { bitAt, firstDifference } from './key-bits.ts';
import { createInner, isSamePage, isUnloadedWithin } from './tree-node.ts';
import type { InnerNode, TreeNode } from './tree-node.ts';

/** The tree without what begins with some prefixes, not hashed yet. */
export interface TreeCut {
  readonly root: TreeNode | undefined;
  /** Tops of the pages on the way that the tree no longer has as they were. Pages below a cut are not among them: nobody looked at them. */
  readonly endedPages: readonly InnerNode[];
  /** Nodes that were made for it, and are on no page. */
  readonly made: ReadonlySet<TreeNode>;
  /** The prefixes below which there was something. */
  readonly found: readonly Uint8Array[];
}

/**
 * Cuts off subtrees: looks at the nodes on the way to each, never below it. Returns the nodes whose children must be loaded first, if there are any.
 *
 * @param operation - marks the nodes on the way
 */
export function cutTree(root: TreeNode | undefined, prefixes: readonly Uint8Array[], operation: number): TreeCut | { readonly missing: readonly InnerNode[] } {
  const endedPages: InnerNode[] = [];
  const made = new Set<TreeNode>();
  const found: Uint8Array[] = [];
  const missing: InnerNode[] = [];
  let tree = root;
  for (const prefix of prefixes) {
    const before = tree;
    tree = cut(tree, prefix, undefined);
    if (missing.length > 0) return { missing };
    if (tree !== before) found.push(prefix);
  }
  return { root: tree, endedPages, made, found };

  function cut(node: TreeNode | undefined, prefix: Uint8Array, above: InnerNode | undefined): TreeNode | undefined {
    if (node === undefined) return undefined;
    // A prefix has no end: it is the bits of its bytes alone.
    const end = 9 * prefix.length;
    if (node.kind === 'leaf') return firstDifference(node.key, prefix) >= end ? undefined : node;
    node.usedAt = Math.max(node.usedAt, operation);
    const apart = firstDifference(node.prefix, prefix);
    if (apart < Math.min(node.bit, end)) return node;
    if (node.bit >= end) {
      endPage(node, above);
      return undefined;
    }
    if (node.left === undefined || node.right === undefined) {
      missing.push(node);
      return node;
    }
    const onRight = bitAt(prefix, node.bit) === 1;
    const left = onRight ? node.left : cut(node.left, prefix, node);
    const right = onRight ? cut(node.right, prefix, node) : node.right;
    if (left === node.left && right === node.right) return node;
    endPage(node, above);
    if (left !== undefined && right !== undefined) return keep(createInner(node.bit, node.prefix, left, right));
    const rest = left ?? right;
    if (isUnloadedWithin(node, rest)) {
      missing.push(rest as InnerNode);
      return node;
    }
    return rest?.kind === 'inner' && isSamePage(node, rest) ? keep({ ...rest, savedAt: -1 }) : rest;
  }

  function keep(node: InnerNode): InnerNode {
    made.add(node);
    return node;
  }

  function endPage(node: InnerNode, above: InnerNode | undefined): void {
    if (!made.has(node) && (above === undefined || !isSamePage(above, node))) endedPages.push(node);
  }
}
