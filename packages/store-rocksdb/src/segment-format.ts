/**
 * Bytes of a segment of the block log. All numbers big-endian.
 *
 *   header  magic 8 | version u32 | first sequence u64 | first sequence of the segment before u64 (all ones: none)
 *           | bytes of the segment before u64 | salt 8 | check 8
 *   record  length u32 | sequence u64 | place in its append u32 | records of its append u32 | check of these 4 | check 8 | payload
 *
 * A check is the first bytes of SHA-256: the segment header's over what is before it, a record's two over the salt and what
 * is before them, the second over the payload too. The salt is random and never leaves the machine: without it, whoever
 * makes blocks could put bytes inside one that pass for a later record when the scan looks for one behind a torn record,
 * or that make that look long.
 */
import { createHash } from 'node:crypto';

import { equalBytes } from '@vsys/primitives';

export const SEGMENT_VERSION = 1;
export const SEGMENT_HEADER_BYTES = 52;
export const RECORD_HEADER_BYTES = 32;
const FIELD_BYTES = 20;
const FIELD_CHECK_BYTES = 4;
const CHECK_BYTES = 8;
const SALT_OFFSET = 36;
const NONE = 0xffff_ffff_ffff_ffffn;
const MAGIC = Uint8Array.from('VBLKLOG\n', (letter) => letter.charCodeAt(0));

export interface SegmentHeader {
  readonly first: number;
  /** The segment that ends where this one begins, and its final size: so that a lost or cut one is noticed at once. */
  readonly before: { readonly first: number; readonly bytes: number } | undefined;
  readonly salt: Uint8Array;
}

export interface RecordHeader {
  readonly length: number;
  readonly sequence: number;
  /** Place among the records of one append, from 0, and how many those are: an append is kept whole or not at all. */
  readonly place: number;
  readonly count: number;
}

export function segmentHeaderToBytes({ first, before, salt }: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, SEGMENT_VERSION);
  view.setBigUint64(12, BigInt(first));
  view.setBigUint64(20, before === undefined ? NONE : BigInt(before.first));
  view.setBigUint64(28, BigInt(before?.bytes ?? 0));
  bytes.set(salt, SALT_OFFSET);
  bytes.set(check(bytes.subarray(0, SALT_OFFSET + 8)), SALT_OFFSET + 8);
  return bytes;
}

/** What is wrong, as text, when it is not a header of this version. */
export function segmentHeaderFromBytes(bytes: Uint8Array): SegmentHeader | { readonly wrong: 'bytes' | 'version'; readonly version?: number } {
  if (bytes.length < SEGMENT_HEADER_BYTES || !equalBytes(bytes.subarray(0, 8), MAGIC)) return { wrong: 'bytes' };
  const view = viewOf(bytes);
  const saltEnd = SALT_OFFSET + 8;
  if (!equalBytes(check(bytes.subarray(0, saltEnd)), bytes.subarray(saltEnd, saltEnd + CHECK_BYTES))) return { wrong: 'bytes' };
  if (view.getUint32(8) !== SEGMENT_VERSION) return { wrong: 'version', version: view.getUint32(8) };
  const before = view.getBigUint64(20);
  return {
    first: Number(view.getBigUint64(12)),
    before: before === NONE ? undefined : { first: Number(before), bytes: Number(view.getBigUint64(28)) },
    salt: bytes.slice(SALT_OFFSET, saltEnd),
  };
}

/** Room for the records of one append with their payloads in place; `sealRecords` fills in the rest. */
export function layoutRecords(records: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(records.reduce((sum, record) => sum + RECORD_HEADER_BYTES + record.length, 0));
  const view = viewOf(bytes);
  let offset = 0;
  for (const [place, record] of records.entries()) {
    view.setUint32(offset, record.length);
    view.setUint32(offset + 12, place);
    view.setUint32(offset + 16, records.length);
    bytes.set(record, offset + RECORD_HEADER_BYTES);
    offset += RECORD_HEADER_BYTES + record.length;
  }
  return bytes;
}

/** Fills in sequences and checks, in place. Returns where each record begins. */
export function sealRecords(bytes: Uint8Array, first: number, salt: Uint8Array): number[] {
  const view = viewOf(bytes);
  const offsets: number[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const length = view.getUint32(offset);
    view.setBigUint64(offset + 4, BigInt(first + offsets.length));
    bytes.set(fieldCheck(bytes, offset, salt), offset + FIELD_BYTES);
    bytes.set(recordCheck(bytes, offset, length, salt), offset + FIELD_BYTES + FIELD_CHECK_BYTES);
    offsets.push(offset);
    offset += RECORD_HEADER_BYTES + length;
  }
  return offsets;
}

/** The header at the offset when its own check passes and the record fits into the bytes. The payload is not looked at. */
export function recordHeaderAt(bytes: Uint8Array, offset: number, salt: Uint8Array): RecordHeader | undefined {
  if (offset + RECORD_HEADER_BYTES > bytes.length) return undefined;
  const view = viewOf(bytes);
  const length = view.getUint32(offset);
  if (offset + RECORD_HEADER_BYTES + length > bytes.length) return undefined;
  const found = bytes.subarray(offset + FIELD_BYTES, offset + FIELD_BYTES + FIELD_CHECK_BYTES);
  if (!equalBytes(fieldCheck(bytes, offset, salt), found)) return undefined;
  return { length, sequence: Number(view.getBigUint64(offset + 4)), place: view.getUint32(offset + 12), count: view.getUint32(offset + 16) };
}

/** The header at the offset when both of the record's checks pass. */
export function validRecordAt(bytes: Uint8Array, offset: number, salt: Uint8Array): RecordHeader | undefined {
  const header = recordHeaderAt(bytes, offset, salt);
  if (header === undefined) return undefined;
  const found = bytes.subarray(offset + FIELD_BYTES + FIELD_CHECK_BYTES, offset + RECORD_HEADER_BYTES);
  return equalBytes(recordCheck(bytes, offset, header.length, salt), found) ? header : undefined;
}

function fieldCheck(bytes: Uint8Array, offset: number, salt: Uint8Array): Uint8Array {
  return check(salt, bytes.subarray(offset, offset + FIELD_BYTES)).subarray(0, FIELD_CHECK_BYTES);
}

function recordCheck(bytes: Uint8Array, offset: number, length: number, salt: Uint8Array): Uint8Array {
  const payload = offset + RECORD_HEADER_BYTES;
  return check(salt, bytes.subarray(offset, offset + FIELD_BYTES + FIELD_CHECK_BYTES), bytes.subarray(payload, payload + length));
}

function check(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest().subarray(0, CHECK_BYTES);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
