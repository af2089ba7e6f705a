import type { Signer } from '@vsys/crypto';
import type { ConsensusModule, VerifySignature } from '@vsys/consensus';

/** A consensus module as the simulator runs it, and what it promises: only that can be violated. */
export interface SimulatedModule {
  /** As in `--module`. */
  readonly name: string;
  create(verifySignature: VerifySignature): ConsensusModule;
  /** JSON parameters of a chain with these seats, one block per period. */
  params(seats: readonly Signer[], periodMs: number): unknown;
  /** Seats that must be present for finality to move. */
  quorum(seats: number): number;
  /**
   * Finality holds through: `any` network and fewer than a third of the seats that sign twice, as votes give; or, as depth gives, `static`: one cut at a
   * time that leaves a quorum together. See the spec of the module.
   */
  readonly tolerates: 'any' | 'static';
}
