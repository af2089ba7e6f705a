import { compareBytes, equalBytes, noMetrics, toHex, uint64FromBytes } from '@vsys/primitives';
import type { Height, Metrics, StateRoot } from '@vsys/primitives';
import type { Store, StoreOp } from '@vsys/store';
import { flushStep, unreadForFlush, writesBelowDrops } from './flush-plan.ts';
import type { FlushStep } from './flush-plan.ts';
import { openDroppedPrefixes } from './dropped-prefixes.ts';
import { createHistory } from './history.ts';
import { CACHE_BYTES_MAX_DEFAULT, RETENTION_BLOCKS_DEFAULT, STATE_VALUE_BYTES_MAX } from './limits.ts';
import { createPageCache } from './page-cache.ts';
import { pageFromBytes } from './page-codec.ts';
import { StateError } from './state-error.ts';
import type { State, StateView, StateWrite } from './state.ts';
import { pageKeysOfPart } from './journal.ts';
import { HEAD_KEY, IMPORT_KEY, journalKey, rootKey, valueKey } from './store-layout.ts';
import type { LeafNode, TreeNode } from './tree-node.ts';
import { pagesLoaded, updateLoaded } from './tree-load.ts';
import type { TreeChange } from './tree-load.ts';
import { assertKey, createTreeView } from './tree-view.ts';
import type { TreeView, TreeViewParts } from './tree-view.ts';

export interface StateOptions {
  /** Holds the state under keys that begin with `s`; stays the caller's to close. */
  readonly store: Store;
  /** Blocks below the base that `asOf` can read. */
  readonly retentionBlocks?: number;
  /** Pages of the tree kept decoded in memory. Overlays come on top. */
  readonly cacheBytesMax?: number;
  /** Counts the hashes made for new roots. */
  readonly metrics?: Metrics;
}

/**
 * Opens the state in a store: at its base, or, in an empty store, empty at height 0, where the first overlay may have height 0 too
 * (genesis).
 *
 * @throws StateError `STATE_OPTIONS`, `STATE_CORRUPT`, `STATE_IMPORTING`
 */
