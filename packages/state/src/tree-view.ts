import type { Height, StateRoot } from '@vsys/primitives';
import type { History } from './history.ts';
import { STATE_KEY_BYTES_MAX, STATE_RANGE_LIMIT_MAX, VALUE_KEPT_BYTES_MAX } from './limits.ts';
import type { PageCache } from './page-cache.ts';
import { proofToBytes } from './prove.ts';
import { StateError } from './state-error.ts';
import type { StateRange, StateRow, StateView, StateWrite } from './state.ts';
import { recordHeight, recordValue } from './store-layout.ts';
import { rootHash } from './tree-node.ts';
import type { InnerNode, LeafNode, TreeNode } from './tree-node.ts';
import { findInMemory, scanKeys, scanRange } from './tree-scan.ts';
import type { Scan } from './tree-scan.ts';

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
}

export interface TreeViewParts {
  readonly history: History;
  readonly pages: PageCache;
  readonly assertOpen: () => void;
}

export function createTreeView(height: Height, tree: TreeNode | undefined, parts: TreeViewParts): TreeView {
  const { history, pages } = parts;
  const root: StateRoot = rootHash(tree);
  const view: TreeView = { root, height, tree, parent: undefined, writes: [], drops: [], replaced: [], endedPages: [], dropped: false, get, getMany, range, proveKeys, proveRange };
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

  async function complete<T>(scan: () => Scan<T>): Promise<Scan<T>> {
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
