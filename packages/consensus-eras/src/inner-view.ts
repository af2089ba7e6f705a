import { invariant } from '@vsys/primitives';
import type { BlockId, Height } from '@vsys/primitives';
import type { BlockRef, TreeView, ViewedBlock } from '@vsys/consensus';
import type { Header } from '@vsys/data-format';
import { attemptAt } from './attempts.ts';
import type { ErasContext } from './context.ts';
import { ERAS_RANK_LENGTH } from './rules.ts';
import type { ErasRules, RuledEra } from './rules.ts';

export interface InnerViewOptions {
  readonly eras: readonly RuledEra[];
  readonly rules: ErasRules;
  readonly era: number;
  readonly nowMs: number;
}

/**
 * The tree as the engine of one era may see it: the last block of the era before is its genesis, what the old module built above that block is not
 * there, and where an attempt to end the era is over, the head is the last block of the era again, or the header that made a carrier justified.
 */
export function createInnerView(view: TreeView<ErasContext>, { eras, rules, era, nowMs }: InnerViewOptions): TreeView<unknown> {
  const beganAt = era === 0 ? undefined : (eras[era - 1]?.lastHeight as Height);
  const lastHeight = eras[era]?.lastHeight;

  const startBlock = (block: ViewedBlock<ErasContext>): ViewedBlock<unknown> => {
    const { context, rank, seatSetRoot } = rules.startOf(era, block.context);
    return { ...block, header: { ...block.header, ext: new Uint8Array(), seatSetRoot, nextSeatSetRoot: seatSetRoot }, seal: new Uint8Array(), rank, context };
  };
  const within = (block: ViewedBlock<ErasContext>): ViewedBlock<unknown> => ({
    ...block, header: innerHeaderOf(block), rank: block.rank === null ? null : block.rank.slice(ERAS_RANK_LENGTH),
    get context() {
      return block.context.inner;
    },
  });
  /** Only children of the last block of an era differ, and only those need their parent. */
  const innerHeaderOf = ({ header, height, parent }: ViewedBlock<ErasContext>): Header => {
    const above = height - 1 === beganAt || height - 1 === lastHeight ? view.get(parent) : undefined;
    const placed = above === undefined ? undefined : rules.place(above.context, header);
    return placed?.ok === true ? rules.innerHeader(placed.value, header) : header;
  };
  const shown = (block: ViewedBlock<ErasContext> | undefined): ViewedBlock<unknown> | undefined => {
    if (block?.context.era === era) return within(block);
    return block !== undefined && block.height === beganAt && block.context.era === era - 1 ? startBlock(block) : undefined;
  };
  const ancestorOfHead = (height: Height): ViewedBlock<unknown> => {
    const ref = view.ancestorAt(view.head.id, height);
    const block = ref === undefined ? undefined : shown(view.get(ref.id));
    invariant(block !== undefined, 'the last block of an era is in the tree while what follows it is not final', { height });
    return block;
  };
  /** Where the next attempt begins on the branch of the head. */
  const baseOfHead = (last: Height): ViewedBlock<unknown> => {
    let at: ViewedBlock<ErasContext> | undefined = view.head.context.justified > 0 ? view.head : undefined;
    while (at !== undefined && !at.context.isBase) at = view.get(at.parent);
    return at === undefined ? ancestorOfHead(last) : within(at);
  };
  /** From where the era began to where it ends. */
  const bounded = (ref: BlockRef): BlockRef => {
    const height = Math.min(Math.max(ref.height, beganAt ?? 0), lastHeight ?? ref.height);
    return height === ref.height ? ref : (view.ancestorAt(view.head.id, height) ?? ref);
  };

  return {
    ...(beganAt === undefined ? {} : { began: beganAt }),
    get head() {
      const { head } = view;
      const { context } = head;
      if (context.era !== era) return ancestorOfHead(beganAt as Height);
      const isOver = lastHeight !== undefined && head.height > lastHeight && !context.isProven && attemptAt(context.endedMs, nowMs) > context.attempt;
      return isOver ? baseOfHead(lastHeight) : within(head);
    },
    get final() {
      return bounded(view.final);
    },
    get justified() {
      return bounded(view.justified);
    },
    get: (id) => shown(view.get(id)),
    isAncestor: (ancestor, descendant) => view.isAncestor(ancestor, descendant),
    ancestorAt: (id: BlockId, height: Height) => view.ancestorAt(id, height),
  };
}
