import { equalBytes, toHex } from '@vsys/primitives';
import type { PeerId } from '@vsys/primitives';
import type { Effect, TreeView } from '@vsys/consensus';
import type { BlockRef } from '@vsys/consensus/rules';
import type { FfgCertificate } from './certificate.ts';
import { ballotOf } from './context.ts';
import type { FfgContext } from './context.ts';
import type { FfgRules } from './ffg-rules.ts';
import { isSameRef } from './link.ts';
import type { FfgBallot } from './link.ts';
import type { FfgState } from './state.ts';
import { certificateFor } from './tally.ts';
import type { FfgVoters } from './voters.ts';
import { ffgMessages } from './wire.ts';
import type { FfgNote } from './wire.ts';

/** One input at work: the state as it becomes, and the effects so far. The state that came in is not changed. */
export interface Turn<C> {
  readonly state: FfgState;
  readonly effects: Effect[];
  readonly view: TreeView<C>;
  readonly nowMs: number;
  set(change: Partial<FfgState>): void;
}

/** Certificates above final that are kept. */
export const FFG_CERTIFICATES_MAX = 64;

export function createTurn<C>(from: FfgState, view: TreeView<C>, nowMs: number): Turn<C> {
  let state = from;
  return {
    get state() {
      return state;
    },
    effects: [],
    view,
    nowMs,
    set: (change) => {
      state = { ...state, ...change };
    },
  };
}

export function send<C>({ effects }: Turn<C>, notes: readonly FfgNote[], to?: PeerId): void {
  for (const bytes of ffgMessages(notes)) effects.push({ kind: 'send', bytes, ...(to === undefined ? {} : { to }) });
}

/** Makes a certificate when a quorum voted for this ballot, and there is none yet. True: it is new. */
export function keepCertificate<C>(turn: Turn<C>, ballot: FfgBallot, voters: FfgVoters, rules: FfgRules): boolean {
  if (turn.state.certificates.has(toHex(ballot.target.id))) return false;
  const certificate = certificateFor(turn.state.tally, ballot, voters, rules.quorum);
  return certificate !== undefined && addCertificate(turn, certificate);
}

/** False: there is one for this target, or too many for higher ones. */
export function addCertificate<C>(turn: Turn<C>, certificate: FfgCertificate): boolean {
  const name = toHex(certificate.target.id);
  const known = turn.state.certificates;
  if (known.has(name)) return false;
  const kept = [...known, [name, certificate] as const].toSorted(([, a], [, b]) => b.target.height - a.target.height).slice(0, FFG_CERTIFICATES_MAX);
  turn.set({ certificates: new Map(kept) });
  return turn.state.certificates.has(name);
}

/** Tells what the certificates of headers and votes justify and make final, above what the tree has. Justified first: the head must follow before its branch is final. */
export function settle<C>(turn: Turn<C>, contextOf: (context: C) => FfgContext, rules: FfgRules): void {
  const { view, state } = turn;
  const recorded = contextOf(view.head.context);
  let { justified, final }: { justified: BlockRef; final: BlockRef } = recorded;
  for (const certificate of state.certificates.values()) {
    const block = view.get(certificate.target.id);
    const target = block?.executed === true ? ballotOf(contextOf(block.context)) : undefined;
    if (target === undefined || !isSameRef(target.source, certificate.source) || !equalBytes(target.voters.id, certificate.setId)) continue;
    if (target.ref.height > justified.height) justified = target.ref;
    if (rules.finalises(certificate) && target.source.height > final.height) final = target.source;
  }
  if (justified.height > view.justified.height && view.get(justified.id)?.executed === true) turn.effects.push({ kind: 'justify', ref: justified });
  if (final.height > view.final.height && view.get(final.id) !== undefined) turn.effects.push({ kind: 'finalise', ref: final });
}
