import { concatBytes, invariant, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { BlockId, Height } from '@vsys/primitives';

/** What a branch leaves behind for the next header: where it stands among the eras, and the context of the module that rules. */
export interface ErasContext {
  /** Whose rules judged the block. */
  readonly era: number;
  readonly height: Height;
  readonly timeMs: number;
  readonly id: BlockId;
  /** The headers up to this one show that the last block of the era is final: the next header begins the next era. */
  readonly isProven: boolean;
  /** Above the last block of the era: which attempt at its finality this is. */
  readonly attempt: number;
  /** From the last block of the era on: when that was. 0 below it. */
  readonly endedMs: number;
  /** Above the last block of the era: the highest carrier that the branch holds justified; 0: none. */
  readonly justified: Height;
  /** The header itself made it so: later attempts may begin on it. */
  readonly isBase: boolean;
  /** Above the last block of the era: size of the proof so far. */
  readonly proofBytes: number;
  readonly inner: unknown;
}

interface InnerCodec {
  encode(context: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
}

const VERSION = 2;
const HEAD_BYTES = 72;
const PROVEN = 1;
const BASE = 2;

/** Version (1), era (1), bits 1: it is proven, 2: it is a base (1), attempt (1), height (8), time (8), end of the era (8), justified (8), proof (4), id (32), context of the module. */
export function contextToBytes(context: ErasContext, codecOf: (era: number) => InnerCodec): Uint8Array {
  const { era, height, timeMs, id, isProven, attempt, endedMs, justified, isBase, proofBytes, inner } = context;
  return concatBytes(
    Uint8Array.of(VERSION, era, (isProven ? PROVEN : 0) | (isBase ? BASE : 0), attempt), uint64ToBytes(BigInt(height)), uint64ToBytes(BigInt(timeMs)), uint64ToBytes(BigInt(endedMs)),
    uint64ToBytes(BigInt(justified)), uint32ToBytes(proofBytes), id,
    codecOf(era).encode(inner),
  );
}

export function contextFromBytes(bytes: Uint8Array, codecOf: (era: number) => InnerCodec): ErasContext {
  invariant(bytes.length >= HEAD_BYTES && bytes[0] === VERSION, 'a stored context is one that was encoded');
  const [era, bits, attempt] = bytes.subarray(1, 4) as unknown as readonly [number, number, number];
  return {
    era, attempt,
    isProven: (bits & PROVEN) !== 0,
    isBase: (bits & BASE) !== 0,
    height: Number(uint64FromBytes(bytes, 4)), timeMs: Number(uint64FromBytes(bytes, 12)), endedMs: Number(uint64FromBytes(bytes, 20)),
    justified: Number(uint64FromBytes(bytes, 28)), proofBytes: uint32FromBytes(bytes, 36),
    id: bytes.slice(40, HEAD_BYTES),
    inner: codecOf(era).decode(bytes.slice(HEAD_BYTES)),
  };
}
