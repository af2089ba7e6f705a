import { concatBytes, uint32FromBytes, uint32ToBytes, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';

/** Byte strings one after the other, each with its length (4 bytes, big-endian). */
export function listToBytes(items: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...items.flatMap((item) => [uint32ToBytes(item.length), item]));
}

/** Undefined when the bytes are not a list, or one of more than `itemsMax`. */
export function listFromBytes(bytes: Uint8Array, itemsMax: number): Uint8Array[] | undefined {
  const items: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (items.length === itemsMax || bytes.length - at < 4) return undefined;
    const length = uint32FromBytes(bytes, at);
    if (length > bytes.length - at - 4) return undefined;
    items.push(bytes.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return items;
}

export function headToBytes(height: number, id: Uint8Array): Uint8Array {
  return concatBytes(uint64ToBytes(BigInt(height)), id);
}

export function headFromBytes(bytes: Uint8Array): { height: number; id: Uint8Array } | undefined {
  if (bytes.length !== 40) return undefined;
  const height = uint64FromBytes(bytes);
  return height > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : { height: Number(height), id: bytes.slice(8) };
}

/** As many from the front as fit. */
export function fitting(items: Iterable<Uint8Array>, bytesMax: number): Uint8Array[] {
  const some: Uint8Array[] = [];
  let bytes = 0;
  for (const item of items) {
    bytes += 4 + item.length;
    if (bytes > bytesMax) break;
    some.push(item);
  }
  return some;
}
