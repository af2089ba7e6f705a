import { concatBytes, uint32FromBytes, uint32ToBytes, uint64ToBytes } from '@vsys/primitives';
import type { Height } from '@vsys/primitives';
import { FFG_CERTIFICATE_BYTES_MAX, ffgCertificateFromBytes, ffgCertificateToBytes } from './certificate.ts';
import type { FfgCertificate } from './certificate.ts';
import { heightFromBytes } from './link.ts';
import { FFG_VOTE_BYTES, ffgVoteFromBytes, ffgVoteToBytes } from './vote.ts';
import type { FfgVote } from './vote.ts';

/** What one voter tells others. A message is a list of these. */
export type FfgNote =
  | { readonly kind: 'vote'; readonly vote: FfgVote }
  | { readonly kind: 'certificate'; readonly certificate: FfgCertificate }
  /** The sender knows nothing justified above this height, and votes may have been lost: who knows more sends it. `atMs` makes each one new to gossip. */
  | { readonly kind: 'ask'; readonly justified: Height; readonly atMs: number };

const VOTE = 1;
const CERTIFICATE = 2;
const ASK = 3;
export const FFG_MESSAGE_BYTES_MAX = 65_536;
export const FFG_MESSAGES_PER_PEER_PER_SECOND_MAX = 1_024;

/** Each note: kind (1), length (4), body. In as many messages as it takes. */
export function ffgMessages(notes: readonly FfgNote[]): readonly Uint8Array[] {
  const messages: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  let length = 0;
  for (const note of notes) {
    const bytes = noteToBytes(note);
    if (length + bytes.length > FFG_MESSAGE_BYTES_MAX) {
      messages.push(concatBytes(...parts));
      [parts, length] = [[], 0];
    }
    parts.push(bytes);
    length += bytes.length;
  }
  return parts.length === 0 ? messages : [...messages, concatBytes(...parts)];
}

/** Undefined when the bytes are not a list of notes, or an empty one. */
export function ffgNotesFromBytes(bytes: Uint8Array): readonly FfgNote[] | undefined {
  if (bytes.length > FFG_MESSAGE_BYTES_MAX) return undefined;
  const notes: FfgNote[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < 5) return undefined;
    const length = uint32FromBytes(bytes, at + 1);
    if (length > bytes.length - at - 5) return undefined;
    const note = noteFromBytes(bytes[at] as number, bytes.subarray(at + 5, at + 5 + length));
    if (note === undefined) return undefined;
    notes.push(note);
    at += 5 + length;
  }
  return notes.length === 0 ? undefined : notes;
}

function noteToBytes(note: FfgNote): Uint8Array {
  const [kind, body] = bodyOf(note);
  return concatBytes(Uint8Array.of(kind), uint32ToBytes(body.length), body);
}

function bodyOf(note: FfgNote): readonly [number, Uint8Array] {
  switch (note.kind) {
    case 'vote':
      return [VOTE, ffgVoteToBytes(note.vote)];
    case 'certificate':
      return [CERTIFICATE, ffgCertificateToBytes(note.certificate)];
    case 'ask':
      return [ASK, concatBytes(uint64ToBytes(BigInt(note.justified)), uint64ToBytes(BigInt(note.atMs)))];
  }
}

function noteFromBytes(kind: number, body: Uint8Array): FfgNote | undefined {
  if (kind === VOTE && body.length === FFG_VOTE_BYTES) {
    const vote = ffgVoteFromBytes(body);
    return vote === undefined ? undefined : { kind: 'vote', vote };
  }
  if (kind === CERTIFICATE && body.length <= FFG_CERTIFICATE_BYTES_MAX) {
    const parsed = ffgCertificateFromBytes(body);
    return parsed.ok ? { kind: 'certificate', certificate: parsed.value } : undefined;
  }
  const [justified, atMs] = kind === ASK && body.length === 16 ? [heightFromBytes(body, 0), heightFromBytes(body, 8)] : [];
  return justified === undefined || atMs === undefined ? undefined : { kind: 'ask', justified, atMs };
}
