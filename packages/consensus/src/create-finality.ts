import { invariant, type Logger, type Metrics } from '@vsys/primitives';
import { blockToBytes } from '@vsys/data-format';
import type { BlockTree, TreeNode } from '@vsys/block-tree';
import type { State } from '@vsys/state';
import type { BlockLog } from '@vsys/store';
import { type BlockData, blockDataOf } from './block-data.ts';
import { baseOps, finalBlockOps } from './chain-index.ts';
import type { BlockRef } from './rules.ts';
import type { TransactionStatuses } from './transaction-statuses.ts';

/** Blocks that one step makes final, with one batch of the store. Long silences of votes end in many of them. */
const FINALISED_AT_ONCE_MAX = 64;

export interface FinalityParts {
  readonly tree: BlockTree<BlockData>;
  readonly state: State;
  readonly log: BlockLog;
  readonly statuses: TransactionStatuses;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Runs a task in its turn among all that change the chain. */
  readonly write: <T>(task: () => Promise<T>) => Promise<T>;
  readonly raiseJustified: (ref: BlockRef) => void;
  readonly isClosed: () => boolean;
  readonly onFinal: (node: TreeNode<BlockData>) => void;
}

/** Makes blocks final: in the log where no header tells it, in the tree, in the state on disk. */
export interface Finality {
  /** Final in the tree, and on the way into the store: readers find them here meanwhile. */
  readonly landing: readonly TreeNode<BlockData>[];
  /** Resolves with the first step; the others follow in turns of their own. */
  finalise(ref: BlockRef): Promise<void>;
  /** What the log tells, all at once: nobody waits yet. */
  finaliseReplayed(ref: BlockRef): Promise<void>;
}

export function createFinality({ tree, state, log, statuses, logger, metrics, write, raiseJustified, isClosed, onFinal }: FinalityParts): Finality {
  let landing: readonly TreeNode<BlockData>[] = [];
  return {
    get landing() {
      return landing;
    },
    finalise,
    finaliseReplayed,
  };

  /** Makes it certain that the block will be final, whatever happens from now on. */
  async function promiseFinal(ref: BlockRef, isReplay = false): Promise<void> {
    const node = ref.height <= tree.final.height ? undefined : tree.get(ref.id);
    if (node?.executed !== true || !tree.isAncestor(ref.id, tree.head.id)) return;
    // What no header tells, a replay could not: the log remembers it before anybody hears of it.
    const isTold = (blockDataOf(tree.head).finalises ?? 0) >= ref.height;
    if (!isReplay && !isTold) await log.append([blockToBytes({ header: node.header, seal: node.seal, transactions: [] })]);
    // The head may not leave for another branch between two steps.
    if (ref.height - tree.final.height > FINALISED_AT_ONCE_MAX) raiseJustified(ref);
  }

  /** Moves final up towards the block, by so many blocks at most that neither a batch of the store nor the wait of others grows with what was not final. True when no step is left. */
  async function stepFinal(ref: BlockRef): Promise<boolean> {
    if (ref.height <= tree.final.height) return true;
    const isLast = ref.height - tree.final.height <= FINALISED_AT_ONCE_MAX;
    const moved = tree.setFinal(isLast ? ref.id : (tree.ancestorAt(ref.id, tree.final.height + FINALISED_AT_ONCE_MAX)?.id ?? ref.id));
    if (!moved.ok) {
      logger.warn('block cannot be final', { code: moved.code, height: ref.height });
      return true;
    }
    const { finalised, pruned } = moved.value;
    const ops = finalised.flatMap((node) => {
      const { sequence, checked, receipts } = blockDataOf(node);
      return finalBlockOps({ id: node.id, sealed: { header: node.header, seal: node.seal }, sequence }, checked.map(({ id }) => id), receipts);
    });
    const last = finalised.at(-1);
    invariant(last !== undefined && last.rank !== null, 'final moved to a ranked block');
    const { view, history, sequence } = blockDataOf(last);
    // Blocks above final were appended after it: replay begins behind its own record.
    ops.push(baseOps({ id: last.id, sealed: { header: last.header, seal: last.seal }, nextSequence: (sequence as number) + 1, rank: last.rank, context: last.context, history }));
    landing = finalised;
    await state.flush(view, ops);
    landing = [];
    for (const node of finalised) {
      statuses.exclude(node);
      if (node !== last) node.data = undefined;
    }
    last.data = { ...blockDataOf(last), checked: [], receipts: [] };
    for (const node of pruned) node.data = undefined;
    metrics.gauge('vsys_final_height', 'Height of the final block', last.height);
    onFinal(last);
    return isLast;
  }

  async function finaliseReplayed(ref: BlockRef): Promise<void> {
    await promiseFinal(ref, true);
    while (!(await stepFinal(ref)));
  }

  async function finalise(ref: BlockRef): Promise<void> {
    const isDone = await write(async () => {
      await promiseFinal(ref);
      return stepFinal(ref);
    });
    if (isDone) return;
    const goOn = async (): Promise<void> => {
      // A task of the queue for each step: what others wait for comes between two.
      while (!isClosed() && !(await write(() => stepFinal(ref))));
    };
    // The gate has heard of what fails.
    goOn().catch(() => undefined);
  }
}
