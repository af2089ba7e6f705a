import { invariant, toHex, type TransactionId } from '@vsys/primitives';
import type { TreeNode } from '@vsys/block-tree';
import type { Receipt } from '@vsys/data-format';
import type { Store } from '@vsys/store';
import type { Mempool } from '@vsys/transaction';
import { type BlockData, blockDataOf } from './block-data.ts';
import type { TransactionStatus } from './chain.ts';
import { finalBlockAt, finalTransaction } from './chain-index.ts';

/** Dropped transactions of which the reason is remembered, the newest. */
const DROPPED_MAX = 10_000;

/** Where transactions stand: in canonical blocks above final and dropped ones from memory, final ones from the store. */
export interface TransactionStatuses {
  isIncluded(idHex: string): boolean;
  /** A block became canonical. */
  include(node: TreeNode<BlockData>): void;
  /** A block is canonical no longer, or is in the store now. */
  exclude(node: TreeNode<BlockData>): void;
  drop(idHex: string, reason: string): void;
  /** It waits again. */
  undrop(idHex: string): void;
  of(id: TransactionId): Promise<TransactionStatus>;
}

export function createTransactionStatuses({ store, pool, safeHeight }: { store: Store; pool: Mempool; safeHeight: () => number }): TransactionStatuses {
  const included = new Map<string, { readonly node: TreeNode<BlockData>; readonly index: number }>();
  const dropped = new Map<string, string>();
  return {
    isIncluded: (idHex) => included.has(idHex),
    include(node) {
      for (const [index, { idHex }] of blockDataOf(node).checked.entries()) included.set(idHex, { node, index });
    },
    exclude(node) {
      for (const { idHex } of blockDataOf(node).checked) included.delete(idHex);
    },
    drop(idHex, reason) {
      if (dropped.size >= DROPPED_MAX) dropped.delete(dropped.keys().next().value as string);
      dropped.set(idHex, reason);
    },
    undrop: (idHex) => void dropped.delete(idHex),
    async of(id) {
      const hex = toHex(id);
      const found = included.get(hex);
      if (found !== undefined) {
        const { node, index } = found;
        return { kind: node.height <= safeHeight() ? 'safe' : 'included', height: node.height, blockId: node.id, index, receipt: node.data?.receipts[index] as Receipt };
      }
      if (pool.has(hex)) return { kind: 'pooled' };
      const final = await finalTransaction(store, id);
      if (final !== undefined) {
        const block = await finalBlockAt(store, final.height);
        invariant(block !== undefined, 'a final transaction lies in a final block');
        return { kind: 'final', ...final, blockId: block.id };
      }
      const reason = dropped.get(hex);
      return reason === undefined ? { kind: 'unknown' } : { kind: 'dropped', code: reason };
    },
  };
}
