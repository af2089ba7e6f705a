import type { PeerId } from '@vsys/primitives';
import type { BftState } from './state.ts';
import { roundOf } from './tally.ts';
import type { Turn } from './turn.ts';
import { BFT_NOTES_MAX, notesToBytes } from './wire.ts';
import type { BftNote } from './wire.ts';

/** To one peer, or to all; in several messages what is too long for one, as where seats signed twice. */
export function tell({ effects }: Pick<Turn, 'effects'>, notes: readonly BftNote[], to?: PeerId): void {
  for (let at = 0; at < notes.length; at += BFT_NOTES_MAX) effects.push({ kind: 'send', bytes: notesToBytes(notes.slice(at, at + BFT_NOTES_MAX)), ...(to === undefined ? {} : { to }) });
}

/** Where we stand, for who may know more. */
export function tellStatus(turn: Turn, to?: PeerId): void {
  tell(turn, [{ kind: 'status', height: turn.state.height, round: turn.state.round, atMs: turn.nowMs }], to);
}

/** What somebody in this height may have missed, who stands in that round. */
export function notesFor({ round, locked, valid, tally, proposals }: BftState, theirs: number): readonly BftNote[] {
  const near = [theirs, round, locked?.round, valid?.round].filter((one) => one !== undefined);
  // A proposal of an earlier round's block is worth nothing to whoever misses that round's prevotes.
  const rounds = [...new Set([...near, ...near.flatMap((one) => proposals.get(one)?.validRound ?? [])])];
  return rounds.flatMap((one): BftNote[] => {
    const { prevotes, precommits } = roundOf(tally, one);
    const proposal = proposals.get(one);
    const proposed: BftNote[] = proposal === undefined ? [] : [proposal.signed.kind === 'again' ? { kind: 'reproposal', reproposal: proposal.signed.reproposal } : { kind: 'holds', height: proposal.signed.header.height, round: one, id: proposal.id }];
    return [...proposed, ...[...prevotes.values(), ...precommits.values()].flat().map((cast): BftNote => ({ kind: 'vote', vote: cast }))];
  });
}
