import type { Height, StateRoot } from '@vsys/primitives';
import type { History } from './history.ts';
import { STATE_CHANGES_MAX, STATE_KEY_BYTES_MAX, STATE_RANGE_LIMIT_MAX, VALUE_KEPT_BYTES_MAX } from './limits.ts';
import type { PageCache } from './page-cache.ts';
import { proofToBytes } from './prove.ts';
import { StateError } from './state-error.ts';
import type { ChangesProof, ChangesRange, StateChange, StateRange, StateRow, StateView, StateWrite } from './state.ts';
import { recordHeight, recordValue } from './store-layout.ts';
import { scanChanges } from './tree-changes.ts';
import { rootHash } from './tree-node.ts';
import type { InnerNode, LeafNode, TreeNode } from './tree-node.ts';
import { findInMemory, scanKeys, scanRange } from './tree-scan.ts';

/** A view with what the state keeps about it. Values of its own writes are in its leaves until they are on disk. */
export interface TreeView extends StateView {
  readonly height: Height;
  readonly tree: TreeNode | undefined;
  /** The overlay below; undefined at the base and below. */
  parent: TreeView | undefined;
  /** What it wrote, sorted, and what the tree below had in its place (`TreeUpdate`); emptied when it is on disk. */
  writes: readonly StateWrite[];
  /** Prefixes that it cut off the tree. */
  drops: readonly Uint8Array[];
  replaced: readonly (LeafNode | undefined)[];
  endedPages: readonly InnerNode[];
  dropped: boolean;
  /** Of the state that it belongs to. */
  readonly pages: PageCache;
  /** Bytes of a proof that shows these nodes; called inside an operation that has them loaded. */
  prove(shown: ReadonlyMap<TreeNode, number>): Promise<Uint8Array>;
  valuesOf(leaves: readonly LeafNode[]): Promise<readonly Uint8Array[]>;
}

export interface TreeViewParts {
  readonly history: History;
  readonly pages: PageCache;
  readonly assertOpen: () => void;
}

/** A view is read beside another, of which the caller has no more than the interface. */
const views = new WeakMap<StateView, TreeView>();

