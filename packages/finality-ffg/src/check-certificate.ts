import { accept, equalBytes, refuse } from '@vsys/primitives';
import type { ChainId, Verdict } from '@vsys/primitives';
import type { VerifySignature } from '@vsys/consensus/rules';
import type { FfgCertificate } from './certificate.ts';
import { ffgRules } from './ffg-rules.ts';
import type { FfgRules } from './ffg-rules.ts';
import { ffgVoteMessage } from './link.ts';
import { hasQuorum } from './voters.ts';
import type { FfgVoters } from './voters.ts';

export type FfgCertificateCode = 'FFG_VOTERS' | 'FFG_QUORUM' | 'FFG_SIGNATURE';

/** Whether the certificate is a quorum of these voters. Whether its source and target are what they should be is for the fold, or for a light client that has the target. */
export function checkFfgCertificate(certificate: FfgCertificate, chainId: ChainId, voters: FfgVoters, verifySignature: VerifySignature, rules: FfgRules = ffgRules): Verdict<void, FfgCertificateCode> {
  const { setIds, signers } = certificate;
  const isOf = setIds.length === voters.sets.length && setIds.every((id, i) => equalBytes(id, voters.sets[i]?.id ?? new Uint8Array())) && certificate.voters === voters.keys.length;
  if (!isOf) return refuse('FFG_VOTERS', 'the certificate is by other voters than the block has');
  if (!hasQuorum(voters, new Set(signers.map(({ seat }) => seat)), rules.quorum)) return refuse('FFG_QUORUM', `${signers.length} of ${voters.keys.length} voters are no quorum`);
  // More would only cost everybody who checks them.
  const most = voters.seats.reduce((sum, seats) => sum + rules.quorum(seats.length), 0);
  if (signers.length > most) return refuse('FFG_QUORUM', `expected at most ${most} signatures, found ${signers.length}`);
  const message = ffgVoteMessage(chainId, certificate);
  for (const { seat, signature } of signers) {
    if (!verifySignature({ scheme: 'ed25519', bytes: voters.keys[seat] as Uint8Array }, message, signature)) return refuse('FFG_SIGNATURE', `the vote of seat ${seat} does not hold`);
  }
  return accept(undefined);
}
