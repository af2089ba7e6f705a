import { concatBytes, equalBytes, uint64FromBytes, uint64ToBytes, utf8ToBytes } from '@vsys/primitives';
import type { ChainId, Height } from '@vsys/primitives';
import type { BlockRef } from '@vsys/consensus/rules';

/** What a vote says: this block stands, and on it the target. The source is the highest block that the target's branch records as justified. */
export interface FfgLink {
  readonly source: BlockRef;
  readonly target: BlockRef;
}

/** A link, and who may vote on it. */
export interface FfgBallot extends FfgLink {
  /** Id of the voters of the target. */
  readonly setId: Uint8Array;
}

const VOTE_TAG = utf8ToBytes('vsys ffg vote 1');
const REF_BYTES = 40;
export const BALLOT_BYTES: number = 32 + 2 * REF_BYTES;

/** What a vote signs: tag, chain, set, source and target. No seat: a key that is in two sets signs once. */
export function ffgVoteMessage(chainId: ChainId, ballot: FfgBallot): Uint8Array {
  return concatBytes(VOTE_TAG, chainId, ballotToBytes(ballot));
}

/** Set (32), source, target, each height (8) and id (32). */
export function ballotToBytes({ setId, source, target }: FfgBallot): Uint8Array {
  return concatBytes(setId, refToBytes(source), refToBytes(target));
}

/** Undefined for heights that are not below each other, or above what numbers hold. */
export function ballotFromBytes(bytes: Uint8Array, at = 0): FfgBallot | undefined {
  const source = refFromBytes(bytes, at + 32);
  const target = refFromBytes(bytes, at + 32 + REF_BYTES);
  if (source === undefined || target === undefined || source.height >= target.height) return undefined;
  return { setId: bytes.slice(at, at + 32), source, target };
}

export function refToBytes({ height, id }: BlockRef): Uint8Array {
  return concatBytes(uint64ToBytes(BigInt(height)), id);
}

export function refFromBytes(bytes: Uint8Array, at: number): BlockRef | undefined {
  const height = heightFromBytes(bytes, at);
  return height === undefined || bytes.length < at + REF_BYTES ? undefined : { height, id: bytes.slice(at + 8, at + REF_BYTES) };
}

export function heightFromBytes(bytes: Uint8Array, at: number): Height | undefined {
  if (bytes.length < at + 8) return undefined;
  const height = uint64FromBytes(bytes, at);
  return height > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(height);
}

export function isSameRef(a: BlockRef, b: BlockRef): boolean {
  return a.height === b.height && equalBytes(a.id, b.id);
}
