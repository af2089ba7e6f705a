// @ts-check
import { accept, concatBytes, equalBytes, refuse, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus/rules';
import { quorumOf } from './params.js';

/**
 * What a branch leaves behind for the next header.
 *
 * @typedef {object} Context
 * @property {number} height
 * @property {number} slot
 * @property {readonly number[]} lastHeights - the last block of each producer on this branch; 0: none
 */

/** A block is final when a quorum of producers sealed above it. @param {Context} context */
export function finalHeight({ lastHeights }) {
  return Math.max(0, (lastHeights.toSorted((a, b) => b - a)[quorumOf(lastHeights.length) - 1] ?? 0) - 1);
}

/**
 * A pure fold over headers: a light client is this and nothing else.
 *
 * @param {import('./params.js').Params} params
 * @param {import('@vsys/consensus').VerifySignature} verifySignature
 * @returns {import('@vsys/consensus').HeaderRules<Context>}
 */
export function createRules({ slotMs, producers }, verifySignature) {
  const driftMs = Math.min(500, Math.floor(slotMs / 4));
  return {
    driftMs,
    genesis: (_spec, { height, timeMs }) => ({ context: { height, slot: Math.floor(timeMs / slotMs), lastHeights: producers.map(() => 0) }, rank: [BigInt(height)] }),
    step: (parent, { id, header, seal }) => {
      const { height, timeMs, ext, seatSetRoot, nextSeatSetRoot } = header;
      const slot = Math.floor(timeMs / slotMs);
      if (timeMs !== slot * slotMs || slot <= parent.slot) return refuse('SLOT', `the time ${timeMs} is not the start of a slot after ${parent.slot}`);
      if (ext.length > 0) return refuse('EXT', 'these headers carry nothing');
      if (!equalBytes(seatSetRoot, nextSeatSetRoot)) return refuse('PRODUCERS', 'the producers do not change');
      const turn = slot % producers.length;
      const producer = producers[turn];
      // Last, because it is the dear one.
      if (producer === undefined || !verifySignature({ scheme: 'ed25519', bytes: producer.key }, sealMessage(id), seal)) return refuse('SEAL', `the seal is not by producer ${turn}, whose slot it is`);
      const context = { height, slot, lastHeights: parent.lastHeights.with(turn, height) };
      return accept({ context, rank: [BigInt(height)], finalises: finalHeight(context) });
    },
    author: (_parent, { timeMs }) => /** @type {import('@vsys/consensus/rules').Authority} */ (producers[Math.floor(timeMs / slotMs) % producers.length]).account,
    earliest: (_parent, header) => header.timeMs,
    isTimely: (_parent, header, nowMs) => nowMs < header.timeMs + slotMs + driftMs,
    encode: ({ height, slot, lastHeights }) => concatBytes(...[height, slot, ...lastHeights].map((one) => uint64ToBytes(BigInt(one)))),
    decode: (bytes) => {
      const [height = 0, slot = 0, ...lastHeights] = Array.from({ length: bytes.length / 8 }, (_, i) => Number(uint64FromBytes(bytes, 8 * i)));
      return { height, slot, lastHeights };
    },
  };
}