export function createTreeView(height: Height, tree: TreeNode | undefined, parts: TreeViewParts): TreeView {
  const { history, pages } = parts;
  const root: StateRoot = rootHash(tree);
  const view: TreeView = { root, height, tree, parent: undefined, writes: [], drops: [], replaced: [], endedPages: [], dropped: false, pages, get, getMany, range, proveKeys, proveRange, proveChanges, prove, valuesOf };
  views.set(view, view);
  return view;

  async function get(key: Uint8Array): Promise<Uint8Array | undefined> {
    return (await getMany([key]))[0];
  }

  /** Goes through what is in memory of the tree; below it the record on disk is the answer. */
  async function getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    assertUsable();
    const values: (Uint8Array | undefined)[] = [];
    const unread: number[] = [];
    const ends: (TreeNode | undefined)[] = [];
    for (const [i, key] of keys.entries()) {
      assertKey(key);
      const end = findInMemory(tree, key);
      if (end?.kind === 'leaf' && end.value !== undefined) values[i] = end.value;
      else {
        values[i] = undefined;
        if (end === undefined) continue;
        unread.push(i);
        ends.push(end);
      }
    }
    if (unread.length === 0) return values;
    const wanted = unread.map((i) => keys[i] as Uint8Array);
    let records = await history.recordsAt(wanted, height, (n) => ends[n]?.kind === 'leaf');
    if (height < history.height && records.some((record, n) => record === undefined && ends[n]?.kind === 'inner')) records = await recordsByTree(wanted);
    assertUsable();
    for (const [n, i] of unread.entries()) values[i] = keep(ends[n] as TreeNode, records[n]);
    return values;
  }

  /** For a height below the base: whether a key was there then is known from the tree alone. */
  async function recordsByTree(keys: readonly Uint8Array[]): Promise<(Uint8Array | undefined)[]> {
    return pages.run(async (operation) => {
      const scan = scanKeys(tree, keys, operation);
      await loadAll(() => scan.step());
      const isThere = scan.ends.map((end) => end !== undefined);
      return history.recordsAt(keys, height, (n) => isThere[n] as boolean);
    });
  }

  /** The value of a record, which stays with its leaf when it is small. */
  function keep(end: TreeNode, record: Uint8Array | undefined): Uint8Array | undefined {
    if (record === undefined) return undefined;
    const value = recordValue(record);
    if (end.kind === 'leaf' && value.length <= VALUE_KEPT_BYTES_MAX) {
      end.value = value;
      end.height = recordHeight(record);
    }
    return value;
  }

  async function range(wanted: StateRange): Promise<readonly StateRow[]> {
    assertRange(wanted);
    return pages.run(async (operation) => {
      const { result } = await complete(() => scanRange(tree, wanted, operation));
      return rowsOf(result.leaves);
    });
  }

  async function proveKeys(keys: readonly Uint8Array[]): Promise<Uint8Array> {
    keys.forEach(assertKey);
    return pages.run(async (operation) => {
      const scan = scanKeys(tree, keys, operation);
      await loadAll(() => scan.step());
      return prove(scan.shown);
    });
  }

  async function proveRange(wanted: StateRange): Promise<{ rows: readonly StateRow[]; proof: Uint8Array; more: boolean }> {
    assertRange(wanted);
    return pages.run(async (operation) => {
      const { result, shown } = await complete(() => scanRange(tree, wanted, operation));
      return { rows: await rowsOf(result.leaves), proof: await prove(shown), more: result.more };
    });
  }

  /** The first pass finds where the limit cuts the range, the second shows what is before it. */
  async function proveChanges(since: StateView, wanted: ChangesRange, limit: number): Promise<{ changes: readonly StateChange[]; proof: ChangesProof; end: Uint8Array | undefined }> {
    assertRange({ ...wanted, limit: 0 });
    if (!Number.isInteger(limit) || limit < 1 || limit > STATE_CHANGES_MAX) throw new StateError('STATE_RANGE', `expected a limit from 1 to ${STATE_CHANGES_MAX}, found ${limit}`);
    const other = views.get(since);
    if (other === undefined || other.pages !== pages) throw new StateError('STATE_RANGE', 'the other view is of another state');
    return pages.run(async (operation) => {
      const found = await complete(() => scanChanges(other.tree, tree, wanted, limit + 1, operation));
      const next = found.changes[limit];
      const end = (next?.before ?? next?.after)?.key;
      const { changes, shownBefore, shownAfter } = end === undefined ? found : await complete(() => scanChanges(other.tree, tree, { from: wanted.from, to: end }, Infinity, operation));
      const before = await other.valuesOf(changes.flatMap((change) => change.before ?? []));
      const after = await valuesOf(changes.flatMap((change) => change.after ?? []));
      let [b, a] = [0, 0];
      return {
        changes: changes.map((change): StateChange => ({
          key: ((change.after ?? change.before) as LeafNode).key,
          before: change.before === undefined ? undefined : before[b++], after: change.after === undefined ? undefined : after[a++],
        })),
        proof: { before: await other.prove(shownBefore), after: await prove(shownAfter) }, end,
      };
    });
  }

  async function complete<S extends { readonly missing: readonly InnerNode[] }>(scan: () => S): Promise<S> {
    let done = scan();
    await loadAll(() => done.missing, () => {
      done = scan();
    });
    return done;
  }

  async function loadAll(missing: () => readonly InnerNode[], onLoaded: () => void = () => {}): Promise<void> {
    assertUsable();
    for (let nodes = missing(); nodes.length > 0; nodes = missing()) {
      await pages.load(nodes);
      assertUsable();
      onLoaded();
    }
  }

  async function rowsOf(leaves: readonly LeafNode[]): Promise<StateRow[]> {
    const values = await valuesOf(leaves);
    return leaves.map((leaf, i) => ({ key: leaf.key, value: values[i] as Uint8Array }));
  }

  /** The nodes shown are those of the operation, so they stay loaded while the values are read. */
  async function prove(shown: ReadonlyMap<TreeNode, number>): Promise<Uint8Array> {
    const leaves = [...shown.keys()].filter((node) => node.kind === 'leaf');
    const values = await valuesOf(leaves);
    const byLeaf = new Map(leaves.map((leaf, i) => [leaf, values[i] as Uint8Array]));
    return proofToBytes(tree, shown, (leaf) => byLeaf.get(leaf) as Uint8Array);
  }

  async function valuesOf(leaves: readonly LeafNode[]): Promise<readonly Uint8Array[]> {
    const values = leaves.map((leaf) => leaf.value);
    const unread = leaves.flatMap((_, i) => (values[i] === undefined ? [i] : []));
    const read = unread.length === 0 ? [] : await history.recordsAt(unread.map((i) => (leaves[i] as LeafNode).key), height, () => true);
    assertUsable();
    for (const [n, i] of unread.entries()) values[i] = keep(leaves[i] as LeafNode, read[n]);
    if (values.includes(undefined)) throw new StateError('STATE_CORRUPT', 'a leaf of the tree has no value in the store');
    return values as Uint8Array[];
  }

  function assertUsable(): void {
    parts.assertOpen();
    if (view.dropped) throw new StateError('STATE_VIEW_DROPPED', `the view at height ${height} does not descend from the base`);
  }
}

export function assertKey(key: Uint8Array): void {
  if (key.length > STATE_KEY_BYTES_MAX) throw new StateError('STATE_KEY_LENGTH', `expected a key of at most ${STATE_KEY_BYTES_MAX} bytes, found ${key.length}`);
}

function assertRange(range: StateRange): void {
  assertKey(range.from);
  if (range.to !== undefined) assertKey(range.to);
  if (!Number.isInteger(range.limit) || range.limit < 0 || range.limit > STATE_RANGE_LIMIT_MAX) throw new StateError('STATE_RANGE', `expected a limit from 0 to ${STATE_RANGE_LIMIT_MAX}, found ${range.limit}`);
}
