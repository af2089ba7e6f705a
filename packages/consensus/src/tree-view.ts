import type { BlockTree, TreeNode } from '@vsys/block-tree';
import type { TreeView, ViewedBlock } from './engine.ts';
import type { HeaderRules } from './rules.ts';

/** Shows a block tree to an engine: read-only, with contexts decoded once per block. */
export function createTreeView<C>(tree: BlockTree, rules: HeaderRules<C>): TreeView<C> {
  // By the bytes: those of a block change when it is certified.
  const contexts = new WeakMap<Uint8Array, C>();
  const view = (node: TreeNode): ViewedBlock<C> => ({
    id: node.id,
    height: node.height,
    parent: node.parent,
    timeMs: node.timeMs,
    header: node.header,
    seal: node.seal,
    rank: node.rank,
    executed: node.executed,
    get context(): C {
      const known = contexts.get(node.context);
      if (known !== undefined) return known;
      const context = rules.decode(node.context);
      contexts.set(node.context, context);
      return context;
    },
  });
  return {
    get head() {
      return view(tree.head);
    },
    get final() {
      return { id: tree.final.id, height: tree.final.height };
    },
    get justified() {
      return { id: tree.justified.id, height: tree.justified.height };
    },
    get: (id) => {
      const node = tree.get(id);
      return node === undefined ? undefined : view(node);
    },
    isAncestor: (ancestor, descendant) => tree.isAncestor(ancestor, descendant),
    ancestorAt: (id, height) => {
      const node = tree.ancestorAt(id, height);
      return node === undefined ? undefined : { id: node.id, height: node.height };
    },
  };
}
