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
import { voteEvidence } from './stake/evidence.ts';
import { noSeals, watchSeals } from './watch-seals.ts';
import type { SeenSeals } from './watch-seals.ts';

export interface SposState {
  readonly minter: MinterState;
  /** Of the gadget; undefined where finality is by depth. */
  readonly votes: FfgState | undefined;
  readonly seals: SeenSeals;
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
  const together = (votes: Step<FfgState> | undefined, minted: Step<MinterState>, seals: SeenSeals, nowMs: number): Step<SposState> => {
    const bytes = memoryOf(minted.state.lastSlot, votes?.state, nowMs);
    const voted = (votes?.effects ?? []).map((effect) => ofModule(effect, bytes));
    return { state: { minter: minted.state, votes: votes?.state, seals }, effects: [...voted, ...minted.effects] };
  };

  return {
    init: (saved, view, nowMs) => {
      const memory = sposMemoryFromBytes(saved);
      const minted = minter.init(memory.lastSlot, view, nowMs);
      return together(gadget?.init(memory.votes, view, nowMs), { state: minted.state, effects: gadget === undefined ? [...followDepth(view), ...minted.effects] : minted.effects }, noSeals, nowMs);
    },
    step: (state, input, view) => {
      const votes = gadget === undefined || state.votes === undefined ? undefined : gadget.step(state.votes, input, view);
      const minted = minter.step(state.minter, input, view, {
        certificates: (seen, parent) => (gadget === undefined || votes === undefined ? [] : gadget.certificatesFor(votes.state, seen, parent)),
        memory: (lastSlot) => memoryOf(lastSlot, votes?.state, input.nowMs),
      });
      if (input.kind === 'block' && input.stage === 'executed') {
        const { seen, effects } = watchSeals(params, state.seals, input.id, view);
        return together(votes, { state: minted.state, effects: [...minted.effects, ...effects] }, seen, input.nowMs);
      }
      const followed = gadget === undefined && input.kind === 'head' ? followDepth(view) : [];
      return together(votes, { state: minted.state, effects: [...followed, ...minted.effects] }, state.seals, input.nowMs);
    },
  };
}

/** What the gadget asks for, in the form of this module: its memory with the minter's, its proofs as the container of the stake takes them. */
function ofModule(effect: Effect, memory: Uint8Array): Effect {
  switch (effect.kind) {
    case 'persist': return { kind: 'persist', bytes: memory };
    case 'evidence': return { kind: 'evidence', bytes: voteEvidence(effect.bytes) };
    default: return effect;
  }
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
