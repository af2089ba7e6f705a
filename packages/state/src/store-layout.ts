/**
 * Keys of the state in its store. All begin with `s`; the operations that a caller adds to a flush use other first bytes.
 *
 * | key | value |
 * | --- | --- |
 * | `sh` | height of the base |
 * | `sr` height | root node of that height; empty for the empty tree |
 * | `sv` key | value in the base |
 * | `sp` page id | page of the base |
 * | `sj` length (2) item height | what an item (`v` key, `p` page id) was before that height: 0, or 1 and the bytes |
 * | `si` height | items overwritten at that height, each with its length (2) |
 * | `sx` | progress of an unfinished import, instead of `sh`; empty while it is discarded |
 */
import { concatBytes, uint64ToBytes, utf8ToBytes } from '@vsys/primitives';

export const HEAD_KEY: Uint8Array = utf8ToBytes('sh');
export const IMPORT_KEY: Uint8Array = utf8ToBytes('sx');
/** Bounds of all keys of the state. */
export const STATE_FIRST_KEY: Uint8Array = utf8ToBytes('s');
export const STATE_KEYS_END: Uint8Array = utf8ToBytes('t');
const ROOT = utf8ToBytes('sr');
const JOURNAL = utf8ToBytes('sj');
const JOURNAL_ITEMS = utf8ToBytes('si');
const VALUE_ITEM = utf8ToBytes('v');
const PAGE_ITEM = utf8ToBytes('p');
const STATE = utf8ToBytes('s');

/** Name of a value or page, under which it is stored and journalled. */
export type Item = Uint8Array;

export function valueItem(key: Uint8Array): Item {
  return concatBytes(VALUE_ITEM, key);
}

export function pageItem(id: Uint8Array): Item {
  return concatBytes(PAGE_ITEM, id);
}

export function itemKey(item: Item): Uint8Array {
  return concatBytes(STATE, item);
}

export function rootKey(height: number): Uint8Array {
  return concatBytes(ROOT, uint64ToBytes(BigInt(height)));
}

export function journalKey(item: Item, height: number): Uint8Array {
  return concatBytes(JOURNAL, Uint8Array.of(item.length >> 8, item.length & 0xff), item, uint64ToBytes(BigInt(height)));
}

export function journalItemsKey(height: number): Uint8Array {
  return concatBytes(JOURNAL_ITEMS, uint64ToBytes(BigInt(height)));
}

export function itemsToBytes(items: readonly Item[]): Uint8Array {
  return concatBytes(...items.flatMap((item) => [Uint8Array.of(item.length >> 8, item.length & 0xff), item]));
}

export function itemsFromBytes(bytes: Uint8Array): Item[] {
  const items: Item[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    items.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return items;
}

export function journalledToBytes(before: Uint8Array | undefined): Uint8Array {
  return before === undefined ? Uint8Array.of(0) : concatBytes(Uint8Array.of(1), before);
}

export function journalledFromBytes(bytes: Uint8Array): Uint8Array | undefined {
  return bytes[0] === 0 ? undefined : bytes.slice(1);
}
