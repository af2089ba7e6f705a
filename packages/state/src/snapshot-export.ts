import type { StateRange, StateRow, StateView } from './state.ts';
import { SNAPSHOT_CHUNK_BYTES_DEFAULT, SNAPSHOT_CHUNK_BYTES_MAX, STATE_RANGE_LIMIT_MAX } from './limits.ts';
import { keyAfter, snapshotChunkToBytes } from './snapshot-chunk.ts';
import { StateError } from './state-error.ts';
import { assertKey } from './tree-view.ts';

export interface SnapshotExportOptions {
  /** First key, included; where another export was left off. Absent: from the first. */
  readonly from?: Uint8Array;
  /** Most bytes of a chunk. A single row whose chunk is larger comes alone. */
  readonly chunkBytesMax?: number;
  /** Most rows of a chunk. */
  readonly chunkRowsMax?: number;
}

/** What a row costs in a chunk beside its key and value, with its share of the tree. An estimate: the chunk is measured after. */
const ROW_OVERHEAD_BYTES = 14;

/**
 * Walks a view in key order as chunks that each verify alone. Memory is that of one chunk. A view of a past height must stay inside
 * the retention window until the end.
 *
 * @throws StateError `STATE_OPTIONS`, `STATE_KEY_LENGTH`, `STATE_VIEW_DROPPED`
 */
export async function* snapshotChunks(view: StateView, options: SnapshotExportOptions = {}): AsyncGenerator<Uint8Array, void, void> {
  for (let from: Uint8Array | undefined = options.from ?? new Uint8Array(0); from !== undefined; ) {
    const { chunk, next } = await snapshotChunk(view, { ...options, from });
    yield chunk;
    from = next;
  }
}

/** One chunk, for who serves them by request: it depends on the view, the first key and the bounds alone. */
export async function snapshotChunk(view: StateView, options: SnapshotExportOptions = {}): Promise<{ readonly chunk: Uint8Array; readonly next: Uint8Array | undefined }> {
  const { from = new Uint8Array(0), chunkBytesMax = SNAPSHOT_CHUNK_BYTES_DEFAULT, chunkRowsMax = STATE_RANGE_LIMIT_MAX } = options;
  assertKey(from);
  assertOption('chunkBytesMax', chunkBytesMax, SNAPSHOT_CHUNK_BYTES_MAX);
  assertOption('chunkRowsMax', chunkRowsMax, STATE_RANGE_LIMIT_MAX);
  for (let limit = await rowsThatFit(view, from, chunkBytesMax, chunkRowsMax); ; ) {
    const { rows, proof, more } = await view.proveRange({ from, limit });
    const chunk = snapshotChunkToBytes(view.root, from, Math.max(rows.length, 1), proof);
    if (chunk.length <= chunkBytesMax || limit === 1) return { chunk, next: more ? keyAfter((rows.at(-1) as StateRow).key) : undefined };
    limit = Math.max(1, Math.min(limit - 1, Math.floor((0.95 * limit * chunkBytesMax) / chunk.length)));
  }
}

/** Counts rows until their bytes are reached, in groups of about what is left, so that no more than that is held. */
async function rowsThatFit(view: StateView, first: Uint8Array, bytesMax: number, rowsMax: number): Promise<number> {
  let bytes = 0;
  let count = 0;
  let from: Uint8Array | undefined = first;
  while (from !== undefined && count < rowsMax) {
    const fitting = count === 0 ? 1 : Math.floor((bytesMax - bytes) / (bytes / count));
    const range: StateRange = { from, limit: Math.min(Math.max(fitting, 1), rowsMax - count) };
    const rows = await view.range(range);
    for (const { key, value } of rows) {
      bytes += key.length + value.length + ROW_OVERHEAD_BYTES;
      if (bytes > bytesMax) return Math.max(count, 1);
      count++;
    }
    from = rows.length < range.limit ? undefined : keyAfter((rows.at(-1) as StateRow).key);
  }
  return Math.max(count, 1);
}

function assertOption(name: string, value: number, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most) throw new StateError('STATE_OPTIONS', `expected ${name} from 1 to ${most}, found ${value}`);
}
