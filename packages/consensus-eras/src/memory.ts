import { CodedError, concatBytes, uint32FromBytes, uint32ToBytes } from '@vsys/primitives';

export class ErasError extends CodedError<'ERAS_MEMORY'> {}

/** What the engine of each era saved last. Those of eras long gone are dropped. */
export type ErasMemory = ReadonlyMap<number, Uint8Array>;

/** The era at work, and the one before: whose log is lost may find itself in that one again. */
const KEPT_MAX = 2;

export function withImage(memory: ErasMemory, era: number, bytes: Uint8Array): ErasMemory {
  const kept = [...memory].filter(([one]) => one !== era).toSorted(([a], [b]) => a - b).slice(1 - KEPT_MAX);
  return new Map([...kept, [era, bytes]]);
}

/** Version (1), count (1); then per era its number (1), and what its engine saved behind its length (4). */
export function memoryToBytes(memory: ErasMemory): Uint8Array {
  return concatBytes(Uint8Array.of(1, memory.size), ...[...memory].flatMap(([era, bytes]) => [Uint8Array.of(era), uint32ToBytes(bytes.length), bytes]));
}

/** @throws ErasError on bytes that `memoryToBytes` did not write: an engine without its memory may sign what it must not */
export function memoryFromBytes(bytes: Uint8Array): ErasMemory {
  const memory = new Map<number, Uint8Array>();
  let at = 2;
  for (let i = 0; i < (bytes[1] ?? 0) && at + 5 <= bytes.length; i++) {
    const end = at + 5 + uint32FromBytes(bytes, at + 1);
    if (end <= bytes.length) memory.set(bytes[at] as number, bytes.slice(at + 5, end));
    at = end;
  }
  if (bytes[0] !== 1 || memory.size !== bytes[1] || at !== bytes.length) throw new ErasError('ERAS_MEMORY', 'the durable memory of eras@1 is damaged: restore it from a copy, or give the seat a new key; never remove it while the key is in use');
  return memory;
}
