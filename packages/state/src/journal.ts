/**
 * What one block put an end to: the records of values that it overwrote, so that they can be read as of an earlier height, and the pages
 * that no tree from this block on needs, to be deleted when the window has passed. In parts, so that none outgrows a value of the store.
 *
 * A part is a list of entries: kind (1), length (4), key or page key; then length (4) and, of a value, its record.
 */
import { toHex } from '@vsys/primitives';

/** A part takes no further entry once it has so many bytes. */
const PART_BYTES = 1 << 20;
const VALUE = 0;
const PAGE = 1;

export interface EndedEntry {
  readonly key: Uint8Array;
  /** Record of the value before the block; undefined when the key is that of a page. */
  readonly before: Uint8Array | undefined;
}

export function journalToParts(entries: readonly EndedEntry[]): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let first = 0; first < entries.length;) {
    let last = first;
    let bytes = 0;
    while (last < entries.length && bytes < PART_BYTES) bytes += entryBytes(entries[last++] as EndedEntry);
    const part = new Uint8Array(bytes);
    let at = 0;
    for (; first < last; first++) at = putEntry(part, at, entries[first] as EndedEntry);
    parts.push(part);
  }
  return parts;
}

function entryBytes({ key, before }: EndedEntry): number {
  return 9 + key.length + (before?.length ?? 0);
}

function putEntry(part: Uint8Array, at: number, { key, before }: EndedEntry): number {
  part[at] = before === undefined ? PAGE : VALUE;
  putUint32(part, at + 1, key.length);
  part.set(key, at + 5);
  const lengthAt = at + 5 + key.length;
  putUint32(part, lengthAt, before?.length ?? 0);
  if (before !== undefined) part.set(before, lengthAt + 4);
  return lengthAt + 4 + (before?.length ?? 0);
}

function putUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Records of values by hexadecimal key. Their bytes are those of the part. */
export function valuesOfPart(part: Uint8Array): Map<string, Uint8Array> {
  const values = new Map<string, Uint8Array>();
  visit(part, (kind, key, before) => {
    if (kind === VALUE) values.set(toHex(key), before);
  });
  return values;
}

export function pageKeysOfPart(part: Uint8Array): Uint8Array[] {
  const keys: Uint8Array[] = [];
  visit(part, (kind, key) => {
    if (kind === PAGE) keys.push(key);
  });
  return keys;
}

function visit(part: Uint8Array, see: (kind: number, key: Uint8Array, before: Uint8Array) => void): void {
  const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
  for (let at = 0; at < part.length;) {
    const keyEnd = at + 5 + view.getUint32(at + 1);
    const end = keyEnd + 4 + view.getUint32(keyEnd);
    see(part[at] as number, part.subarray(at + 5, keyEnd), part.subarray(keyEnd + 4, end));
    at = end;
  }
}
