import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';

import { silentLogger } from '@vsys/primitives';
import type { Logger } from '@vsys/primitives';
import { BlockLogError, checkRecords, checkSequence, StoreError } from '@vsys/store';
import type { BlockLog, BlockLogRecord } from '@vsys/store';

import { lockFolder } from './folder-lock.ts';
import { createNodeLogFiles } from './log-files.ts';
import type { LogFile, LogFiles } from './log-files.ts';
import { storeErrorFrom } from './store-error-from.ts';
import { corrupt, NEW_SUFFIX, openSegments, segmentName } from './open-segments.ts';
import type { ActiveSegment, BlockLogRecovery, Segment } from './open-segments.ts';
import { layoutRecords, RECORD_HEADER_BYTES, sealRecords, SEGMENT_HEADER_BYTES, segmentHeaderToBytes, validRecordAt } from './segment-format.ts';
import { indexSegment } from './segment-scan.ts';

/** A segment takes no further append once it has so many bytes; an append is never cut in two. */
export const SEGMENT_BYTES_MAX_DEFAULT = 67_108_864;
/** Closed segments whose index of records is held in memory: about 8 bytes per record each. */
const SEGMENTS_INDEXED_MAX = 8;

export interface FileBlockLogOptions {
  readonly segmentBytesMax?: number;
  readonly logger?: Logger;
  /** The disk; the machine's own by default. */
  readonly files?: LogFiles;
}

export interface FileBlockLog extends BlockLog {
  /** What opening had to drop from the end; undefined when nothing. */
  readonly recovered: BlockLogRecovery | undefined;
}

/**
 * Opens the block log in a folder, or makes it there. One process at a time.
 *
 * @throws StoreError `STORE_LOCKED`, `STORE_FULL`, `STORE_OPEN_FAILED`; BlockLogError `BLOCK_LOG_CORRUPT`, `BLOCK_LOG_VERSION`
 */
export async function openFileBlockLog(path: string, options: FileBlockLogOptions = {}): Promise<FileBlockLog> {
  const { segmentBytesMax = SEGMENT_BYTES_MAX_DEFAULT, logger = silentLogger } = options;
  const folder = resolve(path);
  const files = options.files ?? createNodeLogFiles(folder);
  const unlock = await readied(folder, files);
  try {
    const { closed, active, recovered } = await openSegments(files, folder);
    if (recovered !== undefined) logger.warn('the block log ended in a torn write, which was cut off', { folder, ...recovered });
    return createFileBlockLog({ files, folder, segmentBytesMax, closed, active, recovered, unlock });
  } catch (error) {
    await unlock();
    throw openError(error, folder);
  }
}

/** Makes the folder and locks it. */
async function readied(folder: string, files: LogFiles): Promise<() => Promise<void>> {
  try {
    await files.makeFolder();
    return await lockFolder(folder);
  } catch (error) {
    throw openError(error, folder);
  }
}

/** What the system says without a code of ours: a path that is no folder, rights that are missing, a full disk. */
function openError(error: unknown, folder: string): unknown {
  return error instanceof BlockLogError ? error : storeErrorFrom(error, folder, 'STORE_OPEN_FAILED');
}

interface Parts {
  readonly files: LogFiles;
  readonly folder: string;
  readonly segmentBytesMax: number;
  readonly closed: Segment[];
  readonly active: ActiveSegment | undefined;
  readonly recovered: BlockLogRecovery | undefined;
  readonly unlock: () => Promise<void>;
}

