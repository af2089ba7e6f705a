import { RECORD_HEADER_BYTES, recordHeaderAt, SEGMENT_HEADER_BYTES, validRecordAt } from './segment-format.ts';

/** Where the records of a segment begin, and how it ends. */
export interface SegmentScan {
  readonly offsets: number[];
  /** Bytes up to the end of the last whole append. */
  readonly end: number;
  /** Where bytes begin that are no record; undefined when all are. */
  readonly badAt: number | undefined;
  /** True when records behind `badAt` show that it was durable once: not a torn write, but damage. */
  readonly damaged: boolean;
}

/**
 * Reads a whole segment and checks every record. The next append is written only when the one before is durable. So a torn
 * write can have nothing behind it but records of its own append; a record of a later append means damage.
 */
export function scanSegment(bytes: Uint8Array, first: number, salt: Uint8Array): SegmentScan {
  const offsets: number[] = [];
  let offset = SEGMENT_HEADER_BYTES;
  // Where the append began that the records at hand belong to.
  let append = { offset, records: 0 };
  while (offset < bytes.length) {
    const header = validRecordAt(bytes, offset, salt);
    if (header === undefined || header.sequence !== first + offsets.length || header.place !== offsets.length - append.records) {
      return { offsets: offsets.slice(0, append.records), end: append.offset, badAt: offset, damaged: hasLaterAppend(bytes, offset, first + append.records, first + offsets.length, salt) };
    }
    offsets.push(offset);
    offset += RECORD_HEADER_BYTES + header.length;
    if (header.place + 1 === header.count) append = { offset, records: offsets.length };
  }
  // The file may end between two records of one append.
  const cut = append.offset < offset;
  return { offsets: offsets.slice(0, append.records), end: append.offset, badAt: cut ? append.offset : undefined, damaged: false };
}

/** Looks at every offset behind the bad one for a record of a later append than the one at hand. */
function hasLaterAppend(bytes: Uint8Array, badAt: number, appendFirst: number, sequence: number, salt: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const most = sequence + Math.floor((bytes.length - badAt) / RECORD_HEADER_BYTES) + 1;
  for (let offset = badAt + 1; offset + RECORD_HEADER_BYTES <= bytes.length; offset++) {
    // The sequence comes first, as it costs least and rules out nearly all.
    const at = view.getUint32(offset + 4) * 0x1_0000_0000 + view.getUint32(offset + 8);
    if (at <= sequence || at > most || at - view.getUint32(offset + 12) <= appendFirst) continue;
    if (validRecordAt(bytes, offset, salt) !== undefined) return true;
  }
  return false;
}

/**
 * Where the records begin, by their headers alone: for a segment that is closed, of which each record is checked when read.
 * `badAt` tells where a header fails, or where the records end when they are not `count`.
 */
export function indexSegment(bytes: Uint8Array, first: number, count: number, salt: Uint8Array): Pick<SegmentScan, 'offsets' | 'badAt'> {
  const offsets: number[] = [];
  let offset = SEGMENT_HEADER_BYTES;
  while (offset < bytes.length) {
    const header = recordHeaderAt(bytes, offset, salt);
    if (header === undefined || header.sequence !== first + offsets.length) return { offsets, badAt: offset };
    offsets.push(offset);
    offset += RECORD_HEADER_BYTES + header.length;
  }
  return { offsets, badAt: offsets.length === count ? undefined : offset };
}
