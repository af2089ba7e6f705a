import { equalBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { BlockId } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus';
import type { Effect, Engine, EngineInput, PublicKeyOf, Step, TreeView } from '@vsys/consensus';
import type { SposContext } from './context.ts';
import { sposExtToBytes } from './ext.ts';
import type { SposParams } from './params.ts';
import { standingOnTop } from './rules.ts';
import type { Seat } from './seat-list.ts';
import { seatOfSlot, slotOfTime } from './slots.ts';

export interface SposState {
  /** Last slot that a build was asked for; -1: none. Durable before the build. */
  readonly lastSlot: number;
  /** Head that its build was asked for on. */
  readonly on?: BlockId;
  /** Last slot that the timer fired for; -1: none. */
  readonly tried: number;
  /** Slot that the timer is set for; undefined: no seat is its own. */
  readonly next: number | undefined;
}

const TIMER = 'slot';

/** Mints in the slots of the seats whose keys it is given, one block per slot, on the head at the start of the slot. */
export function createSposEngine(params: SposParams, keys: readonly PublicKeyOf[]): Engine<SposContext, SposState> {
  const { slotMs, slots } = params;
  const ownSeat = (slot: number, context: SposContext): Seat | undefined => {
    const seat = seatOfSlot(params, standingOnTop(params, context).seats, slot);
    return seat !== undefined && keys.some((key) => key.scheme === 'ed25519' && equalBytes(key.bytes, seat.mintKey)) ? seat : undefined;
  };

  /** Seats change with the head, so the next slot of its own is looked for again with each. */
  const arm = (state: SposState, nowMs: number, view: TreeView<SposContext>): Step<SposState> => {
    const from = Math.max(state.tried + 1, slotOfTime(params, nowMs));
    const next = Array.from({ length: slots }, (_, i) => from + i).find((slot) => ownSeat(slot, view.head.context) !== undefined);
    if (next === state.next) return { state, effects: [] };
    return { state: { ...state, next }, effects: next === undefined ? [] : [{ kind: 'timer', id: TIMER, atMs: next * slotMs }] };
  };

  const build = (slot: number, seat: Seat, on: BlockId): Effect => ({
    kind: 'build', job: jobOf(slot), on, timeMs: slot * slotMs, ext: sposExtToBytes({ slot, seat: seat.index }), deadlineMs: buildEndMs(slot),
  });
  const buildEndMs = (slot: number): number => slot * slotMs + Math.floor((slotMs * 3) / 4);
  /** A block of an earlier slot that became head meanwhile: a block beside it would only make a fork, and nothing is signed yet. */
  const buildAgain = (state: SposState, nowMs: number, view: TreeView<SposContext>): Step<SposState> | undefined => {
    const { id, context } = view.head;
    const moved = state.on !== undefined && !equalBytes(state.on, id) && context.slot < state.lastSlot;
    const seat = moved && nowMs < buildEndMs(state.lastSlot) ? ownSeat(state.lastSlot, context) : undefined;
    return seat === undefined ? undefined : { state: { ...state, on: id }, effects: [build(state.lastSlot, seat, id)] };
  };

  const mint = (state: SposState, nowMs: number, view: TreeView<SposContext>): Step<SposState> => {
    const slot = slotOfTime(params, nowMs);
    const tried = { ...state, tried: Math.max(state.tried, slot), next: undefined };
    // A late timer does not mint: the block would come after its slot.
    const late = nowMs - slot * slotMs > slotMs / 2;
    const seat = late || slot <= state.lastSlot || slot <= view.head.context.slot ? undefined : ownSeat(slot, view.head.context);
    if (seat === undefined) return arm(tried, nowMs, view);
    const armed = arm({ ...tried, lastSlot: slot, on: view.head.id }, nowMs, view);
    return { state: armed.state, effects: [{ kind: 'persist', bytes: uint64ToBytes(BigInt(slot)) }, build(slot, seat, view.head.id), ...armed.effects] };
  };

  const sign = (state: SposState, input: Extract<EngineInput, { kind: 'built' }>, view: TreeView<SposContext>): Step<SposState> => {
    const slot = slotOfTime(params, input.header.timeMs);
    // What took longer than its slot is dropped: the next seat has gone on without it.
    if (input.job !== jobOf(state.lastSlot) || slot !== state.lastSlot || input.nowMs >= (slot + 1) * slotMs) return { state, effects: [] };
    const again = equalBytes(input.header.parent, view.head.id) ? undefined : buildAgain(state, input.nowMs, view);
    if (again !== undefined) return again;
    const parent = view.get(input.header.parent);
    const seat = parent === undefined ? undefined : ownSeat(slot, parent.context);
    if (seat === undefined) return { state, effects: [] };
    return { state, effects: [{ kind: 'sign', job: input.job, key: { scheme: 'ed25519', bytes: seat.mintKey }, bytes: sealMessage(input.id), guard: { kind: 'block', slot: BigInt(slot) } }] };
  };

  const follow = (view: TreeView<SposContext>): readonly Effect[] => {
    const height = view.head.context.final;
    if (height <= view.final.height) return [];
    const ref = view.ancestorAt(view.head.id, height);
    return ref === undefined ? [] : [{ kind: 'finalise', ref }];
  };

  return {
    init: (saved, view, nowMs) => {
      // The slot that is under way may have begun in another life.
      const tried = Math.ceil(nowMs / slotMs) - 1;
      const armed = arm({ lastSlot: saved === undefined ? -1 : Number(uint64FromBytes(saved)), tried, next: undefined }, nowMs, view);
      return { state: armed.state, effects: [...follow(view), ...armed.effects] };
    },
    step: (state, input, view) => {
      switch (input.kind) {
        case 'timer':
          return input.id === TIMER ? mint(state, input.nowMs, view) : { state, effects: [] };
        case 'head': {
          const armed = arm(state, input.nowMs, view);
          return { state: armed.state, effects: [...follow(view), ...armed.effects] };
        }
        case 'built':
          return sign(state, input, view);
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
