import { CodedError, concatBytes, uint64ToBytes } from '@vsys/primitives';
import type { Height } from '@vsys/primitives';
import { heightFromBytes } from './link.ts';

export class FfgError extends CodedError<'FFG_MEMORY'> {}

/** What a voter may not forget: the heights of the last vote. Durable before each signature. */
export interface FfgMemory {
  readonly source: Height;
  readonly target: Height;
}

/** Of who never voted. */
export const noVotes: FfgMemory = { source: 0, target: 0 };
export const FFG_MEMORY_BYTES = 17;

/** Version (1), source (8), target (8). */
export function ffgMemoryToBytes({ source, target }: FfgMemory): Uint8Array {
  return concatBytes(Uint8Array.of(1), uint64ToBytes(BigInt(source)), uint64ToBytes(BigInt(target)));
}

/** @throws FfgError on bytes that `ffgMemoryToBytes` did not write: to vote with a forgotten vote would be worse than not to vote */
export function ffgMemoryFromBytes(bytes: Uint8Array): FfgMemory {
  const [source, target] = bytes.length === FFG_MEMORY_BYTES && bytes[0] === 1 ? [heightFromBytes(bytes, 1), heightFromBytes(bytes, 9)] : [];
  if (source === undefined || target === undefined || source > target) throw new FfgError('FFG_MEMORY', 'the durable memory of the voter is damaged: restore it from a copy, or remove it and let the seat wait; never remove the marks of the signer');
  return { source, target };
}
