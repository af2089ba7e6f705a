import type { StateWrite } from './state.ts';
import { pagesToWrite } from './flush-plan.ts';
import type { WrittenPage } from './page-codec.ts';
import { cutTree } from './tree-cut.ts';
import type { InnerNode, TreeNode } from './tree-node.ts';
import { missingForUpdate, updateTree } from './tree-update.ts';
import type { TreeUpdate } from './tree-update.ts';

type Load = (nodes: readonly InnerNode[]) => Promise<void>;

/** What a block does to the tree: prefixes are cut off first, then the writes are done. */
export interface TreeChange {
  readonly drops: readonly Uint8Array[];
  readonly writes: readonly StateWrite[];
}

/** `updateTree` with what it needs loaded, and the prefixes of `drops` below which there was something. Most often all of it is in memory, so it is tried first. */
export async function updateLoaded(tree: TreeNode | undefined, { drops, writes }: TreeChange, height: number, operation: number, load: Load): Promise<TreeUpdate & { readonly dropped: readonly Uint8Array[] }> {
  for (;;) {
    const cut = cutTree(tree, drops, operation);
    if ('missing' in cut) {
      await load(cut.missing);
      continue;
    }
    const updated = updateTree(cut, writes, height, operation);
    if (updated !== undefined) return { ...updated, dropped: cut.found };
    for (let missing = missingForUpdate(cut.root, writes, operation); missing.length > 0; missing = missingForUpdate(cut.root, writes, operation)) await load(missing);
  }
}

/** `pagesToWrite` with what they need loaded. */
export async function pagesLoaded(tree: TreeNode | undefined, height: number, load: Load): Promise<readonly WrittenPage[]> {
  for (;;) {
    const { pages, missing } = pagesToWrite(tree, height);
    if (missing.length === 0) return pages;
    await load(missing);
  }
}
