import { equalBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus';
import type { Effect, Engine, PublicKeyOf, Step, TreeView } from '@vsys/consensus';
import type { PoaParams } from './params.ts';
import { poaDueMs, poaExtToBytes, poaFinalHeight } from './rules.ts';
import type { PoaContext } from './rules.ts';

export interface PoaState {
  /** Time of the last block that a build was asked for; -1: none. Durable before the build. */
  readonly lastTimeMs: number;
  /** Position that seals it. */
  readonly position: number;
  /** It is being built or signed: to begin again before that ends would drop what is nearly ready, and never end on a machine that is slow. */
  readonly isBusy: boolean;
}

const TIMER = 'turn';

/** Seals on the head when its turn comes, or after its backoff when those before it are silent. */
export function createPoaEngine(params: PoaParams, keys: readonly PublicKeyOf[]): Engine<PoaContext, PoaState> {
  const { periodMs } = params;
  const own = params.authorities.flatMap(({ key }, position) => (keys.some((one) => one.scheme === 'ed25519' && equalBytes(one.bytes, key)) ? [position] : []));

  /** The own authority that may seal first on this head. */
  const turn = (view: TreeView<PoaContext>): { readonly position: number; readonly dueMs: number } | undefined => {
    let first: { readonly position: number; readonly dueMs: number } | undefined;
    for (const position of own) {
      const dueMs = poaDueMs(params, view.head.context, position);
      if (dueMs !== undefined && (first === undefined || dueMs < first.dueMs)) first = { position, dueMs };
    }
    return first;
  };
  const nextTimer = (state: PoaState, view: TreeView<PoaContext>): readonly Effect[] => {
    const next = turn(view);
    return next === undefined ? [] : [{ kind: 'timer', id: TIMER, atMs: Math.max(next.dueMs, state.lastTimeMs + 1) }];
  };
  const follow = (view: TreeView<PoaContext>): readonly Effect[] => {
    const height = poaFinalHeight(params, view.head.context);
    if (height <= view.final.height) return [];
    const ref = view.ancestorAt(view.head.id, height);
    return ref === undefined ? [] : [{ kind: 'finalise', ref }];
  };

  const seal = (state: PoaState, nowMs: number, view: TreeView<PoaContext>): Step<PoaState> => {
    const next = turn(view);
    if (next === undefined) return { state, effects: [] };
    if (state.isBusy) return { state, effects: [{ kind: 'timer', id: TIMER, atMs: nowMs + periodMs }] };
    if (nowMs < next.dueMs || nowMs <= state.lastTimeMs) return { state, effects: nextTimer(state, view) };
    return {
      state: { lastTimeMs: nowMs, position: next.position, isBusy: true },
      effects: [
        { kind: 'persist', bytes: uint64ToBytes(BigInt(nowMs)) },
        { kind: 'build', job: jobOf(nowMs), on: view.head.id, timeMs: nowMs, ext: poaExtToBytes(next.position), deadlineMs: nowMs + periodMs },
        // Again, should this one come to nothing; a new head replaces the timer.
        { kind: 'timer', id: TIMER, atMs: nowMs + 2 * periodMs },
      ],
    };
  };

  return {
    init: (saved, view) => {
      const state = { lastTimeMs: saved === undefined ? -1 : Number(uint64FromBytes(saved)), position: -1, isBusy: false };
      return { state, effects: [...follow(view), ...nextTimer(state, view)] };
    },
    step: (state, input, view) => {
      switch (input.kind) {
        case 'timer':
          return input.id === TIMER ? seal(state, input.nowMs, view) : { state, effects: [] };
        case 'head':
          return { state, effects: [...follow(view), ...nextTimer(state, view)] };
        case 'built': {
          const authority = params.authorities[state.position];
          // Somebody else was faster: to seal now would only make a fork.
          if (authority === undefined || input.job !== jobOf(state.lastTimeMs) || !equalBytes(input.header.parent, view.head.id)) return { state: { ...state, isBusy: false }, effects: nextTimer(state, view) };
          const guard = { kind: 'block', slot: BigInt(state.lastTimeMs) } as const;
          return { state, effects: [{ kind: 'sign', job: input.job, key: { scheme: 'ed25519', bytes: authority.key }, bytes: sealMessage(input.id), guard }] };
        }
        case 'signed':
          return { state: { ...state, isBusy: false }, effects: [{ kind: 'seal', job: input.job, seal: input.signature }, { kind: 'publish', job: input.job }] };
        case 'unbuilt':
        case 'unsigned':
          return { state: { ...state, isBusy: false }, effects: [] };
        default:
          return { state, effects: [] };
      }
    },
  };
}

function jobOf(timeMs: number): string {
  return `time ${timeMs}`;
}
