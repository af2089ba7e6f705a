import type { Header } from '@vsys/data-format';
import type { BlockId, Height, Verdict } from '@vsys/primitives';
import type { Rank } from './rank.ts';

/** What a block brings into the tree after the consensus module accepted its header. */
export interface TreeEntry<D = unknown> {
  readonly id: BlockId;
  readonly header: Header;
  readonly seal: Uint8Array;
  /** `null`: stored and executable, but never head until certified: see `BlockTree.certify`. */
  readonly rank: Rank | null;
  /** Context of the consensus module after this block, encoded. */
  readonly context: Uint8Array;
  /** It arrived in its own time. A local fact, never hashed. */
  readonly timely?: boolean;
  /** Whatever the owner of the tree keeps with a block. */
  readonly data?: D;
}

/** A block in the tree. Read-only outside; `data` belongs to the owner of the tree. */
export interface TreeNode<D = unknown> {
  readonly id: BlockId;
  readonly parent: BlockId;
  readonly height: Height;
  readonly timeMs: number;
  readonly header: Header;
  readonly seal: Uint8Array;
  readonly context: Uint8Array;
  readonly rank: Rank | null;
  readonly timely: boolean;
  readonly executed: boolean;
  /** False while the block may not be head, such as when its main-chain reference left the canonical chain. Not a fault. */
  readonly eligible: boolean;
  data: D | undefined;
}

export interface TreeLimits {
  /** Blocks above final. 100,000 are about 25 MB without `data`. */
  readonly nodesMax: number;
  /** Ids of invalid blocks that are remembered, so that sending one again costs nothing. */
  readonly invalidMax: number;
}

export type TreeCode = 'TREE_UNKNOWN_PARENT' | 'TREE_DUPLICATE' | 'TREE_BELOW_FINAL' | 'TREE_FULL' | 'TREE_INVALID' | 'TREE_HEIGHT';
export type FinalCode = 'TREE_UNKNOWN_BLOCK' | 'TREE_NOT_EXECUTED' | 'TREE_BELOW_FINAL' | 'TREE_HEAD_ELSEWHERE';

/** From one block to another: first undo these, from the top down; then apply those, from the bottom up. */
export interface TreePath<D = unknown> {
  readonly revert: readonly TreeNode<D>[];
  readonly apply: readonly TreeNode<D>[];
}

/** Branches above the final block, in memory. Knows no rule: it compares ranks that others computed. */
export interface BlockTree<D = unknown> {
  /** The block whose state is in use. Moves only by `setHead`, after the branch was executed aside. */
  readonly head: TreeNode<D>;
  readonly final: TreeNode<D>;
  /** A filter of the head: the head descends from it. Final, until `setJustified`. */
  readonly justified: TreeNode<D>;
  /** Justified when the head stands on it, else final. */
  readonly safe: TreeNode<D>;
  /** Blocks in memory, final included. */
  readonly size: number;
  get(id: BlockId): TreeNode<D> | undefined;
  children(id: BlockId): readonly TreeNode<D>[];
  /** Blocks without children. */
  leaves(): readonly TreeNode<D>[];
  /** What `insertHeader` would say, without inserting: the owner asks before it makes a block durable. Holds until the tree is changed. */
  canInsert(id: BlockId, header: Header): Verdict<void, TreeCode>;
  insertHeader(entry: TreeEntry<D>): Verdict<TreeNode<D>, TreeCode>;
  /** Its parent must be executed. Throws on an unknown block. */
  markExecuted(id: BlockId): void;
  /** Removes a block that is not executed, and all its descendants; remembers them by `code`. Returns what it removed. */
  markInvalid(id: BlockId, code: string): readonly TreeNode<D>[];
  /** The code that a block was found invalid with, as long as it is remembered. */
  invalidCode(id: BlockId): string | undefined;
  /**
   * Gives a block without a rank the rank that its certificate brings, with the seal that holds it. From now on it may be head.
   * Throws on an unknown block, and on one that has a rank.
   */
  certify(id: BlockId, certified: Pick<TreeEntry<D>, 'seal' | 'context'> & { readonly rank: Rank }): void;
  setEligible(id: BlockId, eligible: boolean): void;
  /**
   * Highest rank among executed blocks whose whole branch above final is eligible, and which descend from final and justified.
   * Equal ranks: timely first, then the smaller time, then the smaller id.
   */
  bestHead(): TreeNode<D>;
  /** Moves the head to an executed block at or above final. */
  setHead(id: BlockId): void;
  setJustified(id: BlockId): Verdict<void, FinalCode>;
  /**
   * Moves final up to an executed ancestor of the head (or the head itself) and forgets what does not descend from it.
   * `finalised` are the newly final blocks, lowest first; `pruned` are those on other branches.
   */
  setFinal(id: BlockId): Verdict<{ readonly finalised: readonly TreeNode<D>[]; readonly pruned: readonly TreeNode<D>[] }, FinalCode>;
  /** True also when both are one block. */
  isAncestor(ancestor: BlockId, descendant: BlockId): boolean;
  /** Undefined above `id`, below final, and for unknown blocks. */
  ancestorAt(id: BlockId, height: Height): TreeNode<D> | undefined;
  /** Throws when a block is unknown. */
  path(from: BlockId, to: BlockId): TreePath<D>;
  /** Ids of the head's branch, highest first: ten in a row, then at doubling distances, then final. */
  locator(): readonly BlockId[];
}
