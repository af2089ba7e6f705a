import { concatBytes, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes, utf8ToBytes } from '@vsys/primitives';
import type { BlockId, ChainId, Height } from '@vsys/primitives';

/** Steps of a round, as numbers that grow: what a seat signs in one round it signs in this order. */
export const PROPOSE = 1;
export const PREVOTE = 2;
export const PRECOMMIT = 3;
export type VoteStep = typeof PREVOTE | typeof PRECOMMIT;

/** One vote of a validator. Without an id it is for nothing: the round shall pass. */
export interface Vote {
  readonly height: Height;
  readonly round: number;
  readonly step: VoteStep;
  readonly id: BlockId | undefined;
  /** Position of the validator in the list. */
  readonly seat: number;
  readonly signature: Uint8Array;
}

/** A block of an earlier round, proposed again by whoever has seen a quorum of prevotes for it. */
export interface Reproposal {
  readonly height: Height;
  readonly round: number;
  /** The round whose prevotes are the reason. Below `round`. */
  readonly validRound: number;
  readonly id: BlockId;
  readonly seat: number;
  readonly signature: Uint8Array;
}

const VOTE_TAG = utf8ToBytes('vsys bft vote 1');
const REPROPOSAL_TAG = utf8ToBytes('vsys bft reproposal 1');
const NO_ID = new Uint8Array(32);
export const VOTE_BYTES = 112;
export const REPROPOSAL_BYTES = 114;

/** What a vote signs: tag, chain, step, height, round, and the id behind a byte that says whether there is one. */
export function voteMessage(chainId: ChainId, { step, height, round, id }: Pick<Vote, 'step' | 'height' | 'round' | 'id'>): Uint8Array {
  return concatBytes(VOTE_TAG, chainId, Uint8Array.of(step), uint64ToBytes(BigInt(height)), uint32ToBytes(round), Uint8Array.of(id === undefined ? 0 : 1), id ?? NO_ID);
}

export function reproposalMessage(chainId: ChainId, { height, round, validRound, id }: Pick<Reproposal, 'height' | 'round' | 'validRound' | 'id'>): Uint8Array {
  return concatBytes(REPROPOSAL_TAG, chainId, uint64ToBytes(BigInt(height)), uint32ToBytes(round), uint32ToBytes(validRound), id);
}

/** Height (8), round (4), step (1), seat (2), whether there is an id (1), id (32), signature (64). */
export function voteToBytes({ height, round, step, seat, id, signature }: Vote): Uint8Array {
  return concatBytes(uint64ToBytes(BigInt(height)), uint32ToBytes(round), Uint8Array.of(step, seat >> 8, seat & 255, id === undefined ? 0 : 1), id ?? NO_ID, signature);
}

/** Strict: one byte string per vote. */
export function voteFromBytes(bytes: Uint8Array): Vote | undefined {
  if (bytes.length !== VOTE_BYTES) return undefined;
  const height = heightFromBytes(bytes);
  const [step, high, low, present] = bytes.subarray(12, 16) as unknown as readonly [number, number, number, number];
  if (height === undefined || (step !== PREVOTE && step !== PRECOMMIT) || present > 1) return undefined;
  const id = bytes.slice(16, 48);
  if (present === 0 && id.some((byte) => byte !== 0)) return undefined;
  return { height, round: uint32FromBytes(bytes, 8), step, seat: (high << 8) | low, id: present === 0 ? undefined : id, signature: bytes.slice(48) };
}

/** Height (8), round (4), valid round (4), seat (2), id (32), signature (64). */
export function reproposalToBytes({ height, round, validRound, seat, id, signature }: Reproposal): Uint8Array {
  return concatBytes(uint64ToBytes(BigInt(height)), uint32ToBytes(round), uint32ToBytes(validRound), Uint8Array.of(seat >> 8, seat & 255), id, signature);
}

export function reproposalFromBytes(bytes: Uint8Array): Reproposal | undefined {
  if (bytes.length !== REPROPOSAL_BYTES) return undefined;
  const height = heightFromBytes(bytes);
  const [round, validRound] = [uint32FromBytes(bytes, 8), uint32FromBytes(bytes, 12)];
  if (height === undefined || validRound >= round) return undefined;
  return { height, round, validRound, seat: ((bytes[16] as number) << 8) | (bytes[17] as number), id: bytes.slice(18, 50), signature: bytes.slice(50) };
}

export function heightFromBytes(bytes: Uint8Array, at = 0): Height | undefined {
  const height = uint64FromBytes(bytes, at);
  return height > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(height);
}
