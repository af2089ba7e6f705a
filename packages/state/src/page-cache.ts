import { equalBytes, toHex } from '@vsys/primitives';
import type { History } from './history.ts';
import { pageFromBytes } from './page-codec.ts';
import { StateError } from './state-error.ts';
import { pageItem } from './store-layout.ts';
import { pageId } from './tree-node.ts';
import type { InnerNode } from './tree-node.ts';

/** Objects of a decoded page weigh about this many times its bytes. Measured. */
const OBJECT_FACTOR = 6;

/** Loads pages into the tree and unloads those that were not used for longest. */
export interface PageCache {
  /** Runs an operation that loads and then reads without a pause; what it visits, marked with its number, stays loaded till its end. */
  run<T>(operation: (number: number) => Promise<T>): Promise<T>;
  /** Gives the nodes their children, as of a height: one read for all. */
  load(nodes: readonly InnerNode[], height: number): Promise<void>;
  /** Counts a page that was written, so that it can be unloaded. */
  add(top: InnerNode, bytes: number): void;
  readonly bytes: number;
}

export function createPageCache(history: History, bytesMax: number): PageCache {
  const pages = new Map<InnerNode, { weight: number; seenAt: number }>();
  const running = new Set<number>();
  let bytes = 0;
  let operations = 0;
  return {
    run,
    load,
    add,
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

  async function load(nodes: readonly InnerNode[], height: number): Promise<void> {
    const ids = new Map<string, Uint8Array>();
    const names = nodes.map((node) => {
      const id = pageId(node);
      const name = toHex(id);
      ids.set(name, id);
      return name;
    });
    const read = await history.readAt([...ids.values()].map(pageItem), height);
    const byName = new Map([...ids.keys()].map((name, i) => [name, read[i]]));
    nodes.forEach((node, i) => {
      if (node.left !== undefined) return;
      const page = byName.get(names[i] as string);
      attach(node, page);
      add(node, page?.length ?? 0);
    });
  }

  function add(top: InnerNode, pageBytes: number): void {
    const weight = OBJECT_FACTOR * pageBytes;
    bytes += weight - (pages.get(top)?.weight ?? 0);
    pages.set(top, { weight, seenAt: operations });
    top.usedAt = Math.max(top.usedAt, operations);
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

/** The node may be anywhere in its page: another may have been put above it since it was loaded first. */
function attach(node: InnerNode, page: Uint8Array | undefined): void {
  const found = page === undefined ? undefined : pageFromBytes(page).find((other) => other.kind === 'inner' && other.left !== undefined && other.bit === node.bit && equalBytes(other.innerHash as Uint8Array, node.innerHash as Uint8Array));
  if (found?.kind !== 'inner') throw new StateError('STATE_VIEW_DROPPED', 'the page of a node is of another tree: the view does not descend from the base');
  node.left = found.left;
  node.right = found.right;
}
