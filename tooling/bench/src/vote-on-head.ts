import { equalBytes, invariant } from '@vsys/primitives';
import type { Signer } from '@vsys/crypto';
import type { SposContext } from '@vsys/consensus-spos';
import { ballotOf, type FfgCertificate, ffgQuorum, ffgVoteMessage } from '@vsys/finality-ffg';

/** What a quorum of the seats says of the block that the context is of, as the next header carries it. None for genesis, on which nobody votes. */
export function certificatesOf(chainId: Uint8Array, { finality }: SposContext, seats: readonly Signer[]): readonly FfgCertificate[] {
  invariant(finality.kind === 'ffg', 'a chain of a bench is final by votes');
  const target = ballotOf(finality.ffg);
  if (target === undefined) return [];
  const { ref, source, voters } = target;
  const ballot = { setId: voters.id, source, target: ref };
  const message = ffgVoteMessage(chainId, ballot);
  const signers = voters.keys.slice(0, ffgQuorum(voters.keys.length)).map((key, seat) => {
    const signer = seats.find(({ publicKey }) => equalBytes(publicKey.bytes, key));
    invariant(signer !== undefined, 'the seats of a bench vote by the keys that they mint by');
    return { seat, signature: signer.sign(message) };
  });
  return [{ ...ballot, setIds: [voters.sets[0].id], voters: voters.keys.length, signers }];
}
