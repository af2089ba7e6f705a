import { type AccountId, type BlockId, type ChainId, type Clock, equalBytes, invariant } from '@vsys/primitives';
import { type Block, blockId, bodyRoot, type ChainSpec, type Header, headerBytesMax, historyRoot, receiptsRoot } from '@vsys/data-format';
import type { BlockTree } from '@vsys/block-tree';
import type { State, StateView } from '@vsys/state';
import { type CheckedTransaction, executeBlock, type ExecutionRules, type Mempool } from '@vsys/transaction';
import type { BlockData } from './block-data.ts';
import { createBuildRoom } from './build-room.ts';
import type { BuildRequest } from './engine.ts';
import type { BuiltBlock } from './engine-host.ts';
import type { AuthoredHeader, HeaderRules } from './rules.ts';

/** What an execution left, of a block that was built or imported. */
export interface ExecutedBody {
  readonly view: StateView;
  readonly receipts: BlockData['receipts'];
  readonly checked: readonly CheckedTransaction[];
}

export interface BlockBuilderParts {
  readonly spec: ChainSpec;
  readonly chainId: ChainId;
  readonly tree: BlockTree<BlockData>;
  readonly state: State;
  readonly pool: Mempool;
  readonly rules: HeaderRules<unknown>;
  readonly execution: ExecutionRules;
  readonly clock: Clock;
  /** Who makes a block on a parent of this context. */
  readonly authorOf: (parent: unknown, child: AuthoredHeader) => { readonly author?: AccountId };
}

export interface BlockBuilder {
  /** Fills a body on a parent, and the header for it. Undefined where nothing may be built there any more. */
  build(request: BuildRequest): Promise<BuiltBlock<Omit<Block, 'seal'>> | undefined>;
  /** Gives away what the execution of the block left that was built last, if it is this one: the same pure function already ran on the same arguments. */
  take(header: Header, id: BlockId, parent: unknown): ExecutedBody | undefined;
}

/** Makes the bodies and headers of a chain's own blocks; remembers the last one, whose import needs no second execution. */
export function createBlockBuilder({ spec, chainId, tree, state, pool, rules, execution, clock, authorOf }: BlockBuilderParts): BlockBuilder {
  const buildRoom = createBuildRoom({ bytesMin: spec.limits.transactionBytesMax, bytesMax: spec.limits.blockBytesMax - headerBytesMax });
  let last: (ExecutedBody & { readonly id: BlockId; readonly header: Header }) | undefined;

  async function build({ on, timeMs, ext, deadlineMs, empty = false, aside = false }: BuildRequest): Promise<BuiltBlock<Omit<Block, 'seal'>> | undefined> {
    const parent = tree.get(on);
    if (parent === undefined || !parent.executed || parent.data === undefined) return undefined;
    // Imports came first in the queue: what is built beside a head that they brought is lost.
    if (!aside && parent !== tree.head && tree.isAncestor(on, tree.head.id)) return undefined;
    const { view: parentView, history } = parent.data;
    const context = rules.decode(parent.context);
    const height = parent.height + 1;
    const beganMs = clock.nowMs();
    const candidates = empty ? [] : await pool.candidates(parentView, height, { bytesMax: buildRoom.bytes, gasMax: spec.limits.blockGasMax });
    const done = await executeBlock(execution, parentView, { chainId, height, timeMs, parent: on }, candidates, { skip: true, ...authorOf(context, { height, timeMs, ext }) });
    invariant(done.ok, 'a block that may skip is never refused');
    const { writes, receipts, gasUsed } = done.value;
    const transactions = done.value.included.map(({ bytes }) => bytes);
    if (last !== undefined) state.drop([last.view]);
    const view = await state.fork(parentView, height, writes);
    const { nextSeatSetRoot: seatSetRoot } = parent.header;
    const promised = (await rules.complete?.(context, { height, timeMs, ext, seatSetRoot, nextSeatSetRoot: seatSetRoot }, view)) ?? { ext, nextSeatSetRoot: seatSetRoot };
    const header: Header = {
      version: 1, chainId, height, parent: on, timeMs, bodyRoot: bodyRoot(transactions), receiptsRoot: receiptsRoot(receipts), stateRoot: view.root, seatSetRoot,
      ...promised, historyRoot: historyRoot(history), gasUsed,
      ...(parent.header.mainReference === undefined ? {} : { mainReference: parent.header.mainReference }),
    };
    const id = blockId(header);
    last = { id, header, view, receipts, checked: done.value.included };
    // Others execute it before the next slot begins: the building may have half of what is left for both.
    if (!empty) buildRoom.took({ bytes: candidates.reduce((sum, { bytes }) => sum + bytes.length, 0), tookMs: clock.nowMs() - beganMs, wantedMs: (deadlineMs - beganMs) / 2 });
    return { id, header, block: { header, transactions } };
  }

  /** `ext` may be another by now, as it is where a module searches for it. Execution knows nothing of it but the author. */
  function isBuilt(built: { readonly id: BlockId; readonly header: Header }, header: Header, id: BlockId, parent: unknown): boolean {
    if (equalBytes(built.id, id)) return true;
    if (built.header.timeMs !== header.timeMs || !equalBytes(built.header.parent, header.parent) || !equalBytes(blockId({ ...header, ext: built.header.ext }), built.id)) return false;
    const [before, now] = [authorOf(parent, built.header).author, authorOf(parent, header).author];
    return before === undefined || now === undefined ? before === now : equalBytes(before, now);
  }

  return {
    build,
    take(header, id, parent) {
      if (last === undefined || !isBuilt(last, header, id, parent)) return undefined;
      const built = last;
      last = undefined;
      return built;
    },
  };
}
