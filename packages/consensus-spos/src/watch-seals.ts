import { equalBytes, toHex } from '@vsys/primitives';
import type { BlockId } from '@vsys/primitives';
import type { Effect, TreeView } from '@vsys/consensus';
import type { SposContext } from './context.ts';
import { headerEvidence } from './stake/evidence.ts';
import type { Seat } from './seat-list.ts';
import { seatOfSlot } from './slots.ts';
import type { SposParams } from './params.ts';

/** The first block that was seen of each of the last slots, by the key that sealed it, in the order of coming. */
export type SeenSeals = ReadonlyMap<string, BlockId>;

export const noSeals: SeenSeals = new Map();
/** Slots that are remembered: two headers of one slot come in soon after each other, or on branches that are both still there. */
export const SEEN_SEALS_MAX = 256;

/** A second block by one key in one slot is told together with the first. */
export function watchSeals(params: Pick<SposParams, 'slots'>, seen: SeenSeals, id: BlockId, view: TreeView<SposContext>): { readonly seen: SeenSeals; readonly effects: readonly Effect[] } {
  const block = view.get(id);
  const seat = block === undefined ? undefined : sealerOf(params, block.context);
  if (block === undefined || seat === undefined || block.height === 0) return { seen, effects: [] };
  const name = `${block.context.slot} ${toHex(seat.mintKey)}`;
  const first = seen.get(name);
  if (first === undefined) {
    const next = new Map(seen);
    if (next.size >= SEEN_SEALS_MAX) next.delete(next.keys().next().value as string);
    return { seen: next.set(name, id), effects: [] };
  }
  const other = equalBytes(first, id) ? undefined : view.get(first);
  return { seen, effects: other === undefined ? [] : [{ kind: 'evidence', bytes: headerEvidence(seat.mintKey, other, block) }] };
}

function sealerOf(params: Pick<SposParams, 'slots'>, { slot, standing }: SposContext): Seat | undefined {
  return seatOfSlot(params, standing.seats, slot);
}
