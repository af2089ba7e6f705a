import { type BlockId, equalBytes } from '@vsys/primitives';
import type { Chain, ChainBlock } from '@vsys/consensus';
import { blockId } from '@vsys/data-format';
import type { UndoneBlocks } from './undone-blocks.ts';

/** From a block that was head once to the head now. */
export interface Path {
  /** Newest first. */
  readonly undone: readonly ChainBlock[];
  /** Oldest first. */
  readonly applied: readonly ChainBlock[];
  readonly head: ChainBlock;
}

/**
 * Finds the way from `after` to the head. `done` is called in the same turn in which the head is read, so that the caller misses no
 * change of it; with undefined when `after` is unknown or further than `blocksMax` away.
 *
 * What is final does not change and may be awaited. What lies above is read at once, from memory.
 */
export async function pathFrom(chain: Chain, known: UndoneBlocks, after: BlockId, blocksMax: number, done: (path: Path | undefined) => void): Promise<void> {
  const { treeView } = chain;
  const undone: ChainBlock[] = [];
  let at = after;
  while (!(treeView.get(at) !== undefined && treeView.isAncestor(at, chain.head.id))) {
    const block = treeView.get(at) ?? known.get(at);
    if (block === undefined || undone.length >= blocksMax) break;
    undone.push({ id: block.id, height: block.height, header: block.header });
    at = block.header.parent;
  }
  const common = treeView.get(at) ?? await finalBlock(chain, at);
  if (common === undefined) return done(undefined);
  const applied: ChainBlock[] = [];
  for (let height = common.height + 1; height <= chain.final.height; height++) {
    if (chain.head.height - common.height > blocksMax) return done(undefined);
    const sealed = await chain.at(height);
    if (sealed === undefined) return done(undefined);
    applied.push({ id: blockId(sealed.header), height, header: sealed.header });
  }
  const { head } = chain;
  const above = branchAbove(chain, Math.max(common.height, chain.final.height));
  done(applied.length + above.length + undone.length > blocksMax ? undefined : { undone, applied: [...applied, ...above], head });
}

/** A block below the tree, which is canonical for good; undefined when it is not known. */
async function finalBlock(chain: Chain, id: BlockId): Promise<{ readonly height: number } | undefined> {
  if (equalBytes(id, chain.genesis.id)) return chain.genesis;
  return (await chain.blockById(id))?.header;
}

/** The head's branch above a height, oldest first. */
function branchAbove({ treeView, head }: Chain, height: number): ChainBlock[] {
  const blocks: ChainBlock[] = [];
  for (let block = treeView.get(head.id); block !== undefined && block.height > height; block = treeView.get(block.parent)) {
    blocks.push({ id: block.id, height: block.height, header: block.header });
  }
  return blocks.reverse();
}
