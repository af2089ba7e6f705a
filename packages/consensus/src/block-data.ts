import { invariant } from '@vsys/primitives';
import type { TreeNode } from '@vsys/block-tree';
import type { BlockHistory, Receipt } from '@vsys/data-format';
import type { StateView } from '@vsys/state';
import type { CheckedTransaction } from '@vsys/transaction';

/** What the chain keeps with each block above final; dropped when it becomes final or is pruned. */
export interface BlockData {
  readonly view: StateView;
  /** Its record in the log; undefined for the base a node started from. */
  readonly sequence: number | undefined;
  readonly checked: readonly CheckedTransaction[];
  readonly receipts: readonly Receipt[];
  /** Of all blocks up to this one, itself included: what a child's header commits to. */
  readonly history: BlockHistory;
  /** Height that the header made final, by the module's rules. */
  readonly finalises: number | undefined;
}

/** @param node - the final block, or one above it */
export function blockDataOf(node: TreeNode<BlockData>): BlockData {
  invariant(node.data !== undefined, 'a block above final keeps its data', { height: node.height });
  return node.data;
}
