import type { StateWrite } from './state.ts';
import { pagesToWrite } from './flush-plan.ts';
import type { WrittenPage } from './flush-plan.ts';
import type { InnerNode, TreeNode } from './tree-node.ts';
import { missingForUpdate, updateTree } from './tree-update.ts';
import type { TreeUpdate } from './tree-update.ts';

type Load = (nodes: readonly InnerNode[]) => Promise<void>;

/** `updateTree` with what it needs loaded. Most often all of it is in memory, so it is tried first. */
export async function updateLoaded(tree: TreeNode | undefined, writes: readonly StateWrite[], height: number, operation: number, load: Load): Promise<TreeUpdate> {
  for (;;) {
    const updated = updateTree(tree, writes, height, operation);
    if (updated !== undefined) return updated;
    for (let missing = missingForUpdate(tree, writes, operation); missing.length > 0; missing = missingForUpdate(tree, writes, operation)) await load(missing);
  }
}

/** `pagesToWrite` with what they need loaded. */
export async function pagesLoaded(tree: TreeNode | undefined, load: Load): Promise<readonly WrittenPage[]> {
  for (;;) {
    const { pages, missing } = pagesToWrite(tree);
    if (missing.length === 0) return pages;
    await load(missing);
  }
}
