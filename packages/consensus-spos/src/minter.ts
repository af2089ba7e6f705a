import { equalBytes } from '@vsys/primitives';
import type { BlockId } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus';
import type { Effect, EngineInput, PublicKeyOf, Step, TreeView } from '@vsys/consensus';
import type { FfgCertificate } from '@vsys/finality-ffg';
import type { SposContext } from './context.ts';
import { sposExtToBytes } from './ext.ts';
import type { SposParams } from './params.ts';
import { standingOnTop } from './rules.ts';
import type { Seat } from './seat-list.ts';
import { seatOfSlot, slotOfTime } from './slots.ts';

export interface MinterState {
  /** Last slot that a build was asked for; -1: none. Durable before the build. */
  readonly lastSlot: number;
  /** Head that its build was asked for on. */
  readonly on?: BlockId;
  /** Last slot that the timer fired for; -1: none. */
  readonly tried: number;
  /** Slot that the timer is set for; undefined: no seat is its own. */
  readonly next: number | undefined;
}

/** What is needed from outside: certificates that a block on this parent should carry, and the bytes to make durable with this last slot. */
export interface MinterHelp {
  certificates(view: TreeView<SposContext>, parent: BlockId): readonly FfgCertificate[];
  memory(lastSlot: number): Uint8Array;
}

export interface Minter {
  init(lastSlot: number, view: TreeView<SposContext>, nowMs: number): Step<MinterState>;
  step(state: MinterState, input: EngineInput, view: TreeView<SposContext>, help: MinterHelp): Step<MinterState>;
}

const TIMER = 'slot';

/** Mints in the slots of the seats whose keys it is given, one block per slot, on the head at the start of the slot. */
export function createMinter(params: SposParams, keys: readonly PublicKeyOf[]): Minter {
  const { slotMs, slots } = params;
  const ownSeat = (slot: number, context: SposContext): Seat | undefined => {
    const seat = seatOfSlot(params, standingOnTop(params, context).seats, slot);
    return seat !== undefined && keys.some((key) => key.scheme === 'ed25519' && equalBytes(key.bytes, seat.mintKey)) ? seat : undefined;
  };

  /** Seats change with the head, so the next slot of its own is looked for again with each. */
  const arm = (state: MinterState, nowMs: number, view: TreeView<SposContext>): Step<MinterState> => {
    const from = Math.max(state.tried + 1, slotOfTime(params, nowMs));
    const next = Array.from({ length: slots }, (_, i) => from + i).find((slot) => ownSeat(slot, view.head.context) !== undefined);
    if (next === state.next) return { state, effects: [] };
    return { state: { ...state, next }, effects: next === undefined ? [] : [{ kind: 'timer', id: TIMER, atMs: next * slotMs }] };
  };

  const build = (slot: number, seat: Seat, on: BlockId, view: TreeView<SposContext>, help: MinterHelp): Effect => ({
    kind: 'build', job: jobOf(slot), on, timeMs: slot * slotMs, ext: sposExtToBytes({ slot, seat: seat.index, certificates: help.certificates(view, on) }), deadlineMs: buildEndMs(slot),
  });
  const buildEndMs = (slot: number): number => slot * slotMs + Math.floor((slotMs * 3) / 4);
  /** A block of an earlier slot that became head meanwhile: a block beside it would only make a fork, and nothing is signed yet. */
  const buildAgain = (state: MinterState, nowMs: number, view: TreeView<SposContext>, help: MinterHelp): Step<MinterState> | undefined => {
    const { id, context } = view.head;
    const moved = state.on !== undefined && !equalBytes(state.on, id) && context.slot < state.lastSlot;
    const seat = moved && nowMs < buildEndMs(state.lastSlot) ? ownSeat(state.lastSlot, context) : undefined;
    return seat === undefined ? undefined : { state: { ...state, on: id }, effects: [build(state.lastSlot, seat, id, view, help)] };
  };

  const mint = (state: MinterState, nowMs: number, view: TreeView<SposContext>, help: MinterHelp): Step<MinterState> => {
    const slot = slotOfTime(params, nowMs);
    const tried = { ...state, tried: Math.max(state.tried, slot), next: undefined };
    // A late timer does not mint: the block would come after its slot.
    const late = nowMs - slot * slotMs > slotMs / 2;
    const seat = late || slot <= state.lastSlot || slot <= view.head.context.slot ? undefined : ownSeat(slot, view.head.context);
    if (seat === undefined) return arm(tried, nowMs, view);
    const armed = arm({ ...tried, lastSlot: slot, on: view.head.id }, nowMs, view);
    return { state: armed.state, effects: [{ kind: 'persist', bytes: help.memory(slot) }, build(slot, seat, view.head.id, view, help), ...armed.effects] };
  };

  const sign = (state: MinterState, input: Extract<EngineInput, { kind: 'built' }>, view: TreeView<SposContext>, help: MinterHelp): Step<MinterState> => {
    const slot = slotOfTime(params, input.header.timeMs);
    // What took longer than its slot is dropped: the next seat has gone on without it.
    if (input.job !== jobOf(state.lastSlot) || slot !== state.lastSlot || input.nowMs >= (slot + 1) * slotMs) return { state, effects: [] };
    const again = equalBytes(input.header.parent, view.head.id) ? undefined : buildAgain(state, input.nowMs, view, help);
    if (again !== undefined) return again;
    const parent = view.get(input.header.parent);
    const seat = parent === undefined ? undefined : ownSeat(slot, parent.context);
    if (seat === undefined) return { state, effects: [] };
    return { state, effects: [{ kind: 'sign', job: input.job, key: { scheme: 'ed25519', bytes: seat.mintKey }, bytes: sealMessage(input.id), guard: { kind: 'block', slot: BigInt(slot) } }] };
  };

  return {
    // The slot that is under way may have begun in another life.
    init: (lastSlot, view, nowMs) => arm({ lastSlot, tried: Math.ceil(nowMs / slotMs) - 1, next: undefined }, nowMs, view),
    step: (state, input, view, help) => {
      switch (input.kind) {
        case 'timer':
          return input.id === TIMER ? mint(state, input.nowMs, view, help) : { state, effects: [] };
        case 'head':
          return arm(state, input.nowMs, view);
        case 'built':
          return sign(state, input, view, help);
        case 'unbuilt':
          return (input.job === jobOf(state.lastSlot) ? buildAgain(state, input.nowMs, view, help) : undefined) ?? { state, effects: [] };
        case 'signed':
          return input.job.startsWith(JOB) ? { state, effects: [{ kind: 'seal', job: input.job, seal: input.signature }, { kind: 'publish', job: input.job }] } : { state, effects: [] };
        default:
          return { state, effects: [] };
      }
    },
  };
}

const JOB = 'slot ';

function jobOf(slot: number): string {
  return `${JOB}${slot}`;
}
