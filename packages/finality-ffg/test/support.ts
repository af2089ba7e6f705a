import { createSigner, verifySignature } from '@vsys/crypto';
import type { Signer } from '@vsys/crypto';
import { sha256 } from '@vsys/crypto/hash';
import { toHex, utf8ToBytes } from '@vsys/primitives';
import type { BlockRef } from '@vsys/consensus/rules';
import { certificateFor, checkFfgCertificate, ffgQuorum, ffgVoteMessage, stepFfg } from '@vsys/finality-ffg';
import type { FfgCertificate, FfgContext, FfgRules, FfgSet, FfgTally, FfgTarget, FfgVote, FfgVoters } from '@vsys/finality-ffg';
import { nameOf, withVote } from '../src/tally.ts';

export { verifySignature };

export const CHAIN = new Uint8Array(32).fill(7);
const signers = new Map<string, Signer>();

/** Public key of the voter of this number. */
export function keyOf(seed: number): Uint8Array {
  const known = publics.get(seed);
  if (known !== undefined) return known;
  const signer = createSigner('ed25519', new Uint8Array(32).fill(seed + 1));
  const key = signer.publicKey.bytes;
  publics.set(seed, key);
  signers.set(toHex(key), signer);
  return key;
}

const publics = new Map<number, Uint8Array>();

export function signBy(key: Uint8Array, message: Uint8Array): Uint8Array {
  return (signers.get(toHex(key)) as Signer).sign(message);
}

export function setOf(...seeds: readonly number[]): FfgSet {
  const keys = seeds.map(keyOf);
  return { id: sha256(...keys), keys };
}

export function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

export function refOf(height: number, name: string): BlockRef {
  return { height, id: sha256(utf8ToBytes(`${height} ${name}`)) };
}

export const GENESIS: BlockRef = refOf(0, 'genesis');

export function voteOf(target: FfgTarget, key: Uint8Array): FfgVote {
  const ballot = { setId: target.voters.id, source: target.source, target: target.ref };
  return { ...ballot, seat: target.voters.keys.findIndex((one) => toHex(one) === toHex(key)), signature: signBy(key, ffgVoteMessage(CHAIN, ballot)) };
}

/** By these voters, or by as many as there are. */
export function certify(target: FfgTarget, keys: readonly Uint8Array[] = target.voters.keys): FfgCertificate | undefined {
  const votes = keys.map((key) => voteOf(target, key));
  const tally = votes.reduce<FfgTally>((all, vote, i) => withVote(all, toHex(keys[i] as Uint8Array), { name: nameOf(vote), vote }), new Map());
  return certificateFor(tally, { setId: target.voters.id, source: target.source, target: target.ref }, target.voters, ffgQuorum);
}

export function check(certificate: FfgCertificate, voters: FfgVoters): ReturnType<typeof checkFfgCertificate> {
  return checkFfgCertificate(certificate, CHAIN, voters, verifySignature);
}

/** The child's context; throws when it is refused. */
export function childOf(parent: FfgContext, name: string, certificates: readonly FfgCertificate[] = [], more: { readonly enters?: FfgSet; readonly rules?: FfgRules } = {}): FfgContext {
  const height = (parent.recent.at(-1)?.ref ?? parent.justified).height + 1;
  const stepped = stepFfg(parent, { ref: refOf(height, name), certificates, ...(more.enters === undefined ? {} : { enters: more.enters }) }, check, more.rules);
  if (!stepped.ok) throw new Error(`${stepped.code}: ${stepped.message}`);
  return stepped.value;
}

export function targetAt(context: FfgContext): FfgTarget {
  return context.recent.at(-1) as FfgTarget;
}

export function certified(context: FfgContext, keys?: readonly Uint8Array[]): FfgCertificate {
  const certificate = certify(targetAt(context), keys);
  if (certificate === undefined) throw new Error('no quorum');
  return certificate;
}

