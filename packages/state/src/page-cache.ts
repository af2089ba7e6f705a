import { toHex } from '@vsys/primitives';
import type { Store } from '@vsys/store';
import { isSameHash } from './hash-words.ts';
import { pageFromBytes } from './page-codec.ts';
import { StateError } from './state-error.ts';
import { pageKey } from './store-layout.ts';
import { innerHashed } from './tree-node.ts';
import type { InnerNode, TreeNode } from './tree-node.ts';

/** What a node weighs in memory with its arrays, a leaf with a value that stays. Measured: 920 for both, with a key of 20 bytes and a value of 32. */
const INNER_BYTES = 230;
const LEAF_BYTES = 690;

/** Loads pages into the tree and unloads those that were not used for longest. */
export interface PageCache {
  /** Runs an operation that loads and then reads without a pause; what it visits, marked with its number, stays loaded till its end. */
  run<T>(operation: (number: number) => Promise<T>): Promise<T>;
  /** Gives the nodes their children: one read for all. */
  load(nodes: readonly InnerNode[]): Promise<void>;
  /** Counts a page that was written, so that it can be unloaded. */
  add(top: InnerNode, inner: number, leaves: number): void;
  /** No longer counts a page that later trees do not have. Views of earlier ones keep it as long as they need it. */
  forget(top: InnerNode): void;
  readonly bytes: number;
}

export function createPageCache(store: Store, bytesMax: number): PageCache {
  const pages = new Map<InnerNode, { weight: number; seenAt: number }>();
  const running = new Set<number>();
  let bytes = 0;
  let operations = 0;
  return {
    run,
    load,
    add,
    forget,
    get bytes() {
      return bytes;
    },
  };

  async function run<T>(operation: (number: number) => Promise<T>): Promise<T> {
    const number = ++operations;
    running.add(number);
    try {
      return await operation(number);
    } finally {
      running.delete(number);
      if (bytes > bytesMax) unload();
    }
  }

  async function load(nodes: readonly InnerNode[]): Promise<void> {
    const keys = new Map<string, { readonly key: Uint8Array; readonly height: number }>();
    const names = nodes.map((node) => {
      const key = pageKey(node, node.savedAt);
      const name = toHex(key);
      keys.set(name, { key, height: node.savedAt });
      return name;
    });
    const wanted = [...keys.values()];
    const read = await store.getMany(wanted.map(({ key }) => key));
    const decoded = new Map([...keys.keys()].map((name, i) => {
      const page = read[i];
      return [name, page === undefined ? undefined : pageFromBytes(page, (wanted[i] as { height: number }).height)];
    }));
    for (const [i, node] of nodes.entries()) if (node.left === undefined) attach(node, decoded.get(names[i] as string));
  }

  /** The node may be anywhere in its page: another may have been put above it since it was loaded first. */
  function attach(node: InnerNode, page: readonly TreeNode[] | undefined): void {
    const found = page?.find((other) => other.kind === 'inner' && other.left !== undefined && other.bit === node.bit && isSameHash(innerHashed(other), innerHashed(node)));
    if (page === undefined || found?.kind !== 'inner') throw new StateError('STATE_VIEW_DROPPED', 'the page of a node is of another tree: the view does not descend from the base');
    node.left = found.left;
    node.right = found.right;
    const inner = page.filter(({ kind }) => kind === 'inner').length;
    add(node, inner, page.length - inner);
  }

  function add(top: InnerNode, inner: number, leaves: number): void {
    const weight = inner * INNER_BYTES + leaves * LEAF_BYTES;
    bytes += weight - (pages.get(top)?.weight ?? 0);
    pages.set(top, { weight, seenAt: operations });
    top.usedAt = Math.max(top.usedAt, operations);
  }

  function forget(top: InnerNode): void {
    bytes -= pages.get(top)?.weight ?? 0;
    pages.delete(top);
  }

  function unload(): void {
    const oldest = running.values().next().value ?? operations + 1;
    let rounds = pages.size;
    for (const [top, page] of pages) {
      if (bytes <= bytesMax || rounds-- === 0) return;
      pages.delete(top);
      if (top.usedAt >= oldest || top.usedAt > page.seenAt) {
        pages.set(top, { weight: page.weight, seenAt: top.usedAt });
        continue;
      }
      bytes -= page.weight;
      top.left = undefined;
      top.right = undefined;
    }
  }
}
