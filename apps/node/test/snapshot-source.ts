import { concatBytes, uint32ToBytes } from '@vsys/primitives';
import { sha256 } from '@vsys/crypto';
import { createState, snapshotChunks } from '@vsys/state';
import type { StateView } from '@vsys/state';
import { createMemoryStore } from '@vsys/store';

export const SNAPSHOT_HEIGHT = 1_234;
export const SNAPSHOT_ROWS = 20_000;

/** A state of 20,000 rows, the same in every process, and its chunks of about 16 KiB from any key on. */
export async function snapshotSource(): Promise<{ readonly view: StateView; readonly root: Uint8Array; chunks(from: Uint8Array | undefined): AsyncGenerator<Uint8Array, void, void> }> {
  const state = await createState({ store: createMemoryStore() });
  const rows = Array.from({ length: SNAPSHOT_ROWS }, (_, i) => ({ key: concatBytes(Uint8Array.of(i % 5), sha256(uint32ToBytes(i)).slice(0, 20)), value: sha256(uint32ToBytes(i)) }));
  const view = await state.fork(state.view(state.base.root) as StateView, 0, rows);
  return { view, root: view.root, chunks: (from) => snapshotChunks(view, { ...(from === undefined ? {} : { from }), chunkBytesMax: 16_384 }) };
}
