import { accept, equalBytes, invariant, refuse } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus/rules';
import type { AuthoredHeader, HeaderRules, IdentifiedHeader, PromisingHeader, SeatView, Stepped, VerifySignature } from '@vsys/consensus/rules';
import type { FfgCertificateCode, FfgFoldCode } from '@vsys/finality-ffg';
import { contextFromBytes, contextToBytes, recordedFinal } from './context.ts';
import type { SposContext } from './context.ts';
import { genesisFinality, rankOf, safeOf, stepFinality } from './finality.ts';
import { sposExtFromBytes, sposExtToBytes } from './ext.ts';
import { isFirstOfEpoch, namedSeats, type Standing, standingAfter, withAnnounced } from './handover.ts';
import { createSposJumps, type SposJumpCode } from './jump.ts';
import { problemOfSeats, type SposParams } from './params.ts';
import { sameSeats, type Seat, SEAT_LIST_KEY, seatListRoot } from './seat-list.ts';
import { seatOfSlot, slotOfTime } from './slots.ts';
import { countChanges, limitTurnover, seatsOfState, turnoverMax } from './turnover.ts';

/** For a light client, which needs the parameters and the rules and nothing else. */
export { sposParamsFromBytes } from './params.ts';
export type { SposParams } from './params.ts';
export type { Seat } from './seat-list.ts';
export type { SposContext } from './context.ts';

export type SposCode = 'SPOS_EXT' | 'SPOS_SLOT' | 'SPOS_TIME' | 'SPOS_SEAT' | 'SPOS_SEAT_SET' | 'SPOS_SEAL' | FfgFoldCode | FfgCertificateCode | SposJumpCode;

/** Who stands at the block on top of this one. */
export function standingOnTop(params: Pick<SposParams, 'epochBlocks'>, context: SposContext): Standing {
  return standingAfter(params, context.standing, recordedFinal(context), context.height + 1);
}