export async function createState(options: StateOptions): Promise<State> {
  const { store, retentionBlocks = RETENTION_BLOCKS_DEFAULT, cacheBytesMax = CACHE_BYTES_MAX_DEFAULT, metrics = noMetrics } = options;
  if (!Number.isInteger(retentionBlocks) || retentionBlocks < 0) throw new StateError('STATE_OPTIONS', `expected retentionBlocks of 0 or more, found ${retentionBlocks}`);
  const head = await store.get(HEAD_KEY);
  if (head === undefined && (await store.get(IMPORT_KEY)) !== undefined) throw new StateError('STATE_IMPORTING', 'the store holds an unfinished import of a snapshot');
  let isInitialised = head !== undefined;
  const startHeight = head === undefined ? 0 : Number(uint64FromBytes(head));
  const dropped = await openDroppedPrefixes(store);
  const history = createHistory(store, retentionBlocks, startHeight, dropped);
  const pages = createPageCache(store, cacheBytesMax);
  let status: 'open' | 'closed' | 'failed' = 'open';
  const parts: TreeViewParts = { history, pages, assertOpen };
  const overlays = new Map<string, TreeView[]>();
  let base = createTreeView(startHeight, isInitialised ? treeFromRecord(await store.get(rootKey(startHeight))) : undefined, parts);

  return {
    get base() {
      return { height: base.height, root: base.root };
    },
    view,
    fork,
    flush,
    drop,
    asOf,
    close,
    [Symbol.asyncDispose]: close,
  };

  function view(root: StateRoot, height?: Height): StateView | undefined {
    if (equalBytes(root, base.root) && (height === undefined || height === base.height)) return base;
    return overlays.get(toHex(root))?.find((overlay) => height === undefined || overlay.height === height);
  }

  async function fork(parent: StateView, height: Height, writes: readonly StateWrite[]): Promise<StateView> {
    assertOpen();
    const below = known(parent);
    const isGenesis = !isInitialised && below === base && height === 0;
    if (!isGenesis && height <= below.height) throw new StateError('STATE_RANGE', `expected a height above that of the parent, ${below.height}, found ${height}`);
    const change: TreeChange = { drops: sortedWrites(writes.filter(({ below }) => below === true)).map(({ key }) => key), writes: sortedWrites(writes.filter(({ below }) => below !== true)) };
    return pages.run(async (operation) => {
      const { root, replaced, endedPages, dropped: drops, hashes } = await updateLoaded(below.tree, change, height, operation, async (nodes) => {
        await pages.load(nodes);
        known(parent);
      });
      metrics.count('vsys_state_hashes_total', 'Hashes made for the nodes of new state roots', hashes);
      const overlay = createTreeView(height, root, parts);
      overlay.parent = below;
      overlay.writes = change.writes;
      overlay.drops = drops;
      overlay.replaced = replaced;
      overlay.endedPages = endedPages;
      const name = toHex(overlay.root);
      overlays.set(name, [...(overlays.get(name) ?? []), overlay]);
      return overlay;
    });
  }

  async function flush(view: StateView, extra: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[] = []): Promise<void> {
    assertOpen();
    const target = known(view);
    const chain: TreeView[] = [];
    for (let above: TreeView | undefined = target; above !== undefined && above !== base; above = above.parent) chain.unshift(above);
    const ops = extra.map(({ key, value }): StoreOp => ({ type: 'put', key, value }));
    await pages.run(async () => {
      try {
        await land(chain, ops);
      } catch (cause) {
        // Nodes are marked as saved, and the batch may have landed: only opening the store again can tell.
        status = 'failed';
        throw new StateError('STATE_FAILED', 'the batch of a flush failed: open the state again', { cause });
      }
    });
  }

  async function land(chain: readonly TreeView[], extra: readonly StoreOp[]): Promise<void> {
    const last = chain.at(-1);
    if (last === undefined) {
      if (extra.length > 0) await store.batch(extra);
      return;
    }
    const read = await readRecords(chain.flatMap(unreadForFlush));
    const stale = await readStale(chain);
    const steps: FlushStep[] = [];
    for (const above of chain) steps.push(flushStep(above, await pagesLoaded(above.tree, above.height, pages.load), { read, stale }, isInitialised || above.height > 0));
    const pruned = await pruneOps(last.height - retentionBlocks);
    const swept = await dropped.sweep(store, last.height, last.height - retentionBlocks);
    history.height = last.height;
    // The sweep comes first: what a block puts where it deletes is to stay.
    await store.batch([...swept.ops, ...steps.flatMap(({ ops }) => ops), ...pruned, ...extra]);
    isInitialised = true;
    swept.landed();
    for (const { drops, height } of chain) for (const prefix of drops) dropped.add({ height, prefix, next: new Uint8Array() });
    base = last;
    for (const { view, pages: written } of steps) {
      for (const top of view.endedPages) pages.forget(top);
      for (const { top, inner, leaves, large } of written) {
        pages.add(top, inner.length, leaves);
        for (const leaf of large) leaf.value = undefined;
      }
      view.writes = [];
      view.drops = [];
      view.replaced = [];
      view.endedPages = [];
      view.parent = undefined;
      forget(view);
    }
    dropStrangers();
  }

  async function readRecords(leaves: readonly LeafNode[]): Promise<Map<LeafNode, Uint8Array>> {
    const records = await store.getMany(leaves.map(({ key }) => valueKey(key)));
    return new Map(leaves.map((leaf, i) => {
      const record = records[i];
      if (record === undefined) throw new StateError('STATE_CORRUPT', 'a leaf of the tree has no value in the store');
      return [leaf, record];
    }));
  }

  /** Records that are written over although no tree has them: a drop left them, and earlier heights read them. */
  async function readStale(chain: readonly TreeView[]): Promise<Map<string, Uint8Array | undefined>> {
    const keys = writesBelowDrops(chain, dropped);
    const records = await store.getMany(keys.map(valueKey));
    return new Map(keys.map((key, i) => [toHex(key), records[i]]));
  }

  /** Deletes what only heights below `horizon` need: what the blocks up to it put an end to, and older roots. */
  async function pruneOps(horizon: number): Promise<StoreOp[]> {
    const ops: StoreOp[] = [];
    if (horizon <= 0) return ops;
    for await (const [key, part] of store.iterate({ gte: journalKey(0), lt: journalKey(horizon + 1) })) {
      ops.push({ type: 'delete', key });
      for (const page of pageKeysOfPart(part)) ops.push({ type: 'delete', key: page });
    }
    // The newest root at or below the horizon is that of the horizon. Forward: below the roots an engine would look through all pages that were deleted lately.
    let newest: Uint8Array | undefined;
    for await (const [key] of store.iterate({ gte: rootKey(0), lt: rootKey(horizon + 1) })) {
      if (newest !== undefined) ops.push({ type: 'delete', key: newest });
      newest = key;
    }
    return ops;
  }

  function drop(views: readonly StateView[]): void {
    for (const view of views) {
      const overlay = view as TreeView;
      if (overlay === base || overlay.parent === undefined) continue;
      discard(overlay);
    }
    dropStrangers();
  }

  /** Overlays whose ancestors do not lead to the base. */
  function dropStrangers(): void {
    const kept = new Set<TreeView>([base]);
    for (const overlay of [...overlays.values()].flat()) {
      const way: TreeView[] = [];
      let above: TreeView | undefined = overlay;
      for (; above !== undefined && !kept.has(above) && !above.dropped; above = above.parent) way.push(above);
      const leadsToBase = above !== undefined && kept.has(above);
      for (const view of way) {
        if (leadsToBase) kept.add(view);
        else discard(view);
      }
    }
  }

  function discard(view: TreeView): void {
    view.dropped = true;
    forget(view);
  }

  function forget(overlay: TreeView): void {
    const name = toHex(overlay.root);
    const rest = overlays.get(name)?.filter((other) => other !== overlay) ?? [];
    if (rest.length > 0) overlays.set(name, rest);
    else overlays.delete(name);
  }

  async function asOf(height: Height): Promise<StateView | undefined> {
    assertOpen();
    if (height === base.height) return base;
    if (height > base.height || height < 0 || height < base.height - retentionBlocks) return undefined;
    for await (const [, record] of store.iterate({ gte: rootKey(0), lt: rootKey(height + 1), reverse: true, limit: 1 })) return createTreeView(height, treeFromRecord(record), parts);
    return undefined;
  }

  async function close(): Promise<void> {
    status = 'closed';
    overlays.clear();
  }

  function assertOpen(): void {
    if (status === 'closed') throw new StateError('STATE_CLOSED', 'the state is closed');
    if (status === 'failed') throw new StateError('STATE_FAILED', 'a flush failed: open the state again');
  }

  function known(view: StateView): TreeView {
    const tree = view as TreeView;
    if (tree === base || overlays.get(toHex(view.root))?.includes(tree) === true) return tree;
    throw new StateError('STATE_VIEW_UNKNOWN', 'the view is neither the base nor an overlay above it');
  }
}

function treeFromRecord(record: Uint8Array | undefined): TreeNode | undefined {
  if (record === undefined) throw new StateError('STATE_CORRUPT', 'the root of a height is not in the store');
  return record.length === 0 ? undefined : pageFromBytes(record, 0).at(-1);
}

function sortedWrites(writes: readonly StateWrite[]): StateWrite[] {
  for (const { key, value } of writes) {
    assertKey(key);
    if (value !== undefined && value.length > STATE_VALUE_BYTES_MAX) throw new StateError('STATE_VALUE_LENGTH', `expected a value of at most ${STATE_VALUE_BYTES_MAX} bytes, found ${value.length}`);
  }
  const sorted = [...writes].sort((a, b) => compareBytes(a.key, b.key));
  sorted.forEach(({ key }, i) => {
    if (i > 0 && equalBytes(key, (sorted[i - 1] as StateWrite).key)) throw new StateError('STATE_KEY_TWICE', 'a key is written twice in one block', { key: toHex(key) });
  });
  return sorted;
}
