import type { AccountId, Height } from '@vsys/primitives';
import type { StakeDraft } from './stake-draft.ts';
import type { StakeParams } from './stake-params.ts';

/** What every operation of `spos` runs with. */
export interface StakeCallContext {
  readonly params: StakeParams;
  /** Of the chain: usable seats are multiples of `gap` below `slots`. */
  readonly round: { readonly slots: number; readonly gap: number; readonly slotMs: number; readonly epochBlocks: number };
  readonly draft: StakeDraft;
  readonly actor: AccountId;
  readonly height: Height;
  readonly timeMs: number;
  /** Nothing of its transaction follows. */
  readonly isLast: boolean;
}
