import { accept, compareBytes, concatBytes, equalBytes, refuse, uint64FromBytes, uint64ToBytes } from '@vsys/primitives';
import type { Height, StateRoot, Verdict } from '@vsys/primitives';
import type { Store, StoreOp } from '@vsys/store';
import { changeOps } from './flush-plan.ts';
import { createPageCache } from './page-cache.ts';
import { nodeToBytes, pageFromBytes } from './page-codec.ts';
import { verifySnapshotChunk } from './snapshot-chunk.ts';
import type { SnapshotChunk, SnapshotChunkCode } from './snapshot-chunk.ts';
import { StateError } from './state-error.ts';
import { HEAD_KEY, IMPORT_KEY, rootKey, STATE_FIRST_KEY, STATE_KEYS_END } from './store-layout.ts';
import { rootHash } from './tree-node.ts';
import type { TreeNode } from './tree-node.ts';
import { pagesLoaded, updateLoaded } from './tree-load.ts';

export type SnapshotCode = SnapshotChunkCode | 'CHUNK_GAP' | 'CHUNK_OVERLAP';

export interface SnapshotImportOptions {
  /** Holds no state yet, or what an import of the same root and height left. */
  readonly store: Store;
  /** State root of a header that is trusted, and its height. */
  readonly root: StateRoot;
  readonly height: Height;
  /** Operations of the caller in the batch that completes the state. */
  readonly extra?: readonly { readonly key: Uint8Array; readonly value: Uint8Array }[];
}

export interface SnapshotImport {
  /** First key of the chunk that is wanted now; undefined when the state is complete. */
  readonly next: Uint8Array | undefined;
  /** Rows taken so far, those before a crash included. */
  readonly rows: number;
  /**
   * Checks a chunk, then writes it with the progress in one batch. A refused chunk changes nothing: ask another node for it.
   * One call at a time.
   *
   * @throws StateError `STATE_FAILED`, `STATE_IMPORT_BUSY`, `STATE_CORRUPT`
   */
  take(chunk: Uint8Array): Promise<Verdict<{ readonly rows: number; readonly next: Uint8Array | undefined }, SnapshotCode>>;
}

interface Progress {
  readonly next: Uint8Array | undefined;
  readonly rows: number;
  /** Root node of the tree of the rows taken, as the page codec writes it; empty for none. */
  readonly top: Uint8Array;
}

/**
 * Builds a state from the chunks of another node, in key order. Each chunk is an update of the tree at its right edge, so memory is
 * that of one chunk with the pages of one path. A store with an unfinished import is not opened by `createState`; when the last chunk
 * is taken, it opens with its base at `height`.
 *
 * @throws StateError `STATE_NOT_EMPTY`, `STATE_IMPORT_OTHER`
 */