function createFileBlockLog({ files, folder, segmentBytesMax, closed, active: opened, recovered, unlock }: Parts): FileBlockLog {
  let active = opened;
  let ended = false;
  /** Why appends are refused; set once, for good. */
  let broken: BlockLogError | undefined;
  let lastAppend: Promise<unknown> = Promise.resolve();
  const reads = new Set<Promise<unknown>>();
  const indexes = new Map<string, Promise<number[]>>();
  let closing: Promise<void> | undefined;

  const next = (): number => (active === undefined ? 0 : active.first + active.offsets.length);
  const check = (): void => {
    if (ended) throw new BlockLogError('BLOCK_LOG_CLOSED', 'the block log is closed');
  };
  /** After a failed sync nobody knows what of the file is on the disk, and a second sync may succeed without writing it. */
  const breakLog = (what: string, cause: unknown): BlockLogError =>
    (broken = new BlockLogError('BLOCK_LOG_FAILED', `${what} in ${folder} failed, and what the disk holds is unknown: check the disk, then open the log again`, { folder, cause }));

  async function writeAppend(bytes: Uint8Array): Promise<number> {
    if (broken !== undefined) throw broken;
    if (active === undefined || (active.offsets.length > 0 && active.bytes + bytes.length > segmentBytesMax)) await beginSegment();
    const segment = active as ActiveSegment;
    const first = next();
    const offsets = sealRecords(bytes, first, segment.salt);
    const start = segment.bytes;
    try {
      await segment.file.write(start, bytes);
    } catch (cause) {
      await segment.file.truncate(start).catch(() => { throw breakLog('taking back a write', cause); });
      if (isFull(cause)) throw full(folder, cause);
      throw breakLog('a write', cause);
    }
    await segment.file.sync().catch((cause: unknown) => { throw breakLog('a sync', cause); });
    for (const offset of offsets) segment.offsets.push(start + offset);
    segment.bytes = start + bytes.length;
    return first;
  }

  /** Makes the next segment under a passing name, so that a crash leaves either no segment or one with a header. */
  async function beginSegment(): Promise<void> {
    const header = { first: next(), before: active && { first: active.first, bytes: active.bytes }, salt: new Uint8Array(randomBytes(8)) };
    const name = segmentName(header.first);
    let file: LogFile | undefined;
    try {
      file = await files.open(name + NEW_SUFFIX, { create: true });
      await file.write(0, segmentHeaderToBytes(header));
      await file.sync();
      await files.rename(name + NEW_SUFFIX, name);
    } catch (cause) {
      // Nothing was handed out: the log goes on in the old segment's state, and the next append tries again.
      await file?.close();
      await files.remove(name + NEW_SUFFIX).catch(() => {});
      if (isFull(cause)) throw full(folder, cause);
      throw breakLog('beginning a segment', cause);
    }
    const before = active;
    active = { ...header, name, file, offsets: [], bytes: SEGMENT_HEADER_BYTES };
    if (before !== undefined) {
      closed.push({ name: before.name, first: before.first, before: before.before, salt: before.salt });
      keepIndex(before.name, Promise.resolve(before.offsets));
      await before.file.close();
    }
    await files.syncFolder().catch((cause: unknown) => { throw breakLog('a sync of the folder', cause); });
  }

  function keepIndex(name: string, index: Promise<number[]>): void {
    indexes.set(name, index);
    const oldest = indexes.keys().next();
    if (indexes.size > SEGMENTS_INDEXED_MAX && oldest.done !== true) indexes.delete(oldest.value);
  }

  function indexOf(at: number, file: LogFile): Promise<number[]> {
    const segment = closed[at] as Segment;
    const known = indexes.get(segment.name);
    if (known !== undefined) return known;
    const end = (closed[at + 1] ?? (active as ActiveSegment)).first;
    const index = readIndex(file, segment, end - segment.first);
    // A failure is told to who asked and tried again by who asks next.
    index.catch(() => indexes.delete(segment.name));
    keepIndex(segment.name, index);
    return index;
  }

  async function readIndex(file: LogFile, segment: Segment, count: number): Promise<number[]> {
    const { offsets, badAt } = indexSegment(await file.read(0, await file.size()), segment.first, count, segment.salt);
    if (badAt !== undefined) throw corrupt(folder, segment.name, badAt, `the header of record ${segment.first + offsets.length} fails its check`);
    return offsets;
  }

  async function readRecord(sequence: number): Promise<Uint8Array> {
    const segment = active as ActiveSegment;
    if (sequence >= segment.first) return readFrom(segment, segment.file, segment.offsets, segment.bytes, sequence);
    const at = lastUpTo(closed, sequence);
    const { name } = closed[at] as Segment;
    const file = await files.open(name);
    try {
      return await readFrom(closed[at] as Segment, file, await indexOf(at, file), await file.size(), sequence);
    } finally {
      await file.close();
    }
  }

  async function readFrom(segment: Segment, file: LogFile, offsets: readonly number[], size: number, sequence: number): Promise<Uint8Array> {
    const index = sequence - segment.first;
    const offset = offsets[index] as number;
    const bytes = await file.read(offset, (offsets[index + 1] ?? size) - offset);
    const header = validRecordAt(bytes, 0, segment.salt);
    if (header?.sequence !== sequence) throw corrupt(folder, segment.name, offset, `record ${sequence} fails its check`);
    return bytes.slice(RECORD_HEADER_BYTES, RECORD_HEADER_BYTES + header.length);
  }

  async function read(sequence: number): Promise<Uint8Array> {
    check();
    checkSequence(sequence, next() - 1);
    const work = readRecord(sequence);
    reads.add(work);
    try {
      return await work;
    } finally {
      reads.delete(work);
    }
  }

  async function* records(from: number): AsyncGenerator<BlockLogRecord> {
    check();
    const end = next();
    checkSequence(from, end);
    for (let sequence = from; sequence < end; sequence++) yield { sequence, bytes: await read(sequence) };
  }

  async function end(): Promise<void> {
    ended = true;
    await lastAppend.catch(() => {});
    await Promise.allSettled(reads);
    try {
      await active?.file.close();
    } finally {
      await unlock();
    }
  }
  const close = (): Promise<void> => (closing ??= end());

  return {
    recovered,
    async append(added) {
      check();
      checkRecords(added);
      const bytes = layoutRecords(added);
      if (bytes.length === 0) return lastAppend.then(next, next);
      const append = lastAppend.then(() => writeAppend(bytes), () => writeAppend(bytes));
      lastAppend = append;
      return append;
    },
    get next() {
      return next();
    },
    read,
    records,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** Index of the last segment that begins at the sequence or below. */
function lastUpTo(segments: readonly Segment[], sequence: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segments[middle] as Segment).first <= sequence) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function isFull(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function full(folder: string, cause: unknown): StoreError {
  return new StoreError('STORE_FULL', `the disk that holds ${folder} is full: free space and append again; nothing of this append was kept`, { folder, cause });
}
