import { accept, equalBytes, invariant, refuse } from '@vsys/primitives';
import type { Height, Verdict } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus/rules';
import type { HeaderRules, IdentifiedHeader, Stepped, VerifySignature } from '@vsys/consensus/rules';
import { sposSafeDepth } from './params.ts';
import type { SposParams, SposSeat } from './params.ts';

/** For a light client, which needs the parameters and the rules and nothing else. */
export { sposParamsFromBytes } from './params.ts';
export type { SposParams, SposSeat } from './params.ts';

/** What a branch leaves behind for the next header. Its size depends on the number of seats only. */
export interface SposContext {
  readonly slot: number;
  readonly height: Height;
  /** Last height that each seat sealed on this branch, in order of seats; 0: none. */
  readonly lastHeights: readonly number[];
}

export type SposCode = 'SPOS_EXT' | 'SPOS_SLOT' | 'SPOS_TIME' | 'SPOS_SEAT' | 'SPOS_SEAT_SET' | 'SPOS_SEAL';

const EXT_BYTES = 10;

/** What the header carries for this rule: slot u64, seat index u16, big-endian. */
export function sposExtToBytes(slot: number, seat: number): Uint8Array {
  const bytes = new Uint8Array(EXT_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(slot));
  view.setUint16(8, seat);
  return bytes;
}

/** The seat whose slot it is: occupied seats take turns in order of index. */
export function seatOfSlot(params: SposParams, slot: number): SposSeat {
  return params.seats[slot % params.seats.length] as SposSeat;
}

export function slotOfTime(params: SposParams, timeMs: number): number {
  return Math.floor(timeMs / params.slotMs);
}

/** Highest block with `finalityDepth` distinct seats on top; below 0 when there is none. */
export function sposFinalHeight(params: SposParams, context: SposContext): number {
  return heightBelow(context, params.finalityDepth);
}

/** Highest block with so many distinct seats on top; below 0 when there is none. */
function heightBelow(context: SposContext, seats: number): number {
  const descending = [...context.lastHeights].sort((a, b) => b - a);
  return (descending[seats - 1] as number) - 1;
}

/** @see docs/spec/consensus-spos.md */
export function createSposRules(params: SposParams, verifySignature: VerifySignature): HeaderRules<SposContext> {
  const { slotMs, seats } = params;
  const driftMs = Math.min(500, Math.floor(slotMs / 4));

  const step = (parent: SposContext, { id, header, seal }: IdentifiedHeader): Verdict<Stepped<SposContext>, SposCode> => {
    const slot = slotOfTime(params, header.timeMs);
    if (header.timeMs !== slot * slotMs) return refuse('SPOS_TIME', `the time ${header.timeMs} is not the start of a slot of ${slotMs} ms`);
    if (slot <= parent.slot) return refuse('SPOS_SLOT', `slot ${slot} is not after the parent's, ${parent.slot}`);
    const seat = seatOfSlot(params, slot);
    if (header.ext.length !== EXT_BYTES) return refuse('SPOS_EXT', `expected ${EXT_BYTES} bytes of ext, found ${header.ext.length}`);
    const view = new DataView(header.ext.buffer, header.ext.byteOffset, EXT_BYTES);
    if (view.getBigUint64(0) !== BigInt(slot)) return refuse('SPOS_SLOT', `the header names slot ${view.getBigUint64(0)}, its time is in slot ${slot}`);
    if (view.getUint16(8) !== seat.index) return refuse('SPOS_SEAT', `slot ${slot} belongs to seat ${seat.index}, the header names ${view.getUint16(8)}`);
    if (!equalBytes(header.seatSetRoot, header.nextSeatSetRoot)) return refuse('SPOS_SEAT_SET', 'the seats of this version do not change');
    // Last, because it is the dear one.
    if (!verifySignature({ scheme: 'ed25519', bytes: seat.mintKey }, sealMessage(id), seal)) {
      return refuse('SPOS_SEAL', `the seal is not by the key of seat ${seat.index}`);
    }
    const position = slot % seats.length;
    const context = { slot, height: header.height, lastHeights: parent.lastHeights.with(position, header.height) };
    const finalises = sposFinalHeight(params, context);
    return accept({ context, rank: [BigInt(header.height)], ...(finalises < 0 ? {} : { finalises }) });
  };

  return {
    driftMs,
    genesis: (_spec, genesis) => ({
      context: { slot: slotOfTime(params, genesis.timeMs), height: genesis.height, lastHeights: seats.map(() => 0) },
      rank: [BigInt(genesis.height)],
    }),
    step,
    // The account of the seat, not its minting key: a key that lies on a server never holds what it earns.
    author: (_parent, header) => seatOfSlot(params, slotOfTime(params, header.timeMs)).account,
    earliest: (_parent, header) => header.timeMs,
    isTimely: (_parent, header, nowMs) => nowMs < header.timeMs + slotMs + driftMs,
    safeHeight: (context) => Math.max(0, heightBelow(context, sposSafeDepth(seats.length))),
    encode: (context) => {
      const bytes = new Uint8Array(17 + 8 * seats.length);
      const view = new DataView(bytes.buffer);
      view.setUint8(0, 1);
      view.setBigUint64(1, BigInt(context.slot));
      view.setBigUint64(9, BigInt(context.height));
      context.lastHeights.forEach((height, i) => view.setBigUint64(17 + 8 * i, BigInt(height)));
      return bytes;
    },
    decode: (bytes) => {
      invariant(bytes.length === 17 + 8 * seats.length && bytes[0] === 1, 'a stored context is one that was encoded');
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      return {
        slot: Number(view.getBigUint64(1)),
        height: Number(view.getBigUint64(9)),
        lastHeights: seats.map((_, i) => Number(view.getBigUint64(17 + 8 * i))),
      };
    },
  };
}
