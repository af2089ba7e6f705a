import type { Header } from '@vsys/data-format';
import type { BlockId, Height, PeerId } from '@vsys/primitives';
import type { Committee } from './committee.ts';
import type { BftMemory } from './memory.ts';
import type { Tally } from './tally.ts';
import type { Reproposal, Vote } from './vote.ts';
import type { Polka, Proposed } from './vote-rules.ts';

/** What was proposed in a round, and how it was signed. */
export interface Proposal extends Proposed {
  readonly signed: { readonly kind: 'fresh'; readonly header: Header; readonly seal: Uint8Array } | { readonly kind: 'again'; readonly reproposal: Reproposal };
}

/** Where a validator stands in deciding one height. Never changed in place. */
export interface BftState {
  readonly height: Height;
  /** Who decides this height. */
  readonly committee: Committee;
  readonly round: number;
  /** What is waited for: the time of the height, a proposal, a quorum of prevotes, a quorum of precommits. */
  readonly step: 'wait' | 'propose' | 'prevote' | 'precommit';
  readonly locked: Polka | undefined;
  readonly valid: Polka | undefined;
  /** The first proposal of each round. */
  readonly proposals: ReadonlyMap<number, Proposal>;
  readonly tally: Tally;
  /** Votes for the height after this one, by those who are a moment ahead. */
  readonly next: readonly Vote[];
  /** Of the current round: the proposal was executing when its time was up, and got as long again. */
  readonly extended: boolean;
  /** Of the current round: how often the wait for precommits was over without a quorum of them. */
  readonly lonely: number;
  /** Of the current round: the timer of the step runs because a quorum voted, for whatever. */
  readonly prevotesCounted: boolean;
  readonly precommitsCounted: boolean;
  /** What is under way or known of blocks, by id in hex. */
  readonly importing: ReadonlySet<string>;
  readonly invalid: ReadonlySet<string>;
  readonly fetchedMs: ReadonlyMap<string, number>;
  /** Who voted last for a block, and so may have it. */
  readonly sources: ReadonlyMap<string, PeerId>;
  /** A quorum precommitted it, and it was handed over. */
  readonly decided: BlockId | undefined;
  /** Own block of this round that waits for its signature. */
  readonly building: { readonly job: string; readonly id: BlockId; readonly header: Header } | undefined;
  /** How far own keys signed: never signed below, also after a restart. */
  readonly signed: Pick<BftMemory, 'height' | 'round' | 'step'>;
  /**
   * Signs nothing: what it remembers is older than the chain, so it may have signed what it does not know. Ends with the height, or when so
   * many rounds have gone by that the network plainly waits for it.
   */
  readonly quietRounds: number | undefined;
  /** A height was decided here since the start, vote by vote: nothing is missing from memory. */
  readonly settled: boolean;
  /** Double signing that was told already: kind, round, seat. */
  readonly accused: ReadonlySet<string>;
  readonly answeredMs: ReadonlyMap<PeerId, number>;
}
