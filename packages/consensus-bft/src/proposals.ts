import { equalBytes, toHex } from '@vsys/primitives';
import type { BlockId, PeerId } from '@vsys/primitives';
import { keyOfSeat, proposerOf } from './committee.ts';
import { proposalEvidence } from './evidence.ts';
import type { Proposal } from './state.ts';
import type { Turn } from './turn.ts';

/** Blocks, peers and offences that are remembered by name. */
export const NAMES_MAX = 256;
const FETCH_AGAIN_MS = 500;

/** The first proposal of a round is its proposal; a second one is a proof against its maker. False: there is another. */
export function keepProposal(turn: Turn, proposal: Proposal): boolean {
  const { proposals } = turn.state;
  const known = proposals.get(proposal.round);
  if (known === undefined) {
    turn.set({ proposals: new Map(proposals).set(proposal.round, proposal) });
    return true;
  }
  if (equalBytes(known.id, proposal.id) && known.validRound === proposal.validRound) return true;
  const { committee, height } = turn.state;
  accuse(turn, `proposal ${proposal.round}`, () => proposalEvidence(keyOfSeat(committee, proposerOf(committee, height, proposal.round)).bytes, known, proposal));
  return false;
}

/** Tells of each offence once. */
export function accuse(turn: Turn, name: string, proof: () => Uint8Array): void {
  const { accused } = turn.state;
  if (accused.has(name) || accused.size >= NAMES_MAX) return;
  turn.set({ accused: new Set(accused).add(name) });
  turn.effects.push({ kind: 'evidence', bytes: proof() });
}

/** The block is named and not here: whoever voted for it last has it. */
export function want(turn: Turn, id: BlockId, from: PeerId | undefined = turn.state.sources.get(toHex(id))): false {
  const name = toHex(id);
  const { importing, fetchedMs } = turn.state;
  const asked = fetchedMs.get(name);
  if (from === undefined || importing.has(name) || turn.view.get(id) !== undefined || fetchedMs.size >= NAMES_MAX || (asked !== undefined && turn.nowMs < asked + FETCH_AGAIN_MS)) return false;
  turn.set({ fetchedMs: new Map(fetchedMs).set(name, turn.nowMs) });
  turn.effects.push({ kind: 'fetch', from, id });
  return false;
}
