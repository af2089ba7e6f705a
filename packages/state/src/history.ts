import { toHex } from '@vsys/primitives';
import type { Store } from '@vsys/store';
import type { DroppedPrefixes } from './dropped-prefixes.ts';
import { valuesOfPart } from './journal.ts';
import { StateError } from './state-error.ts';
import { journalKey, recordHeight, valueKey } from './store-layout.ts';

/** Reads of values as they were at a height. */
export interface History {
  readonly retentionBlocks: number;
  /** Height of the newest batch handed to the store, whether it has landed or not. */
  height: number;
  /**
   * Records of keys, undefined where there was none.
   *
   * @param isThere - whether the key is in the tree of that height, where it is known
   */
  recordsAt(keys: readonly Uint8Array[], height: number, isThere?: (index: number) => boolean): Promise<(Uint8Array | undefined)[]>;
}

export function createHistory(store: Store, retentionBlocks: number, height: number, dropped: DroppedPrefixes): History {
  const history: History = { retentionBlocks, height, recordsAt };
  return history;

  /** A record tells which block wrote it, and the journal of that block what was there before: so back to the height that is asked for. */
  async function recordsAt(keys: readonly Uint8Array[], height: number, isThere: (index: number) => boolean = () => false): Promise<(Uint8Array | undefined)[]> {
    const records = await store.getMany(keys.map(valueKey));
    if (history.height <= height) return withoutDropped(keys, records, height);
    const journals = new Map<number, Map<string, Uint8Array>>();
    for (const [i, key] of keys.entries()) {
      const name = toHex(key);
      let record = records[i];
      while (record !== undefined && recordHeight(record) > height) record = (await journalOf(recordHeight(record), journals)).get(name);
      // A deletion in between leaves no record that points at it.
      for (let after = height + 1; record === undefined && isThere(i) && after <= history.height; after++) record = (await journalOf(after, journals)).get(name);
      records[i] = record;
    }
    if (height < history.height - retentionBlocks) throw new StateError('STATE_VIEW_DROPPED', `height ${height} is below the retention window of ${retentionBlocks} blocks`);
    return withoutDropped(keys, records, height);
  }

  /** A record may outlive its leaf when a block dropped what is around it. */
  function withoutDropped(keys: readonly Uint8Array[], records: (Uint8Array | undefined)[], height: number): (Uint8Array | undefined)[] {
    if (dropped.isEmpty) return records;
    return records.map((record, i) => (record !== undefined && dropped.isStale(keys[i] as Uint8Array, recordHeight(record), height) ? undefined : record));
  }

  async function journalOf(height: number, known: Map<number, Map<string, Uint8Array>>): Promise<Map<string, Uint8Array>> {
    const found = known.get(height);
    if (found !== undefined) return found;
    const journal = new Map<string, Uint8Array>();
    for await (const [, part] of store.iterate({ gte: journalKey(height), lt: journalKey(height + 1) })) for (const [name, record] of valuesOfPart(part)) journal.set(name, record);
    known.set(height, journal);
    return journal;
  }
}
