/**
 * A chunk of a snapshot (docs/spec/state.md §6): all rows of a state from one key on, with the proof that none is missing between.
 * It names the root it belongs to, so it can be checked alone, in a browser too.
 */
import { accept, concatBytes, equalBytes, prefixEnd, refuse, uint32FromBytes, uint32ToBytes } from '@vsys/primitives';
import type { StateRoot, Verdict } from '@vsys/primitives';
import { SNAPSHOT_CHUNK_BYTES_MAX, STATE_KEY_BYTES_MAX } from './limits.ts';
import { verifyRange } from './proof.ts';
import type { ProofCode } from './proof.ts';
import type { StateRow } from './state.ts';

export type SnapshotChunkCode = ProofCode | 'CHUNK_MALFORMED' | 'CHUNK_TOO_LARGE' | 'CHUNK_ROOT';

const VERSION = 1;
/** Version, root, length of the first key. */
const HEAD_BYTES = 35;

/** What a chunk proves: its rows are all rows of the state from `from` up to `next`, or to the end. */
export interface SnapshotChunk {
  readonly from: Uint8Array;
  readonly rows: readonly StateRow[];
  /** Where the next chunk begins, not included here; undefined when this one is the last. */
  readonly next: Uint8Array | undefined;
}

/** The least key above a key; undefined when there is none. */
export function keyAfter(key: Uint8Array): Uint8Array | undefined {
  return key.length < STATE_KEY_BYTES_MAX ? concatBytes(key, Uint8Array.of(0)) : prefixEnd(key);
}

export function snapshotChunkToBytes(root: StateRoot, from: Uint8Array, rows: number, proof: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION), root, Uint8Array.of(from.length >> 8, from.length & 0xff), from, uint32ToBytes(rows), proof);
}

/** Checks a chunk from a stranger against the root of a header that is trusted. Nothing else is needed. */
export function verifySnapshotChunk(root: StateRoot, chunk: Uint8Array): Verdict<SnapshotChunk, SnapshotChunkCode> {
  if (chunk.length > SNAPSHOT_CHUNK_BYTES_MAX) return refuse('CHUNK_TOO_LARGE', `the chunk has ${chunk.length} bytes, the most is ${SNAPSHOT_CHUNK_BYTES_MAX}`);
  if (chunk.length < HEAD_BYTES || chunk[0] !== VERSION) return refuse('CHUNK_MALFORMED', `the bytes are not a snapshot chunk of version ${VERSION}`);
  if (!equalBytes(chunk.subarray(1, 33), root)) return refuse('CHUNK_ROOT', 'the chunk is of another state');
  const countAt = HEAD_BYTES + (((chunk[33] as number) << 8) | (chunk[34] as number));
  if (countAt - HEAD_BYTES > STATE_KEY_BYTES_MAX || chunk.length < countAt + 4) return refuse('CHUNK_MALFORMED', 'the chunk ends within its first key, or that key is too long');
  const from = chunk.slice(HEAD_BYTES, countAt);
  const count = uint32FromBytes(chunk, countAt);
  // A chunk without room for a row would go on for ever at the same key.
  if (count === 0) return refuse('CHUNK_MALFORMED', 'the chunk has no room for a row');
  const proven = verifyRange(root, { from, limit: count }, chunk.subarray(countAt + 4));
  if (!proven.ok) return proven;
  const { rows, more } = proven.value;
  if (Math.max(rows.length, 1) !== count) return refuse('CHUNK_MALFORMED', 'the number of rows in the chunk is not the one it names');
  return accept({ from, rows, next: more ? keyAfter((rows.at(-1) as StateRow).key) : undefined });
}
