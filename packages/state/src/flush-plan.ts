import { toHex, uint64ToBytes } from '@vsys/primitives';
import type { StoreOp } from '@vsys/store';
import type { DroppedPrefixes } from './dropped-prefixes.ts';
import { journalToParts } from './journal.ts';
import type { EndedEntry } from './journal.ts';
import { createPageWriter, nodeToBytes } from './page-codec.ts';
import type { WrittenPage } from './page-codec.ts';
import { dropKey, HEAD_KEY, journalKey, pageKey, rootKey, valueKey, valueRecord } from './store-layout.ts';
import type { StateWrite } from './state.ts';
import type { InnerNode, LeafNode, TreeNode } from './tree-node.ts';
import type { TreeView } from './tree-view.ts';

/** What one block changes on disk. */
export interface FlushStep {
  readonly view: TreeView;
  readonly ops: readonly StoreOp[];
  readonly pages: readonly WrittenPage[];
}

/** Leaves that a block overwrites and whose records are only on disk. */
export function unreadForFlush(view: TreeView): LeafNode[] {
  return view.replaced.filter((leaf) => leaf !== undefined && leaf.value === undefined) as LeafNode[];
}

/** Keys that blocks write below what is dropped, by them or before: a record may stand there of which the tree knows nothing. Each once. */
export function writesBelowDrops(chain: readonly TreeView[], dropped: DroppedPrefixes): Uint8Array[] {
  if (dropped.isEmpty && chain.every(({ drops }) => drops.length === 0)) return [];
  const own = chain.flatMap(({ drops }) => drops);
  const keys = new Map<string, Uint8Array>();
  for (const { writes } of chain) {
    for (const { key } of writes) if (dropped.isBelow(key) || own.some((prefix) => startsWith(key, prefix))) keys.set(toHex(key), key);
  }
  return [...keys.values()];
}

function startsWith(key: Uint8Array, prefix: Uint8Array): boolean {
  return key.length >= prefix.length && prefix.every((byte, i) => key[i] === byte);
}

/** What the disk has where a block writes. */
export interface RecordsBefore {
  /** Records of `unreadForFlush`. */
  readonly read: ReadonlyMap<LeafNode, Uint8Array>;
  /** Records of `writesBelowDrops` by hexadecimal key; each step leaves there what it writes. */
  readonly stale: Map<string, Uint8Array | undefined>;
}

/**
 * Marks the nodes of the block as saved: what follows must land, or the state is no longer of use. Steps are made in order of height.
 *
 * @param pages - `pagesToWrite`, nothing missing
 * @param journalled - false for genesis, below which nothing can be read
 */
export function flushStep(view: TreeView, pages: readonly WrittenPage[], { read, stale }: RecordsBefore, journalled: boolean): FlushStep {
  const { height, tree, writes, drops } = view;
  const ended: EndedEntry[] = [];
  for (const [i, { key, value }] of writes.entries()) {
    const leaf = view.replaced[i];
    if (leaf !== undefined) ended.push({ key, before: leaf.value === undefined ? read.get(leaf) : valueRecord(leaf.height, leaf.value) });
    const name = stale.size > 0 ? toHex(key) : '';
    if (!stale.has(name)) continue;
    if (leaf === undefined && stale.get(name) !== undefined) ended.push({ key, before: stale.get(name) });
    stale.set(name, value === undefined ? undefined : valueRecord(height, value));
  }
  for (const top of view.endedPages) ended.push({ key: pageKey(top, top.savedAt), before: undefined });
  const ops = changeOps(height, writes, pages);
  if (journalled) for (const [part, bytes] of journalToParts(ended).entries()) ops.push({ type: 'put', key: journalKey(height, part), value: bytes });
  for (const prefix of drops) ops.push({ type: 'put', key: dropKey(height, prefix), value: new Uint8Array(0) });
  ops.push({ type: 'put', key: rootKey(height), value: tree === undefined ? new Uint8Array(0) : nodeToBytes(tree) });
  ops.push({ type: 'put', key: HEAD_KEY, value: uint64ToBytes(BigInt(height)) });
  return { view, ops, pages };
}

/** Values and pages of one height. Marks the nodes of the pages as saved. */
export function changeOps(height: number, writes: readonly StateWrite[], pages: readonly WrittenPage[]): StoreOp[] {
  const ops = writes.map(({ key, value }): StoreOp => (value === undefined ? { type: 'delete', key: valueKey(key) } : { type: 'put', key: valueKey(key), value: valueRecord(height, value) }));
  for (const { top, bytes, inner } of pages) {
    for (const node of inner) node.savedAt = height;
    ops.push({ type: 'put', key: pageKey(top, height), value: bytes });
  }
  return ops;
}

/** All pages that hold a node that is not saved, each whole, as of a height, and the nodes whose children must be loaded before they are. */
export function pagesToWrite(root: TreeNode | undefined, height: number): { readonly pages: readonly WrittenPage[]; readonly missing: readonly InnerNode[] } {
  const missing: InnerNode[] = [];
  const pages: WrittenPage[] = [];
  const tops: InnerNode[] = root?.kind === 'inner' && root.savedAt < 0 ? [root] : [];
  const write = createPageWriter(height, tops, missing);
  for (let top = tops.pop(); top !== undefined; top = tops.pop()) pages.push(write(top));
  return { pages, missing };
}
