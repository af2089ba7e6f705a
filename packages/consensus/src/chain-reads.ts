import { type BlockId, equalBytes, type Height } from '@vsys/primitives';
import type { BlockTree, TreeNode } from '@vsys/block-tree';
import { type Block, blockFromBytes, blockId, type SealedHeader } from '@vsys/data-format';
import type { State, StateView } from '@vsys/state';
import type { BlockLog, Store } from '@vsys/store';
import type { BlockData } from './block-data.ts';
import type { Chain, ChainBlock } from './chain.ts';
import { ChainError } from './chain-error.ts';
import type { HeaderJump, HeaderRules } from './rules.ts';
import { finalBlockAt, finalBlocksFrom, finalHeightOf } from './chain-index.ts';

export interface ChainReadsParts {
  readonly tree: BlockTree<BlockData>;
  readonly store: Store;
  readonly log: BlockLog;
  readonly state: State;
  readonly rules: HeaderRules<unknown>;
  /** Blocks that are final in the tree, and on the way into the store. */
  readonly landing: () => readonly TreeNode<BlockData>[];
}

/** Reads of blocks and of the state after them: above final from memory, below it from the store, and in between from both. */
export type ChainReads = Pick<Chain, 'has' | 'at' | 'blockById' | 'headersAfter' | 'jump' | 'stateAt'>;

export function createChainReads({ tree, store, log, state, rules, landing }: ChainReadsParts): ChainReads {
  async function at(height: Height): Promise<SealedHeader | undefined> {
    if (height > tree.final.height) {
      const node = tree.ancestorAt(tree.head.id, height);
      return node === undefined ? undefined : { header: node.header, seal: node.seal };
    }
    const node = landing().find((one) => one.height === height);
    return node === undefined ? (await finalBlockAt(store, height))?.sealed : { header: node.header, seal: node.seal };
  }

  /** In memory: above final, final itself, or on its way into the store. */
  function nodeOf(id: BlockId): TreeNode<BlockData> | undefined {
    return tree.get(id) ?? landing().find((one) => equalBytes(one.id, id));
  }

  async function blockById(id: BlockId): Promise<Block | undefined> {
    const node = nodeOf(id);
    let sequence = node?.data?.sequence;
    let seal = node?.seal;
    if (sequence === undefined) {
      const height = await finalHeightOf(store, id);
      const final = height === undefined ? undefined : await finalBlockAt(store, height);
      sequence = final?.sequence;
      seal = final?.sealed.seal;
    }
    if (sequence === undefined || seal === undefined) return undefined;
    const block = blockFromBytes(await log.read(sequence));
    if (!block.ok) throw new ChainError('CHAIN_REPLAY', `record ${sequence} of the block log is no block`, { reason: block.code });
    // What certified a block came after its record.
    return { ...block.value, seal };
  }

  async function headersAfter(locator: readonly BlockId[], max: number): Promise<readonly SealedHeader[]> {
    let from = 0;
    for (const id of locator) {
      const node = tree.get(id);
      const isCanonical = node === undefined ? landing().some((one) => equalBytes(one.id, id)) : tree.isAncestor(id, tree.head.id);
      const height = isCanonical ? nodeOf(id)?.height : await finalHeightOf(store, id);
      if (height === undefined) continue;
      from = height;
      break;
    }
    const headers = from < tree.final.height ? (await finalBlocksFrom(store, from + 1, max)).map(({ sealed }) => sealed) : [];
    for (let height = from + headers.length + 1; headers.length < max && height <= tree.head.height; height++) {
      const next = await at(height);
      // A head that moves meanwhile: what is there still links, the rest is asked for again.
      if (next === undefined || (headers.length > 0 && !equalBytes(next.header.parent, blockId((headers.at(-1) as SealedHeader).header)))) break;
      headers.push(next);
    }
    return headers;
  }

  async function jump(from: BlockId, to: Height): Promise<HeaderJump | undefined> {
    const height = nodeOf(from)?.height ?? (await finalHeightOf(store, from));
    return height === undefined || height > tree.final.height ? undefined : await rules.prove?.(height, Math.min(to, tree.final.height), at);
  }

  async function stateAt(height?: Height): Promise<{ view: StateView; at: ChainBlock } | undefined> {
    if (height === undefined || height > tree.final.height) {
      const node = height === undefined ? tree.head : tree.ancestorAt(tree.head.id, height);
      return node?.data === undefined ? undefined : { view: node.data.view, at: chainBlockOf(node) };
    }
    const node = landing().find((one) => one.height === height);
    if (node?.data !== undefined) return { view: node.data.view, at: chainBlockOf(node) };
    const view = await state.asOf(height);
    const block = view === undefined ? undefined : await finalBlockAt(store, height);
    return view === undefined || block === undefined ? undefined : { view, at: { id: block.id, height, header: block.sealed.header } };
  }

  return { has: async (id) => nodeOf(id) !== undefined || (await finalHeightOf(store, id)) !== undefined, at, blockById, headersAfter, jump, stateAt };
}

export function chainBlockOf(node: TreeNode<BlockData>): ChainBlock {
  return { id: node.id, height: node.height, header: node.header };
}
