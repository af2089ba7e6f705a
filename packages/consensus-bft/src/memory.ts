import { CodedError, concatBytes, uint32FromBytes, uint32ToBytes, uint64ToBytes } from '@vsys/primitives';
import type { Height } from '@vsys/primitives';
import { heightFromBytes, VOTE_BYTES, voteFromBytes, voteToBytes } from './vote.ts';
import type { Vote } from './vote.ts';
import type { Polka } from './vote-rules.ts';

export class BftError extends CodedError<'BFT_MEMORY'> {}

/** What a validator may not forget: how far it signed, and what it is locked on. Durable before each signature. */
export interface BftMemory {
  readonly height: Height;
  readonly round: number;
  /** The last step that a signature was asked for in this round. */
  readonly step: number;
  readonly locked: Polka | undefined;
  readonly valid: Polka | undefined;
  /** The prevotes that made these two. Who is locked must be able to show why, or nobody else may follow, and after a crash nobody else may have them. */
  readonly reasons: readonly Vote[];
}

const POLKA_BYTES = 37;
const HEAD_BYTES = 14 + 2 * POLKA_BYTES;
const VERSION = 2;

/** Version (1), height (8), round (4), step (1); locked and valid, each presence (1), round (4), id (32); then votes (112 each). */
export function memoryToBytes({ height, round, step, locked, valid, reasons }: BftMemory): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION), uint64ToBytes(BigInt(height)), uint32ToBytes(round), Uint8Array.of(step), polkaToBytes(locked), polkaToBytes(valid), ...reasons.map(voteToBytes));
}

/** @throws BftError on bytes that `memoryToBytes` did not write: to vote with a forgotten lock would be worse than not to vote */
export function memoryFromBytes(bytes: Uint8Array): BftMemory {
  const height = bytes.length >= HEAD_BYTES && bytes[0] === VERSION ? heightFromBytes(bytes, 1) : undefined;
  const step = bytes[13] ?? 0;
  const reasons = votesFromBytes(bytes.subarray(HEAD_BYTES));
  if (height === undefined || step > 3 || reasons === undefined) throw new BftError('BFT_MEMORY', 'the durable memory of bft@1 is damaged: restore it from a copy, or remove it and let the seat wait for the next height');
  return { height, round: uint32FromBytes(bytes, 9), step, locked: polkaFromBytes(bytes, 14), valid: polkaFromBytes(bytes, 14 + POLKA_BYTES), reasons };
}

function votesFromBytes(bytes: Uint8Array): readonly Vote[] | undefined {
  if (bytes.length % VOTE_BYTES !== 0) return undefined;
  const votes = Array.from({ length: bytes.length / VOTE_BYTES }, (_, i) => voteFromBytes(bytes.subarray(i * VOTE_BYTES, (i + 1) * VOTE_BYTES)));
  return votes.every((vote) => vote !== undefined) ? votes : undefined;
}

function polkaToBytes(polka: Polka | undefined): Uint8Array {
  return polka === undefined ? new Uint8Array(POLKA_BYTES) : concatBytes(Uint8Array.of(1), uint32ToBytes(polka.round), polka.id);
}

function polkaFromBytes(bytes: Uint8Array, at: number): Polka | undefined {
  return bytes[at] === 0 ? undefined : { round: uint32FromBytes(bytes, at + 1), id: bytes.slice(at + 5, at + POLKA_BYTES) };
}
