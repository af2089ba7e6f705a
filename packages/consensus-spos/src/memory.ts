import { concatBytes, invariant, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';

/** What an engine must not forget. */
export interface SposMemory {
  /** Last slot that a build was asked for; -1: none. */
  readonly lastSlot: number;
  /** Of its votes, as the gadget writes it. Absent: it has none, and does not know what it signed before. */
  readonly votes?: Uint8Array;
}

const VERSION = 2;
const HEAD_BYTES = 9;

/** Version u8, last slot plus one u64, memory of the gadget. */
export function sposMemoryToBytes({ lastSlot, votes = new Uint8Array() }: SposMemory): Uint8Array {
  return concatBytes(Uint8Array.of(VERSION), uint64ToBytes(BigInt(lastSlot + 1)), votes);
}

/** @throws InvariantError on bytes that `sposMemoryToBytes` did not write */
export function sposMemoryFromBytes(bytes: Uint8Array | undefined): SposMemory {
  if (bytes === undefined) return { lastSlot: -1 };
  invariant(bytes.length >= HEAD_BYTES && bytes[0] === VERSION, 'what an engine remembers is what it wrote');
  const lastSlot = Number(uint64FromBytes(bytes, 1)) - 1;
  return bytes.length === HEAD_BYTES ? { lastSlot } : { lastSlot, votes: bytes.slice(HEAD_BYTES) };
}
