import { accept, concatBytes, equalBytes, refuse } from '@vsys/primitives';
import type { Verdict } from '@vsys/primitives';
import { ballotFromBytes, ballotToBytes } from './link.ts';
import type { FfgBallot } from './link.ts';
import { FFG_VOTERS_MAX, jointId } from './voters.ts';

/** Votes of a quorum on one link. */
export interface FfgCertificate extends FfgBallot {
  /** Ids of the set, or of the one before and the one now: `setId` is made of them. */
  readonly setIds: readonly [Uint8Array] | readonly [Uint8Array, Uint8Array];
  /** How many voters the target has. */
  readonly voters: number;
  /** Seats that signed, growing, and in their order the signatures. */
  readonly signers: readonly { readonly seat: number; readonly signature: Uint8Array }[];
}

const SIGNATURE_BYTES = 64;
/** Bytes of a certificate, at most: every voter of two sets signed. */
export const FFG_CERTIFICATE_BYTES_MAX = 16_563;

/** Count of sets (1), their ids (32 each), source (40), target (40), count of voters (2), a bit per voter from the highest bit of the first byte on, signatures (64 each). */
export function ffgCertificateToBytes(certificate: FfgCertificate): Uint8Array {
  const { setIds, voters, signers } = certificate;
  const bits = new Uint8Array(Math.ceil(voters / 8));
  for (const { seat } of signers) bits[seat >> 3] = (bits[seat >> 3] as number) | (128 >> (seat & 7));
  return concatBytes(Uint8Array.of(setIds.length), ...setIds, ballotToBytes(certificate).subarray(32), Uint8Array.of(voters >> 8, voters & 255), bits, ...signers.map(({ signature }) => signature));
}

/** Strict in form: what `ffgCertificateToBytes` does not write is refused. Whether it holds is for `checkFfgCertificate`. */
export function ffgCertificateFromBytes(bytes: Uint8Array): Verdict<FfgCertificate, 'FFG_CERTIFICATE'> {
  const wrong = (message: string): Verdict<FfgCertificate, 'FFG_CERTIFICATE'> => refuse('FFG_CERTIFICATE', message);
  const sets = bytes[0];
  if (sets !== 1 && sets !== 2) return wrong(`expected one set or two, found ${sets ?? 'nothing'}`);
  const linkAt = 1 + 32 * sets;
  const bitsAt = linkAt + 82;
  if (bytes.length < bitsAt) return wrong(`${bytes.length} bytes are too few`);
  const first = bytes.slice(1, 33);
  const setIds = sets === 1 ? ([first] as const) : ([first, bytes.slice(33, 65)] as const);
  const setId = setIds.length === 1 ? first : jointId(...setIds);
  const ballot = ballotFromBytes(concatBytes(setId, bytes.subarray(linkAt, linkAt + 80)));
  if (ballot === undefined) return wrong('the source is not below the target');
  const voters = ((bytes[bitsAt - 2] as number) << 8) | (bytes[bitsAt - 1] as number);
  if (voters < 1 || voters > FFG_VOTERS_MAX) return wrong(`expected 1 to ${FFG_VOTERS_MAX} voters, found ${voters}`);
  const signaturesAt = bitsAt + Math.ceil(voters / 8);
  const seats = Array.from({ length: 8 * (signaturesAt - bitsAt) }, (_, seat) => seat).filter((seat) => ((bytes[bitsAt + (seat >> 3)] ?? 0) & (128 >> (seat & 7))) !== 0);
  if (seats.length === 0 || (seats.at(-1) as number) >= voters) return wrong('the signers are none, or more than there are voters');
  if (bytes.length !== signaturesAt + SIGNATURE_BYTES * seats.length) return wrong(`${bytes.length} bytes do not fit ${seats.length} signers`);
  const signers = seats.map((seat, i) => ({ seat, signature: bytes.slice(signaturesAt + SIGNATURE_BYTES * i, signaturesAt + SIGNATURE_BYTES * (i + 1)) }));
  const certificate = { ...ballot, setIds, voters, signers };
  return equalBytes(ffgCertificateToBytes(certificate), bytes) ? accept(certificate) : wrong('the bytes are not canonical');
}
