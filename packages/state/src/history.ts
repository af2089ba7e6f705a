import type { Store } from '@vsys/store';
import { StateError } from './state-error.ts';
import { itemKey, journalKey, journalledFromBytes } from './store-layout.ts';
import type { Item } from './store-layout.ts';

/** Reads of values and pages as they were at a height. */
export interface History {
  readonly retentionBlocks: number;
  /** Height of the newest batch handed to the store, whether it has landed or not. */
  height: number;
  readAt(items: readonly Item[], height: number): Promise<(Uint8Array | undefined)[]>;
}

export function createHistory(store: Store, retentionBlocks: number, height: number): History {
  const history: History = { retentionBlocks, height, readAt };
  return history;

  /**
   * First what is current, then, if a batch above `height` may have landed, the journal: an item without an entry above
   * `height` was not overwritten when it was read before.
   */
  async function readAt(items: readonly Item[], height: number): Promise<(Uint8Array | undefined)[]> {
    const current = await store.getMany(items.map(itemKey));
    if (history.height <= height) return current;
    const read = await Promise.all(items.map(async (item, i) => {
      for await (const [, bytes] of store.iterate({ gte: journalKey(item, height + 1), lt: journalKey(item, Number.MAX_SAFE_INTEGER), limit: 1 })) return journalledFromBytes(bytes);
      return current[i];
    }));
    if (height < history.height - retentionBlocks) throw new StateError('STATE_VIEW_DROPPED', `height ${height} is below the retention window of ${retentionBlocks} blocks`);
    return read;
  }
}
