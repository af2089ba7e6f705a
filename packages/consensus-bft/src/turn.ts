import { equalBytes, toHex } from '@vsys/primitives';
import type { BlockId, Height } from '@vsys/primitives';
import type { Effect, TreeView } from '@vsys/consensus';
import type { BftContext } from './rules.ts';
import type { BftState } from './state.ts';
import { countFor } from './tally.ts';

/** Rounds whose votes are kept, beside those of the locked and the valid block. */
export const ROUNDS_KEPT_MAX = 64;

/** One input at work: the state as it becomes, and the effects so far. The state that came in is not changed. */
export interface Turn {
  readonly state: BftState;
  readonly effects: Effect[];
  readonly nowMs: number;
  readonly view: TreeView<BftContext>;
  set(change: Partial<BftState>): void;
}

export function createTurn(from: BftState, view: TreeView<BftContext>, nowMs: number): Turn {
  let state = from;
  return {
    get state() {
      return state;
    },
    effects: [],
    nowMs,
    view,
    set: (change) => {
      state = { ...state, ...change };
    },
  };
}

/** Name of the timer of a step: a late one of an earlier step is nobody's. */
export function stepName(height: Height, round: number, step: BftState['step']): string {
  return `${height} ${round} ${step}`;
}

/** The block stands on the head and its promises about state are true: Tendermint's `valid(v)`. */
export function hasExecuted({ view }: Turn, id: BlockId): boolean {
  const block = view.get(id);
  return block?.executed === true && equalBytes(block.parent, view.head.id);
}

/** An honest validator stands behind it: so many voted for it in some round, or it was proposed again. */
export function isWanted({ state }: Turn, id: BlockId, votesMin: number): boolean {
  const again = state.proposals.get(state.round);
  if (again !== undefined && toHex(again.id) === toHex(id)) return true;
  for (const { prevotes, precommits } of state.tally.values()) if (countFor(prevotes, id) >= votesMin || countFor(precommits, id) >= votesMin) return true;
  return false;
}
