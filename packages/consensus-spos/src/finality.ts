import { accept, refuse } from '@vsys/primitives';
import type { Height, Verdict } from '@vsys/primitives';
import type { BlockRef, IdentifiedHeader, Rank, VerifySignature } from '@vsys/consensus/rules';
import { checkFfgCertificate, type FfgCertificate, type FfgCertificateCode, type FfgFoldCode, type FfgSet, genesisFfg, stepFfg } from '@vsys/finality-ffg';
import type { SposContext } from './context.ts';
import { genesisDepth, stepDepth } from './depth.ts';
import type { SposParams } from './params.ts';
import { type Seat, seatListRoot } from './seat-list.ts';

type Finality = SposContext['finality'];

/** The seats as voters, under the root that headers commit to. */
export function votersOfSeats(seats: readonly Seat[]): FfgSet {
  return { id: seatListRoot(seats), keys: seats.map(({ voteKey }) => voteKey) };
}

export function genesisFinality(params: SposParams, genesis: BlockRef): Finality {
  if (params.finality === 'ffg') return { kind: 'ffg', ffg: genesisFfg(genesis, votersOfSeats(params.seats)) };
  return { kind: 'depth', ...genesisDepth(genesis.height, params.seats) };
}

export interface FinalityStep {
  readonly certificates: readonly FfgCertificate[];
  /** Who stands at the block, and the position among them of who sealed it. */
  readonly seats: readonly Seat[];
  readonly position: number;
}

/** What a header adds, by the voting of seats or by their building on it. */
export function stepFinality(
  params: SposParams, verifySignature: VerifySignature, parent: SposContext, { id, header }: IdentifiedHeader, { certificates, seats, position }: FinalityStep,
): Verdict<Finality, FfgFoldCode | FfgCertificateCode | 'SPOS_EXT'> {
  if (parent.finality.kind === 'depth') {
    if (certificates.length > 0) return refuse('SPOS_EXT', 'a chain with finality by depth has no certificates');
    return accept({ kind: 'depth', ...stepDepth(params, parent.finality, parent.standing.seats, seats, position, header.height) });
  }
  const enters = seats === parent.standing.seats ? {} : { enters: votersOfSeats(seats) };
  const stepped = stepFfg(parent.finality.ffg, { ref: { height: header.height, id }, certificates, ...enters }, (certificate, voters) => checkFfgCertificate(certificate, header.chainId, voters, verifySignature));
  return stepped.ok ? accept({ kind: 'ffg', ffg: stepped.value }) : stepped;
}

/** The branch that is justified higher wins, then the longer one; by depth, the longer one. Seats are equal. */
export function rankOf(finality: Finality, height: Height): Rank {
  return finality.kind === 'ffg' ? [BigInt(finality.ffg.justified.height), BigInt(height)] : [BigInt(height)];
}

/** Under voting, what is justified is safe. */
export function safeOf(finality: Finality): Height {
  return finality.kind === 'ffg' ? finality.ffg.justified.height : finality.safe;
}
