import { invariant } from '@vsys/primitives';
import type { ChainId } from '@vsys/primitives';
import type { Effect, Engine, PublicKeyOf, Step, TreeView } from '@vsys/consensus';
import type { VerifySignature } from '@vsys/consensus/rules';
import { createFfg, type FfgContext, type FfgState } from '@vsys/finality-ffg';
import { recordedFinal } from './context.ts';
import type { SposContext } from './context.ts';
import { sposMemoryFromBytes, sposMemoryToBytes } from './memory.ts';
import { createMinter } from './minter.ts';
import type { MinterState } from './minter.ts';
import type { SposParams } from './params.ts';

export interface SposState {
  readonly minter: MinterState;
  /** Of the gadget; undefined where finality is by depth. */
  readonly votes: FfgState | undefined;
}

export interface SposEngineOptions {
  readonly params: SposParams;
  readonly chainId: ChainId;
  readonly verifySignature: VerifySignature;
  /** Keys that seal and vote; those that are no seat's do nothing. */
  readonly keys: readonly PublicKeyOf[];
}

/** Mints in its own slots and, where finality is by voting, votes for each new head; without keys it only follows. */
export function createSposEngine({ params, chainId, verifySignature, keys }: SposEngineOptions): Engine<SposContext, SposState> {
  const minter = createMinter(params, keys);
  const gadget = params.finality === 'ffg' ? createFfg<SposContext>({ chainId, verifySignature, keys, contextOf: ffgOf, quietMs: params.epochBlocks * params.slotMs }) : undefined;

  /** While the gadget only listens, as it does not know what it signed, it has nothing that would be worth remembering as known. */
  const memoryOf = (lastSlot: number, votes: FfgState | undefined, nowMs: number): Uint8Array =>
    sposMemoryToBytes({ lastSlot, ...(gadget === undefined || votes === undefined || nowMs < votes.quietUntilMs ? {} : { votes: gadget.memoryBytes(votes) }) });

  /** The gadget first: what it makes final goes before what is built on it. Both are remembered together. */
  const together = (votes: Step<FfgState> | undefined, minted: Step<MinterState>, nowMs: number): Step<SposState> => {
    const bytes = memoryOf(minted.state.lastSlot, votes?.state, nowMs);
    const voted = (votes?.effects ?? []).map((effect): Effect => (effect.kind === 'persist' ? { kind: 'persist', bytes } : effect));
    return { state: { minter: minted.state, votes: votes?.state }, effects: [...voted, ...minted.effects] };
  };

  return {
    init: (saved, view, nowMs) => {
      const memory = sposMemoryFromBytes(saved);
      const minted = minter.init(memory.lastSlot, view, nowMs);
      return together(gadget?.init(memory.votes, view, nowMs), { state: minted.state, effects: gadget === undefined ? [...followDepth(view), ...minted.effects] : minted.effects }, nowMs);
    },
    step: (state, input, view) => {
      const votes = gadget === undefined || state.votes === undefined ? undefined : gadget.step(state.votes, input, view);
      const minted = minter.step(state.minter, input, view, {
        certificates: (seen, parent) => (gadget === undefined || votes === undefined ? [] : gadget.certificatesFor(votes.state, seen, parent)),
        memory: (lastSlot) => memoryOf(lastSlot, votes?.state, input.nowMs),
      });
      return together(votes, gadget === undefined && input.kind === 'head' ? { state: minted.state, effects: [...followDepth(view), ...minted.effects] } : minted, input.nowMs);
    },
  };
}

function ffgOf({ finality }: SposContext): FfgContext {
  invariant(finality.kind === 'ffg', 'the contexts of a chain are of one kind');
  return finality.ffg;
}

/** Where nobody votes, the headers alone say what is final. */
function followDepth(view: TreeView<SposContext>): readonly Effect[] {
  const height = recordedFinal(view.head.context);
  if (height <= view.final.height) return [];
  const ref = view.ancestorAt(view.head.id, height);
  return ref === undefined ? [] : [{ kind: 'finalise', ref }];
}
