import { join } from 'node:path';

import { BlockLogError } from '@vsys/store';

import type { LogFile, LogFiles } from './log-files.ts';
import { SEGMENT_HEADER_BYTES, segmentHeaderFromBytes } from './segment-format.ts';
import type { SegmentHeader } from './segment-format.ts';
import { scanSegment } from './segment-scan.ts';

/** One file of the log. */
export interface Segment extends SegmentHeader {
  readonly name: string;
}

/** The segment that appends go to; its file stays open. */
export interface ActiveSegment extends Segment {
  readonly file: LogFile;
  readonly offsets: number[];
  bytes: number;
}

/** What was dropped from the end of the log when it was opened: a write that a crash or a flipped bit tore. */
export interface BlockLogRecovery {
  readonly droppedBytes: number;
  /** The sequence of the first record dropped; the next append gets it again. */
  readonly atSequence: number;
}

export interface OpenedSegments {
  /** All but the active one, in order. */
  readonly closed: Segment[];
  readonly active: ActiveSegment | undefined;
  readonly recovered: BlockLogRecovery | undefined;
}

const NAME = /^\d{16}\.blocks$/;
/** The suffix of a segment until its header is durable: so one under its own name always has a header. */
export const NEW_SUFFIX = '.new';

export function segmentName(first: number): string {
  return `${String(first).padStart(16, '0')}.blocks`;
}

export function corrupt(folder: string, name: string, offset: number, what: string): BlockLogError {
  const path = join(folder, name);
  return new BlockLogError('BLOCK_LOG_CORRUPT', `${path} is damaged at byte ${offset}: ${what}; restore from a peer: remove the log's folder and sync again, or put back a copy of the file`, { path, offset });
}

/**
 * Checks that the segments are all there, one ending where the next begins, by their headers and sizes; reads the last one
 * whole, and cuts off what a crash left torn at its end.
 *
 * @throws BlockLogError `BLOCK_LOG_CORRUPT`, `BLOCK_LOG_VERSION`
 */
export async function openSegments(files: LogFiles, folder: string): Promise<OpenedSegments> {
  const names = await files.list();
  for (const name of names) if (name.endsWith(`.blocks${NEW_SUFFIX}`)) await files.remove(name);
  const segments: Segment[] = [];
  let before: SegmentHeader['before'];
  for (const name of names.filter((one) => NAME.test(one)).sort()) {
    const { header, bytes } = await readHeader(files, folder, name);
    if (segmentName(header.first) !== name) throw corrupt(folder, name, 0, `its header says that it begins at ${header.first}`);
    if (header.before?.first !== before?.first) {
      throw corrupt(folder, name, 0, `the segment before it should begin at ${header.before?.first ?? 'none'} and ${before === undefined ? 'is missing' : `begins at ${before.first}`}`);
    }
    if (before !== undefined && header.before?.bytes !== before.bytes) {
      throw corrupt(folder, segmentName(before.first), before.bytes, `it should have ${header.before?.bytes} bytes and has ${before.bytes}`);
    }
    before = { first: header.first, bytes };
    segments.push({ ...header, name });
  }
  const last = segments.pop();
  if (last === undefined) return { closed: [], active: undefined, recovered: undefined };
  const file = await files.open(last.name);
  try {
    return { closed: segments, ...(await recover(file, folder, last)) };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readHeader(files: LogFiles, folder: string, name: string): Promise<{ header: SegmentHeader; bytes: number }> {
  const file = await files.open(name);
  try {
    const header = segmentHeaderFromBytes(await file.read(0, SEGMENT_HEADER_BYTES));
    if (!('wrong' in header)) return { header, bytes: await file.size() };
    if (header.wrong === 'bytes') throw corrupt(folder, name, 0, 'it does not begin with the header of a segment');
    throw new BlockLogError('BLOCK_LOG_VERSION', `${join(folder, name)} has format version ${header.version}, which this version does not read: use the one that wrote it`, { name, version: header.version });
  } finally {
    await file.close();
  }
}

async function recover(file: LogFile, folder: string, segment: Segment): Promise<Pick<OpenedSegments, 'active' | 'recovered'>> {
  const size = await file.size();
  const scan = scanSegment(await file.read(0, size), segment.first, segment.salt);
  if (scan.damaged) throw corrupt(folder, segment.name, scan.badAt ?? 0, `record ${segment.first + scan.offsets.length} fails its check and later records follow`);
  const active: ActiveSegment = { ...segment, file, offsets: scan.offsets, bytes: scan.end };
  if (scan.end === size) return { active, recovered: undefined };
  await file.truncate(scan.end);
  await file.sync();
  return { active, recovered: { droppedBytes: size - scan.end, atSequence: segment.first + scan.offsets.length } };
}
