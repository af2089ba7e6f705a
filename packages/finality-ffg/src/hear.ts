import { equalBytes, toHex } from '@vsys/primitives';
import type { Height, PeerId } from '@vsys/primitives';
import type { EngineJudgement } from '@vsys/consensus';
import type { FfgCertificate } from './certificate.ts';
import { checkFfgCertificate } from './check-certificate.ts';
import { ballotOf } from './context.ts';
import { ffgEvidence } from './evidence.ts';
import type { FfgRules } from './ffg-rules.ts';
import type { FfgOptions } from './gadget.ts';
import { ffgVoteMessage, isSameRef } from './link.ts';
import type { FfgBallot } from './link.ts';
import { hasRoom, nameOf, withVote } from './tally.ts';
import { addCertificate, keepCertificate, send } from './turn.ts';
import type { Turn } from './turn.ts';
import type { FfgVote } from './vote.ts';
import type { FfgVoters } from './voters.ts';
import { ffgNotesFromBytes } from './wire.ts';
import type { FfgNote } from './wire.ts';

/** Votes may be for blocks that are not here yet, up to so far above the head. */
const AHEAD_MAX = 64;
/** A peer that asks is answered so often. */
const ANSWER_AGAIN_MS = 500;
/** Peers whose last answer is remembered. */
const NAMES_MAX = 256;
/** Voters that are accused, at most: later ones are told when the node runs again. */
const ACCUSED_MAX = 256;
/** An answer tells votes for so many heights below the head. */
const ANSWER_HEIGHTS = 8;

export interface Hearing<C> {
  message(turn: Turn<C>, from: PeerId, bytes: Uint8Array): void;
  /** What is known above this height, to one peer. */
  tellAll(turn: Turn<C>, above: Height, to: PeerId): void;
}

/** What peers send: each note is judged, and kept when it is new and holds. */
export function createHearing<C>({ chainId, verifySignature, contextOf }: FfgOptions<C>, rules: FfgRules): Hearing<C> {
  /** Who may vote on this: by the target if it is here, else those that the head shows. Undefined: not known, or another link than the target's. */
  function votersOf({ view }: Turn<C>, ballot: FfgBallot): FfgVoters | undefined {
    const block = view.get(ballot.target.id);
    if (block === undefined) {
      const head = contextOf(view.head.context);
      return [head.voters, ...head.recent.map(({ voters }) => voters)].find(({ id }) => equalBytes(id, ballot.setId));
    }
    const target = ballotOf(contextOf(block.context));
    const isRight = target !== undefined && isSameRef(target.ref, ballot.target) && isSameRef(target.source, ballot.source) && equalBytes(target.voters.id, ballot.setId);
    return isRight ? target.voters : undefined;
  }

  const isFar = ({ view }: Turn<C>, { target }: FfgBallot): boolean => target.height <= view.final.height || target.height > view.head.height + AHEAD_MAX;

  /** A quorum saw what is not here. */
  function askFor({ view, effects }: Turn<C>, from: PeerId, ballot: FfgBallot): void {
    if (view.get(ballot.target.id) === undefined) effects.push({ kind: 'behind', from, height: ballot.target.height });
  }

  function onVote(turn: Turn<C>, from: PeerId, vote: FfgVote): EngineJudgement {
    const voters = isFar(turn, vote) ? undefined : votersOf(turn, vote);
    if (voters === undefined) return 'ignore';
    const key = voters.keys[vote.seat];
    if (key === undefined) return 'reject';
    const voter = toHex(key);
    const counted = { name: nameOf(vote), vote };
    if (!hasRoom(turn.state.tally, voter, counted)) return 'ignore';
    if (!verifySignature({ scheme: 'ed25519', bytes: key }, ffgVoteMessage(chainId, vote), vote.signature)) return 'reject';
    accuse(turn, key, vote);
    turn.set({ tally: withVote(turn.state.tally, voter, counted) });
    if (keepCertificate(turn, vote, voters, rules)) askFor(turn, from, vote);
    return 'accept';
  }

  function accuse(turn: Turn<C>, key: Uint8Array, vote: FfgVote): void {
    const { state, effects } = turn;
    const voter = toHex(key);
    if (state.accused.has(voter) || state.accused.size >= ACCUSED_MAX) return;
    for (const { vote: other } of state.tally.get(voter) ?? []) {
      const bytes = ffgEvidence(key, other, vote);
      if (bytes === undefined) continue;
      turn.set({ accused: new Set(state.accused).add(voter) });
      effects.push({ kind: 'evidence', bytes });
      return;
    }
  }

  function onCertificate(turn: Turn<C>, from: PeerId, certificate: FfgCertificate): EngineJudgement {
    if (isFar(turn, certificate) || turn.state.certificates.has(toHex(certificate.target.id))) return 'ignore';
    const voters = votersOf(turn, certificate);
    if (voters === undefined) return 'ignore';
    if (!checkFfgCertificate(certificate, chainId, voters, verifySignature, rules).ok) return 'reject';
    if (!addCertificate(turn, certificate)) return 'ignore';
    askFor(turn, from, certificate);
    return 'accept';
  }

  function onAsk(turn: Turn<C>, from: PeerId, justified: Height): void {
    const { state, nowMs } = turn;
    const answered = state.answeredMs.get(from);
    if (answered !== undefined && nowMs < answered + ANSWER_AGAIN_MS) return;
    const names = new Map(state.answeredMs);
    names.delete(from);
    if (names.size >= NAMES_MAX) names.delete(names.keys().next().value as PeerId);
    turn.set({ answeredMs: names.set(from, nowMs) });
    tellAll(turn, justified, from);
  }

  function onNote(turn: Turn<C>, from: PeerId, note: FfgNote): EngineJudgement {
    switch (note.kind) {
      case 'vote':
        return onVote(turn, from, note.vote);
      case 'certificate':
        return onCertificate(turn, from, note.certificate);
      case 'ask':
        onAsk(turn, from, note.justified);
        return 'ignore';
    }
  }

  function tellAll(turn: Turn<C>, above: Height, to: PeerId): void {
    const { state, view } = turn;
    const certificates = [...state.certificates.values()].filter(({ target }) => target.height > above).toSorted((a, b) => a.target.height - b.target.height);
    const from = Math.max(above, view.head.height - ANSWER_HEIGHTS);
    const votes = [...state.tally.values()].flat().filter(({ vote }) => vote.target.height > from).toSorted((a, b) => a.vote.target.height - b.vote.target.height);
    send(turn, [...certificates.map((certificate): FfgNote => ({ kind: 'certificate', certificate })), ...votes.map(({ vote }): FfgNote => ({ kind: 'vote', vote }))], to);
  }

  return {
    message: (turn, from, bytes) => {
      const notes = ffgNotesFromBytes(bytes);
      let judgement: EngineJudgement = notes === undefined ? 'reject' : 'ignore';
      for (const note of notes ?? []) {
        const one = onNote(turn, from, note);
        if (one === 'ignore') continue;
        judgement = one;
        if (one === 'reject') break;
      }
      turn.effects.push({ kind: 'judge', judgement });
    },
    tellAll,
  };
}
