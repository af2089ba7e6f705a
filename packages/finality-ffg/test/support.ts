import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { verifySignature } from '@vsys/crypto';
import { sha256 } from '@vsys/crypto/hash';
import { toHex, utf8ToBytes } from '@vsys/primitives';
import type { BlockRef } from '@vsys/consensus/rules';
import { certificateFor, checkFfgCertificate, ffgQuorum, ffgVoteMessage, stepFfg } from '@vsys/finality-ffg';
import type { FfgCertificate, FfgContext, FfgRules, FfgSet, FfgTally, FfgTarget, FfgVote, FfgVoters } from '@vsys/finality-ffg';
import { nameOf, withVote } from '../src/tally.ts';

export { verifySignature };

export const CHAIN = new Uint8Array(32).fill(7);
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const privates = new Map<string, ReturnType<typeof createPrivateKey>>();

/** Public key of the voter of this number. */
export function keyOf(seed: number): Uint8Array {
  const known = publics.get(seed);
  if (known !== undefined) return known;
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, Buffer.alloc(32, seed + 1)]), format: 'der', type: 'pkcs8' });
  const key = new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(12));
  publics.set(seed, key);
  privates.set(toHex(key), privateKey);
  return key;
}

const publics = new Map<number, Uint8Array>();

export function signBy(key: Uint8Array, message: Uint8Array): Uint8Array {
  return new Uint8Array(sign(null, message, privates.get(toHex(key)) as ReturnType<typeof createPrivateKey>));
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

