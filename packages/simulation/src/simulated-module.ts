import type { Signer } from '@vsys/crypto';
import type { ConsensusModule, VerifySignature } from '@vsys/consensus';
import type { Operation } from '@vsys/data-format';

/** A consensus module as the simulator runs it, and what it promises: only that can be violated. */
export interface SimulatedModule {
  /** As in `--module`. */
  readonly name: string;
  create(verifySignature: VerifySignature): ConsensusModule;
  /** JSON parameters of a chain with these seats, one block per period. */
  params(seats: readonly Signer[], periodMs: number): unknown;
  /** What the account of a seat sends to be for another key of a seat; absent: the module's keys do not change while it runs. */
  rekey?(seat: Signer, key: Uint8Array): Operation;
  /**
   * What finality holds through. `any`: every network, and fewer than a third of the seats that sign twice, as votes give. `static`: one cut into sides that
   * stay with nothing withheld or late beside it, no seat that signs twice, and none that loses its log behind a bad network, as depth gives: seats that build on two branches in turn can make two nodes differ. See the spec of the module.
   */
  readonly tolerates: 'any' | 'static';
  /**
   * Where finality outlasts short cuts only: those in which no side makes as many blocks. Cuts are then half as long at most, and final may be so far
   * behind the head. Absent: cuts of any length.
   */
  readonly reorgBound?: number;
  /** Seats of a run that does not say how many. Absent: 4. */
  readonly nodes?: number;
}
