// @ts-check
import { equalBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus/rules';
import { finalHeight } from './rules.js';

/** @typedef {import('@vsys/consensus').Effect} Effect */
/** @typedef {{ readonly lastSlot: number }} State - the last slot that a block was asked for in: durable before the block is built */

/**
 * Builds in its own slots, on the head. A pure reducer: time comes in, and all that it wants done goes out as effects.
 *
 * @param {import('./params.js').Params} params
 * @param {readonly import('@vsys/consensus').PublicKeyOf[]} keys
 * @returns {import('@vsys/consensus').Engine<import('./rules.js').Context, State>}
 */
export function createEngine({ slotMs, producers }, keys) {
  /** @param {number} slot */
  const ownKey = (slot) => keys.find(({ scheme, bytes }) => scheme === 'ed25519' && equalBytes(bytes, producers[slot % producers.length]?.key ?? new Uint8Array()));
  /** @param {number} slot @returns {readonly Effect[]} */
  const armAfter = (slot) => {
    const next = producers.map((_, i) => slot + 1 + i).find((one) => ownKey(one) !== undefined);
    return next === undefined ? [] : [{ kind: 'timer', id: 'slot', atMs: next * slotMs }];
  };
  /** @param {import('@vsys/consensus').TreeView<import('./rules.js').Context>} view @returns {readonly Effect[]} */
  const follow = (view) => {
    const height = finalHeight(view.head.context);
    const ref = height > view.final.height ? view.ancestorAt(view.head.id, height) : undefined;
    return ref === undefined ? [] : [{ kind: 'finalise', ref }];
  };
  /** @param {number} slot */
  const jobOf = (slot) => `slot ${slot}`;

  return {
    init: (saved, view, nowMs) => {
      const lastSlot = saved === undefined ? -1 : Number(uint64FromBytes(saved));
      return { state: { lastSlot }, effects: [...follow(view), ...armAfter(Math.max(lastSlot, Math.ceil(nowMs / slotMs) - 1))] };
    },
    step: (state, input, view) => {
      const slot = Math.floor(input.nowMs / slotMs);
      switch (input.kind) {
        case 'timer': {
          const isDue = slot > state.lastSlot && slot > view.head.context.slot && ownKey(slot) !== undefined && input.nowMs < (slot + 0.5) * slotMs;
          if (!isDue) return { state, effects: armAfter(Math.max(slot, state.lastSlot)) };
          const build = /** @type {const} */ ({ kind: 'build', job: jobOf(slot), on: view.head.id, timeMs: slot * slotMs, ext: new Uint8Array(), deadlineMs: (slot + 0.75) * slotMs });
          return { state: { lastSlot: slot }, effects: [{ kind: 'persist', bytes: uint64ToBytes(BigInt(slot)) }, build, ...armAfter(slot)] };
        }
        case 'head':
          return { state, effects: follow(view) };
        case 'built': {
          const key = ownKey(state.lastSlot);
          // What took longer than its slot is dropped.
          if (key === undefined || input.job !== jobOf(slot)) return { state, effects: [] };
          return { state, effects: [{ kind: 'sign', job: input.job, key, bytes: sealMessage(input.id), guard: { kind: 'block', slot: BigInt(slot) } }] };
        }
        case 'signed':
          return { state, effects: [{ kind: 'seal', job: input.job, seal: input.signature }, { kind: 'publish', job: input.job }] };
        default:
          return { state, effects: [] };
      }
    },
  };
}