/** @see docs/spec/consensus-spos.md */
export function createSposRules(params: SposParams, verifySignature: VerifySignature): HeaderRules<SposContext> {
  const { slotMs } = params;
  const driftMs = Math.min(500, Math.floor(slotMs / 4));
  const seatAt = (parent: SposContext, timeMs: number): Seat | undefined => seatOfSlot(params, standingOnTop(params, parent).seats, slotOfTime(params, timeMs));

  /** What the header announces holds by itself; that the state asks for it is shown by `complete`. */
  const checkAnnouncement = (standing: Standing, announces: readonly Seat[] | undefined, header: IdentifiedHeader['header']): Verdict<void, SposCode> => {
    if (announces === undefined) return equalBytes(header.seatSetRoot, header.nextSeatSetRoot) ? accept(undefined) : refuse('SPOS_SEAT_SET', 'nextSeatSetRoot changes, and no seats are announced');
    if (!isFirstOfEpoch(params, header.height)) return refuse('SPOS_SEAT_SET', `height ${header.height} is not the first of an epoch of ${params.epochBlocks} blocks`);
    const problem = problemOfSeats(params, announces);
    if (problem !== undefined) return refuse('SPOS_SEAT_SET', `the announced seats: ${problem}`);
    const [changes, max] = [countChanges(standing.seats, announces), turnoverMax(standing.seats.length)];
    if (changes > max) return refuse('SPOS_SEAT_SET', `${changes} seats change, of ${standing.seats.length} at most ${max} may`);
    if (sameSeats(announces, namedSeats(standing))) return refuse('SPOS_SEAT_SET', 'the announced seats are those that were named before');
    return equalBytes(header.nextSeatSetRoot, seatListRoot(announces)) ? accept(undefined) : refuse('SPOS_SEAT_SET', 'nextSeatSetRoot is not that of the announced seats');
  };

  const step = (parent: SposContext, { id, header, seal }: IdentifiedHeader): Verdict<Stepped<SposContext>, SposCode> => {
    const slot = slotOfTime(params, header.timeMs);
    if (header.timeMs !== slot * slotMs) return refuse('SPOS_TIME', `the time ${header.timeMs} is not the start of a slot of ${slotMs} ms`);
    if (slot <= parent.slot) return refuse('SPOS_SLOT', `slot ${slot} is not after the parent's, ${parent.slot}`);
    const read = sposExtFromBytes(header.ext);
    if (!read.ok) return read;
    const { announces, certificates = [], ...named } = read.value;
    if (named.slot !== slot) return refuse('SPOS_SLOT', `the header names slot ${named.slot}, its time is in slot ${slot}`);
    const standing = standingOnTop(params, parent);
    const seat = seatOfSlot(params, standing.seats, slot);
    if (seat === undefined) return refuse('SPOS_SEAT', `nobody holds the seat of slot ${slot}, so nobody may seal in it`);
    if (named.seat !== seat.index) return refuse('SPOS_SEAT', `slot ${slot} belongs to seat ${seat.index}, the header names ${named.seat}`);
    const announcement = checkAnnouncement(standing, announces, header);
    if (!announcement.ok) return announcement;
    // Signatures last, because they are dear; those of a certificate only for who may seal.
    if (!verifySignature({ scheme: 'ed25519', bytes: seat.mintKey }, sealMessage(id), seal)) {
      return refuse('SPOS_SEAL', `the seal is not by the key of seat ${seat.index}`);
    }
    const finality = stepFinality(params, verifySignature, parent, { id, header, seal }, { certificates, seats: standing.seats, position: standing.seats.indexOf(seat) });
    if (!finality.ok) return finality;
    const context: SposContext = {
      slot, height: header.height, finality: finality.value,
      standing: announces === undefined ? standing : withAnnounced(standing, header.height, announces),
    };
    const final = recordedFinal(context);
    return accept({ context, rank: rankOf(finality.value, header.height), ...(finality.value.kind === 'ffg' ? { justifies: safeOf(finality.value) } : {}), ...(final > 0 ? { finalises: final } : {}) });
  };

  return {
    driftMs,
    genesis: (_spec, { height, id, timeMs }) => {
      const finality = genesisFinality(params, { height, id });
      return { context: { slot: slotOfTime(params, timeMs), height, standing: { seats: params.seats, since: height }, finality }, rank: rankOf(finality, height) };
    },
    step,
    // The account of the seat, not its minting key: a key that lies on a server never holds what it earns.
    author: (parent: SposContext, { timeMs }: AuthoredHeader) => {
      const seat = seatAt(parent, timeMs);
      invariant(seat !== undefined, 'an author is asked for headers that step accepts');
      return seat.account;
    },
    earliest: (_parent, header) => header.timeMs,
    isTimely: (_parent, header, nowMs) => nowMs < header.timeMs + slotMs + driftMs,
    complete: async (parent: SposContext, child: PromisingHeader, state: SeatView) => {
      const named = sposExtFromBytes(child.ext);
      invariant(named.ok, 'an ext is completed that an engine gave, or that step accepts');
      const { announces: _, ...rest } = named.value;
      const standing = standingOnTop(params, parent);
      const wanted = isFirstOfEpoch(params, child.height) ? seatsOfState(await state.get(SEAT_LIST_KEY)) : undefined;
      const announces = wanted === undefined ? undefined : limitTurnover(params, standing.seats, wanted);
      if (announces === undefined || sameSeats(announces, namedSeats(standing))) return { ext: sposExtToBytes(rest), nextSeatSetRoot: child.seatSetRoot };
      return { ext: sposExtToBytes({ ...rest, announces }), nextSeatSetRoot: seatListRoot(announces) };
    },
    safeHeight: ({ finality }) => safeOf(finality),
    // Depth leaves nothing behind that could be shown by itself.
    ...(params.finality === 'ffg' ? createSposJumps(params, verifySignature) : {}),
    encode: contextToBytes,
    decode: contextFromBytes,
  };
}
