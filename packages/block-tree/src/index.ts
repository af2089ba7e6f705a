export { createBlockTree, treeDefaults, TreeError } from './block-tree.ts';
export type { BlockTreeOptions } from './block-tree.ts';
export type { BlockTree, FinalCode, TreeCode, TreeEntry, TreeLimits, TreeNode, TreePath } from './model.ts';
export { createOrphanPool, orphanDefaults } from './orphan-pool.ts';
export type { Orphan, OrphanCode, OrphanLimits, OrphanPool } from './orphan-pool.ts';
export { compareRanks } from './rank.ts';
export type { Rank } from './rank.ts';
