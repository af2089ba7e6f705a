import { type BlockId, toHex } from '@vsys/primitives';
import type { Chain, ChainBlock } from '@vsys/consensus';

/** Headers of blocks that were head and are no more, also after the chain forgot their branch. */
export interface UndoneBlocks {
  get(id: BlockId): ChainBlock | undefined;
}

/** @param blocksMax - kept; the oldest go first */
export function rememberUndone(chain: Chain, blocksMax: number): UndoneBlocks {
  const blocks = new Map<string, ChainBlock>();
  chain.listen((event) => {
    if (event.kind !== 'head') return;
    for (const block of event.revert) {
      const hex = toHex(block.id);
      // Undone again: now the youngest.
      blocks.delete(hex);
      blocks.set(hex, block);
      if (blocks.size > blocksMax) blocks.delete(blocks.keys().next().value as string);
    }
  });
  return { get: (id) => blocks.get(toHex(id)) };
}
