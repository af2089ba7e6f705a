import { toHex, uint64ToBytes } from '@vsys/primitives';
import type { StoreOp } from '@vsys/store';
import { nodeToBytes, pageToBytes } from './page-codec.ts';
import { HEAD_KEY, itemKey, itemsToBytes, journalItemsKey, journalKey, journalledToBytes, pageItem, rootKey, valueItem } from './store-layout.ts';
import type { Item } from './store-layout.ts';
import { isSamePage, pageId } from './tree-node.ts';
import type { InnerNode, LeafNode, TreeNode } from './tree-node.ts';
import type { TreeView } from './tree-view.ts';

/** What one block changes on disk, before it is known what it overwrites. */
export interface FlushStep {
  readonly view: TreeView;
  readonly changes: readonly { readonly item: Item; readonly after: Uint8Array | undefined }[];
  readonly pages: readonly { readonly top: InnerNode; readonly bytes: number }[];
  readonly leaves: readonly LeafNode[];
}

/** Nodes in the pages to be written that must be loaded first. */
export function missingForFlush(root: TreeNode | undefined): InnerNode[] {
  const missing: InnerNode[] = [];
  visitPages(root, () => {}, () => {}, (node) => missing.push(node));
  return missing;
}

export function flushStep(view: TreeView): FlushStep {
  return { view, ...flushChanges(view) };
}

/** Marks the nodes of the tree as saved: what follows must land, or they are no longer of use. */
export function flushChanges(update: Pick<TreeView, 'tree' | 'writes' | 'thinnedPages'>): Omit<FlushStep, 'view'> {
  const changes: { item: Item; after: Uint8Array | undefined }[] = update.writes.map(({ key, value }) => ({ item: valueItem(key), after: value }));
  const pages: { top: InnerNode; bytes: number }[] = [];
  const leaves: LeafNode[] = [];
  const written = new Set<string>();
  const saved: InnerNode[] = [];
  visitPages(update.tree, (top) => {
    const id = pageId(top);
    const after = pageToBytes(top);
    written.add(toHex(id));
    pages.push({ top, bytes: after.length });
    changes.push({ item: pageItem(id), after });
  }, (node) => {
    if (node.kind === 'leaf') leaves.push(node);
    else saved.push(node);
  }, () => {});
  for (const node of saved) node.saved = true;
  for (const id of update.thinnedPages) {
    const name = toHex(id);
    // A page that lost a node and still has one was written: its nodes are new, up to its top.
    if (!written.has(name)) changes.push({ item: pageItem(id), after: undefined });
    written.add(name);
  }
  return { changes, pages, leaves };
}

/** The operations of a step, with the journal of what it overwrites. */
export function stepToOps(step: FlushStep, before: readonly (Uint8Array | undefined)[], journalled: boolean): StoreOp[] {
  const { height, tree } = step.view;
  const ops: StoreOp[] = [];
  step.changes.forEach(({ item, after }, i) => {
    const key = itemKey(item);
    ops.push(after === undefined ? { type: 'delete', key } : { type: 'put', key, value: after });
    if (journalled) ops.push({ type: 'put', key: journalKey(item, height), value: journalledToBytes(before[i]) });
  });
  if (journalled) ops.push({ type: 'put', key: journalItemsKey(height), value: itemsToBytes(step.changes.map(({ item }) => item)) });
  ops.push({ type: 'put', key: rootKey(height), value: tree === undefined ? new Uint8Array(0) : nodeToBytes(tree) });
  ops.push({ type: 'put', key: HEAD_KEY, value: uint64ToBytes(BigInt(height)) });
  return ops;
}

/** Goes over all pages that hold a node not saved: each top, each node of these pages with the leaves, and what is not loaded. */
function visitPages(root: TreeNode | undefined, onTop: (top: InnerNode) => void, onNode: (node: TreeNode) => void, onMissing: (node: InnerNode) => void): void {
  const stack: { node: TreeNode; above: InnerNode | undefined }[] = root === undefined ? [] : [{ node: root, above: undefined }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, above } = next;
    if (node.kind === 'leaf') {
      onNode(node);
      continue;
    }
    const isTop = above === undefined || !isSamePage(above, node);
    if (isTop && node.saved) continue;
    if (node.left === undefined || node.right === undefined) {
      onMissing(node);
      continue;
    }
    if (isTop) onTop(node);
    onNode(node);
    stack.push({ node: node.left, above: node }, { node: node.right, above: node });
  }
}
