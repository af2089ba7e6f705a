import { concatBytes, uint32FromBytes, uint32ToBytes, uint64ToBytes } from '@vsys/primitives';
import type { BlockId, Height } from '@vsys/primitives';
import { heightFromBytes, REPROPOSAL_BYTES, reproposalFromBytes, reproposalToBytes, VOTE_BYTES, voteFromBytes, voteToBytes } from './vote.ts';
import type { Reproposal, Vote } from './vote.ts';

/** What one engine tells others. A message on the wire is a list of these. */
export type BftNote =
  | { readonly kind: 'vote'; readonly vote: Vote }
  | { readonly kind: 'reproposal'; readonly reproposal: Reproposal }
  /** Where the sender stands, and that it waits: who is further may send what it misses. `atMs` makes each one new to gossip. */
  | { readonly kind: 'status'; readonly height: Height; readonly round: number; readonly atMs: number }
  /** The sender holds the block that was proposed fresh in this round. */
  | { readonly kind: 'holds'; readonly height: Height; readonly round: number; readonly id: BlockId };

const KINDS = { vote: 1, reproposal: 2, status: 3, holds: 4 } as const;
const LENGTHS: Readonly<Record<number, number>> = { 1: VOTE_BYTES, 2: REPROPOSAL_BYTES, 3: 20, 4: 44 };
/** Two votes of each of 128 validators in four rounds, and what was proposed there. */
export const BFT_NOTES_MAX = 1_040;
export const BFT_MESSAGE_BYTES_MAX: number = BFT_NOTES_MAX * (1 + REPROPOSAL_BYTES);

export function notesToBytes(notes: readonly BftNote[]): Uint8Array {
  return concatBytes(...notes.slice(0, BFT_NOTES_MAX).flatMap((note) => [Uint8Array.of(KINDS[note.kind]), bodyOf(note)]));
}

/** Undefined when the bytes are not a list of notes, or an empty one. */
export function notesFromBytes(bytes: Uint8Array): readonly BftNote[] | undefined {
  const notes: BftNote[] = [];
  for (let at = 0; at < bytes.length; ) {
    const kind = bytes[at] as number;
    const length = LENGTHS[kind];
    if (length === undefined || bytes.length - at - 1 < length || notes.length >= BFT_NOTES_MAX) return undefined;
    const note = noteOf(kind, bytes.subarray(at + 1, at + 1 + length));
    if (note === undefined) return undefined;
    notes.push(note);
    at += 1 + length;
  }
  return notes.length === 0 ? undefined : notes;
}

function bodyOf(note: BftNote): Uint8Array {
  switch (note.kind) {
    case 'vote':
      return voteToBytes(note.vote);
    case 'reproposal':
      return reproposalToBytes(note.reproposal);
    case 'status':
      return concatBytes(uint64ToBytes(BigInt(note.height)), uint32ToBytes(note.round), uint64ToBytes(BigInt(note.atMs)));
    case 'holds':
      return concatBytes(uint64ToBytes(BigInt(note.height)), uint32ToBytes(note.round), note.id);
  }
}

function noteOf(kind: number, bytes: Uint8Array): BftNote | undefined {
  if (kind === KINDS.vote) {
    const vote = voteFromBytes(bytes);
    return vote === undefined ? undefined : { kind: 'vote', vote };
  }
  if (kind === KINDS.reproposal) {
    const reproposal = reproposalFromBytes(bytes);
    return reproposal === undefined ? undefined : { kind: 'reproposal', reproposal };
  }
  const height = heightFromBytes(bytes);
  if (height === undefined) return undefined;
  const round = uint32FromBytes(bytes, 8);
  if (kind === KINDS.holds) return { kind: 'holds', height, round, id: bytes.slice(12) };
  const atMs = heightFromBytes(bytes, 12);
  return atMs === undefined ? undefined : { kind: 'status', height, round, atMs };
}