export async function createSnapshotImport(options: SnapshotImportOptions): Promise<SnapshotImport> {
  const { store, root, height, extra = [] } = options;
  const identity = concatBytes(uint64ToBytes(BigInt(height)), root);
  let progress = await openProgress(store, identity);
  let status: 'ready' | 'busy' | 'failed' = 'ready';
  const pages = createPageCache(store, 0);

  return {
    get next() {
      return progress.next;
    },
    get rows() {
      return progress.rows;
    },
    take,
  };

  async function take(bytes: Uint8Array): Promise<Verdict<{ readonly rows: number; readonly next: Uint8Array | undefined }, SnapshotCode>> {
    if (status === 'failed') throw new StateError('STATE_FAILED', 'a batch of the import failed: open the import again');
    if (status === 'busy') throw new StateError('STATE_IMPORT_BUSY', 'the chunk before is still being taken');
    const verified = verifySnapshotChunk(root, bytes);
    if (!verified.ok) return verified;
    const chunk = verified.value;
    const order = progress.next === undefined ? -1 : compareBytes(chunk.from, progress.next);
    if (order < 0) return refuse('CHUNK_OVERLAP', 'rows of the chunk are taken already');
    if (order > 0) return refuse('CHUNK_GAP', 'a chunk before this one is missing');
    status = 'busy';
    try {
      progress = await pages.run((operation) => write(chunk, operation));
      status = 'ready';
    } catch (cause) {
      // The batch may have landed: only the store can tell.
      status = 'failed';
      if (cause instanceof StateError) throw new StateError('STATE_CORRUPT', 'the store does not give back what the import wrote', { cause });
      throw new StateError('STATE_FAILED', 'a batch of the import failed: open the import again', { cause });
    }
    return accept({ rows: chunk.rows.length, next: progress.next });
  }

  async function write(chunk: SnapshotChunk, operation: number): Promise<Progress> {
    const below = progress.top.length === 0 ? undefined : pageFromBytes(progress.top, height).at(-1);
    const { root: tree } = await updateLoaded(below, { drops: [], writes: chunk.rows }, height, operation, pages.load);
    // All pages of an import are of one height, and rows are only added: a page that changes is written over.
    const ops = changeOps(height, chunk.rows, await pagesLoaded(tree, height, pages.load));
    const after: Progress = { next: chunk.next, rows: progress.rows + chunk.rows.length, top: topOf(tree) };
    // Chunks without gaps prove the content, so another root means that a page did not come back as it was written.
    if (after.next === undefined && !equalBytes(rootHash(tree), root)) throw new StateError('STATE_CORRUPT', 'the tree of all chunks has another root: the store changed what was written');
    await store.batch([...ops, ...progressOps(after)]);
    return after;
  }

  function progressOps(after: Progress): StoreOp[] {
    if (after.next !== undefined) return [{ type: 'put', key: IMPORT_KEY, value: progressToBytes(identity, after) }];
    return [
      { type: 'delete', key: IMPORT_KEY },
      { type: 'put', key: rootKey(height), value: after.top },
      { type: 'put', key: HEAD_KEY, value: uint64ToBytes(BigInt(height)) },
      ...extra.map(({ key, value }): StoreOp => ({ type: 'put', key, value })),
    ];
  }
}

/**
 * Removes what an unfinished import wrote, so that another can begin: its root may not be served any more. May itself be cut
 * off and called again. Does nothing in a store without one.
 */
export async function discardSnapshotImport(store: Store): Promise<void> {
  if ((await store.get(IMPORT_KEY)) === undefined) return;
  // From here on nobody resumes it.
  await store.batch([{ type: 'put', key: IMPORT_KEY, value: new Uint8Array(0) }]);
  for (;;) {
    const ops: StoreOp[] = [];
    for await (const [key] of store.iterate({ gte: STATE_FIRST_KEY, lt: STATE_KEYS_END, limit: DISCARD_KEYS + 1 })) {
      if (!equalBytes(key, IMPORT_KEY)) ops.push({ type: 'delete', key });
    }
    if (ops.length === 0) break;
    await store.batch(ops);
  }
  await store.batch([{ type: 'delete', key: IMPORT_KEY }]);
}

/** Keys removed in one batch. */
const DISCARD_KEYS = 1_000;
const IDENTITY_BYTES = 40;

async function openProgress(store: Store, identity: Uint8Array): Promise<Progress> {
  const record = await store.get(IMPORT_KEY);
  if (record !== undefined) {
    if (!equalBytes(record.subarray(0, IDENTITY_BYTES), identity)) throw new StateError('STATE_IMPORT_OTHER', 'the store holds an unfinished import of another state');
    return progressFromBytes(record);
  }
  for await (const _ of store.iterate({ gte: STATE_FIRST_KEY, lt: STATE_KEYS_END, limit: 1 })) throw new StateError('STATE_NOT_EMPTY', 'the store holds a state');
  return { next: new Uint8Array(0), rows: 0, top: new Uint8Array(0) };
}

function topOf(tree: TreeNode | undefined): Uint8Array {
  return tree === undefined ? new Uint8Array(0) : nodeToBytes(tree);
}

/** Height (8), root (32), rows (8), length of the next key (2), next key, root node. */
function progressToBytes(identity: Uint8Array, { next = new Uint8Array(0), rows, top }: Progress): Uint8Array {
  return concatBytes(identity, uint64ToBytes(BigInt(rows)), Uint8Array.of(next.length >> 8, next.length & 0xff), next, top);
}

function progressFromBytes(record: Uint8Array): Progress {
  const nextAt = IDENTITY_BYTES + 10;
  const topAt = nextAt + (((record[nextAt - 2] as number) << 8) | (record[nextAt - 1] as number));
  return { rows: Number(uint64FromBytes(record, IDENTITY_BYTES)), next: record.slice(nextAt, topAt), top: record.slice(topAt) };
}
