import { equalBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { BlockId } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus';
import type { Effect, Engine, PublicKeyOf, Step, TreeView } from '@vsys/consensus';
import type { SposParams } from './params.ts';
import { seatOfSlot, slotOfTime, sposExtToBytes, sposFinalHeight } from './rules.ts';
import type { SposContext } from './rules.ts';

export interface SposState {
  /** Last slot that a build was asked for; -1: none. Durable before the build. */
  readonly lastSlot: number;
  /** Head that its build was asked for on. */
  readonly on?: BlockId;
}

const TIMER = 'slot';

/** Mints in the slots of the seats whose keys it is given, one block per slot, on the head at the start of the slot. */
export function createSposEngine(params: SposParams, keys: readonly PublicKeyOf[]): Engine<SposContext, SposState> {
  const { slotMs, seats } = params;
  const isOwn = (slot: number): boolean => {
    const seat = seatOfSlot(params, slot);
    return keys.some((key) => key.scheme === 'ed25519' && equalBytes(key.bytes, seat.mintKey));
  };
  const nextTimer = (after: number): readonly Effect[] => {
    for (let slot = after + 1; slot <= after + seats.length; slot++) if (isOwn(slot)) return [{ kind: 'timer', id: TIMER, atMs: slot * slotMs }];
    return [];
  };

  const build = (slot: number, on: BlockId): Effect => ({
    kind: 'build', job: jobOf(slot), on, timeMs: slot * slotMs, ext: sposExtToBytes(slot, seatOfSlot(params, slot).index), deadlineMs: buildEndMs(slot),
  });
  const buildEndMs = (slot: number): number => slot * slotMs + Math.floor((slotMs * 3) / 4);
  /** A block of an earlier slot that became head meanwhile: a block beside it would only make a fork, and nothing is signed yet. */
  const buildAgain = (state: SposState, nowMs: number, view: TreeView<SposContext>): Step<SposState> | undefined => {
    const { id, context } = view.head;
    const moved = state.on !== undefined && !equalBytes(state.on, id) && context.slot < state.lastSlot;
    return moved && nowMs < buildEndMs(state.lastSlot) ? { state: { ...state, on: id }, effects: [build(state.lastSlot, id)] } : undefined;
  };

  const mint = (state: SposState, nowMs: number, view: TreeView<SposContext>): Step<SposState> => {
    const slot = slotOfTime(params, nowMs);
    const timer = nextTimer(slot);
    // A late timer does not mint: the block would come after its slot.
    const late = nowMs - slot * slotMs > slotMs / 2;
    if (late || !isOwn(slot) || slot <= state.lastSlot || slot <= view.head.context.slot) return { state, effects: timer };
    return {
      state: { lastSlot: slot, on: view.head.id },
      effects: [
        { kind: 'persist', bytes: uint64ToBytes(BigInt(slot)) },
        build(slot, view.head.id),
        ...timer,
      ],
    };
  };

  const follow = (view: TreeView<SposContext>): readonly Effect[] => {
    const height = sposFinalHeight(params, view.head.context);
    if (height <= view.final.height) return [];
    const ref = view.ancestorAt(view.head.id, height);
    return ref === undefined ? [] : [{ kind: 'finalise', ref }];
  };

  return {
    init: (saved, view, nowMs) => ({
      state: { lastSlot: saved === undefined ? -1 : Number(uint64FromBytes(saved)) },
      effects: [...follow(view), ...nextTimer(Math.ceil(nowMs / slotMs) - 1)],
    }),
    step: (state, input, view) => {
      switch (input.kind) {
        case 'timer':
          return input.id === TIMER ? mint(state, input.nowMs, view) : { state, effects: [] };
        case 'head':
          return { state, effects: follow(view) };
        case 'built': {
          const slot = slotOfTime(params, input.header.timeMs);
          // What took longer than its slot is dropped: the next seat has gone on without it.
          if (input.job !== jobOf(state.lastSlot) || slot !== state.lastSlot || input.nowMs >= (slot + 1) * slotMs) return { state, effects: [] };
          const again = equalBytes(input.header.parent, view.head.id) ? undefined : buildAgain(state, input.nowMs, view);
          if (again !== undefined) return again;
          const key = { scheme: 'ed25519', bytes: seatOfSlot(params, slot).mintKey } as const;
          return { state, effects: [{ kind: 'sign', job: input.job, key, bytes: sealMessage(input.id), guard: { kind: 'block', slot: BigInt(slot) } }] };
        }
        case 'unbuilt':
          return (input.job === jobOf(state.lastSlot) ? buildAgain(state, input.nowMs, view) : undefined) ?? { state, effects: [] };
        case 'signed':
          return { state, effects: [{ kind: 'seal', job: input.job, seal: input.signature }, { kind: 'publish', job: input.job }] };
        default:
          return { state, effects: [] };
      }
    },
  };
}

function jobOf(slot: number): string {
  return `slot ${slot}`;
}
