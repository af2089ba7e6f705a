import { accountIdFromPublicKey } from '@vsys/crypto';
import { blockId, headerToBytes } from '@vsys/data-format';
import type { Header } from '@vsys/data-format';
import { compareBytes, equalBytes } from '@vsys/primitives';
import type { Effect, Engine, PublicKeyOf, Step, TreeView } from '@vsys/consensus';
import type { PowParams } from './params.ts';
import { nextWork, powExtToBytes, targetOf } from './rules.ts';
import type { PowContext } from './rules.ts';

export interface PowState {
  /** Candidates begun so far: the newest is searched, and answers to older ones are nothing. */
  readonly begun: number;
  readonly header: Header | undefined;
}

const REFRESH = 'refresh';
/** Time and transactions of a candidate are taken anew after so many periods. */
const REFRESH_PERIODS = 2;

/** Searches on the head, for the account of its first key. It has nothing to remember: nobody is bound by a block that was not found. */
export function createPowEngine(params: PowParams, keys: readonly PublicKeyOf[]): Engine<PowContext, PowState> {
  const [key] = keys;
  const account = key === undefined ? undefined : accountIdFromPublicKey(key.scheme, key.bytes);

  const follow = (view: TreeView<PowContext>): readonly Effect[] => {
    const height = view.head.height - params.finalityDepth;
    const ref = height > view.final.height ? view.ancestorAt(view.head.id, height) : undefined;
    return ref === undefined ? [] : [{ kind: 'finalise', ref }];
  };
  const begin = ({ begun }: PowState, nowMs: number, view: TreeView<PowContext>): Step<PowState> => {
    const state = { begun: begun + 1, header: undefined };
    if (account === undefined) return { state, effects: follow(view) };
    const { id, timeMs, context } = view.head;
    const againMs = nowMs + REFRESH_PERIODS * params.periodMs;
    const ext = powExtToBytes({ work: nextWork(params, context), account, nonce: 0n });
    return {
      state,
      effects: [...follow(view), { kind: 'build', job: jobOf(state), on: id, timeMs: Math.max(nowMs, timeMs + 1), ext, deadlineMs: againMs }, { kind: 'timer', id: REFRESH, atMs: againMs }],
    };
  };
  const search = (state: PowState, header: Header): Step<PowState> => ({ state: { ...state, header }, effects: [{ kind: 'compute', job: jobOf(state), bytes: headerToBytes(header) }] });

  return {
    init: (_saved, view, nowMs) => begin({ begun: 0, header: undefined }, nowMs, view),
    step: (state, input, view) => {
      const nothing = { state, effects: [] };
      switch (input.kind) {
        case 'head':
          return begin(state, input.nowMs, view);
        case 'timer':
          return input.id === REFRESH ? begin(state, input.nowMs, view) : nothing;
        case 'built':
          return input.job === jobOf(state) ? search(state, input.header) : nothing;
        case 'computed': {
          const { header } = state;
          // A block on what is no longer the head would only make a fork.
          if (input.job !== jobOf(state) || header === undefined || !equalBytes(header.parent, view.head.id)) return nothing;
          const tried = { ...header, ext: input.bytes };
          if (compareBytes(blockId(tried), targetOf(nextWork(params, view.head.context))) > 0) return search(state, tried);
          return { state: { ...state, header: undefined }, effects: [{ kind: 'seal', job: input.job, seal: new Uint8Array(0), ext: input.bytes }, { kind: 'publish', job: input.job }] };
        }
        default:
          return nothing;
      }
    },
  };
}

/** Few names, used again and again: what was built under one before is given up. */
function jobOf({ begun }: PowState): string {
  return `search ${begun % 4}`;
}
