import { equalBytes, toHex } from '@vsys/primitives';
import type { PeerId } from '@vsys/primitives';
import { keyOfSeat, proposerOf } from './committee.ts';
import { voteEvidence } from './evidence.ts';
import type { BftEngineOptions } from './engine.ts';
import { accuse, keepProposal, NAMES_MAX, want } from './proposals.ts';
import type { BftState } from './state.ts';
import { isBacked, isSameId, seatsIn, votesOf, withVote } from './tally.ts';
import { notesFor, tell, tellStatus } from './tell.ts';
import { ROUNDS_KEPT_MAX } from './turn.ts';
import type { Turn } from './turn.ts';
import { reproposalMessage, voteMessage } from './vote.ts';
import type { Reproposal, Vote } from './vote.ts';
import { notesFromBytes } from './wire.ts';
import type { BftNote } from './wire.ts';

type Judgement = 'accept' | 'ignore' | 'reject';

/** Votes of one validator for the height after this one that wait. */
const NEXT_PER_SEAT_MAX = 4;
/** A peer that waits is answered so often. */
const ANSWER_AGAIN_MS = 200;

/** What peers send: each note is judged, kept when it is new and holds, and answered when its sender waits. */
export function createHearing({ chainId, verifySignature }: Pick<BftEngineOptions, 'chainId' | 'verifySignature'>): (turn: Turn, from: PeerId, bytes: Uint8Array) => void {
  const isBy = ({ state }: Turn, seat: number, message: Uint8Array, signature: Uint8Array): boolean => verifySignature(keyOfSeat(state.committee, seat), message, signature);

  function onMessage(turn: Turn, from: PeerId, bytes: Uint8Array): void {
    const notes = notesFromBytes(bytes);
    let judgement: Judgement = notes === undefined ? 'reject' : 'ignore';
    for (const note of notes ?? []) {
      const one = onNote(turn, from, note);
      if (one === 'reject') judgement = 'reject';
      if (one === 'reject') break;
      if (one === 'accept') judgement = 'accept';
    }
    turn.effects.push({ kind: 'judge', judgement });
  }

  function onNote(turn: Turn, from: PeerId, note: BftNote): Judgement {
    switch (note.kind) {
      case 'vote':
        return onVote(turn, from, note.vote);
      case 'reproposal':
        return onReproposal(turn, from, note.reproposal);
      case 'holds':
        if (note.height === turn.state.height && note.round === turn.state.round && !turn.state.proposals.has(note.round)) want(turn, note.id, from);
        return 'ignore';
      case 'status':
        onStatus(turn, from, note.height, note.round);
        return 'ignore';
    }
  }

  function onVote(turn: Turn, from: PeerId, cast: Vote): Judgement {
    const { state } = turn;
    const { n, honestMin } = state.committee;
    if (cast.height > state.height + 1) turn.effects.push({ kind: 'behind', from, height: cast.height - 1 });
    if (cast.height !== state.height && cast.height !== state.height + 1) return 'ignore';
    const isNext = cast.height !== state.height;
    // The next height may have other validators: what does not hold by those of this one is not known to be wrong.
    const wrong = isNext ? 'ignore' : 'reject';
    if (cast.seat >= n) return wrong;
    const votes = votesOf(state.tally, cast.round, cast.step);
    const known = isNext ? state.next.filter((one) => one.seat === cast.seat && one.round === cast.round && one.step === cast.step) : (votes.get(cast.seat) ?? []);
    const [first] = known;
    const { id } = cast;
    // Also from whom it came again: the one before may not have had the block.
    const sources = isNext || id === undefined || (state.sources.size >= NAMES_MAX && !state.sources.has(toHex(id))) ? state.sources : new Map(state.sources).set(toHex(id), from);
    if (known.some((one) => isSameId(one.id, id))) {
      turn.set({ sources });
      return 'ignore';
    }
    if (first === undefined && (isNext ? state.next.filter(({ seat }) => seat === cast.seat).length >= NEXT_PER_SEAT_MAX : isTooFar(state, cast))) return 'ignore';
    if (!isBy(turn, cast.seat, voteMessage(chainId, cast), cast.signature)) return wrong;
    if (first !== undefined) {
      if (!isNext) accuse(turn, `vote ${cast.round} ${cast.step} ${cast.seat}`, () => voteEvidence(keyOfSeat(state.committee, cast.seat).bytes, first, cast));
      // Who heard this one first may be locked on a quorum with it. Too early, it comes again: who holds it answers each status with it.
      if (isNext || !isBacked(votes, cast, honestMin)) return 'ignore';
    }
    if (!isNext) turn.set({ tally: withVote(state.tally, cast), sources });
    else {
      const seatsBefore = new Set(state.next.map(({ seat }) => seat)).size;
      const next = [...state.next, cast];
      turn.set({ next });
      // One of so many is honest: the height is decided, and what we miss of it can be had as a certificate.
      const seats = new Set(next.map(({ seat }) => seat)).size;
      if (seats !== seatsBefore && seats === honestMin) turn.effects.push({ kind: 'behind', from, height: state.height });
    }
    return 'accept';
  }

  /** A seat may be in one later round, not in all of them at once; rounds that are long over decide nothing here. */
  function isTooFar({ round, tally, locked, valid }: BftState, cast: Vote): boolean {
    if (cast.round <= round - ROUNDS_KEPT_MAX) return cast.round !== locked?.round && cast.round !== valid?.round;
    if (cast.round <= round + 1) return false;
    const others = [...tally].filter(([one, votes]) => one > round + 1 && one !== cast.round && seatsIn(votes).has(cast.seat));
    return others.length >= 2;
  }

  function onReproposal(turn: Turn, from: PeerId, again: Reproposal): Judgement {
    const { state } = turn;
    const { height, round, validRound, id, seat } = again;
    if (height > state.height + 1) turn.effects.push({ kind: 'behind', from, height: height - 1 });
    if (height !== state.height) return 'ignore';
    if (seat !== proposerOf(state.committee, height, round)) return 'reject';
    if (round < state.round || round > state.round + 1) return 'ignore';
    const known = state.proposals.get(round);
    if (known !== undefined && equalBytes(known.id, id) && known.validRound === validRound) return 'ignore';
    if (!isBy(turn, seat, reproposalMessage(chainId, again), again.signature)) return 'reject';
    if (!keepProposal(turn, { round, id, validRound, signed: { kind: 'again', reproposal: again } })) return 'ignore';
    want(turn, id, from);
    return 'accept';
  }

  /** Somebody waits: it gets what it may have missed, or hears that it, or we, are behind. */
  function onStatus(turn: Turn, from: PeerId, height: number, round: number): void {
    const { state } = turn;
    if (height > state.height) turn.effects.push({ kind: 'behind', from, height: height - 1 });
    const answered = state.answeredMs.get(from);
    if (height > state.height || (answered !== undefined && turn.nowMs < answered + ANSWER_AGAIN_MS) || state.answeredMs.size >= NAMES_MAX) return;
    turn.set({ answeredMs: new Map(state.answeredMs).set(from, turn.nowMs) });
    if (height < state.height) tellStatus(turn, from);
    else tell(turn, notesFor(state, round), from);
  }

  return onMessage;
}
