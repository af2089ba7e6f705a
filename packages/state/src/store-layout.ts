/**
 * Keys of the state in its store. All begin with `s`; the operations that a caller adds to a flush use other first bytes.
 *
 * | key | value |
 * | --- | --- |
 * | `sh` | height of the base |
 * | `sr` height | root node of that height; empty for the empty tree |
 * | `sv` key | record of the value in the base: height of the block that wrote it (8), value |
 * | `sp` depth (2) path, height | page as the block of that height wrote it (`page-codec.ts`); no later block changes it |
 * | `sj` height, number of the part (4) | what the block of that height put an end to (`journal.ts`) |
 * | `sd` height, prefix | a prefix that the block of that height dropped and that is not swept yet: from which key of the store the sweep goes on |
 * | `sx` | progress of an unfinished import, instead of `sh`; empty while it is discarded |
 */
import { concatBytes, invariant, uint32ToBytes, uint64ToBytes, utf8ToBytes } from '@vsys/primitives';
import { STATE_KEY_BYTES_MAX } from './limits.ts';
import { putPrefix } from './key-bits.ts';
import { PAGE_BITS } from './tree-node.ts';
import type { InnerNode } from './tree-node.ts';

export const HEAD_KEY: Uint8Array = utf8ToBytes('sh');
export const IMPORT_KEY: Uint8Array = utf8ToBytes('sx');
/** Bounds of all keys of the state. */
export const STATE_FIRST_KEY: Uint8Array = utf8ToBytes('s');
export const STATE_KEYS_END: Uint8Array = utf8ToBytes('t');
const ROOT = utf8ToBytes('sr');
const VALUE = utf8ToBytes('sv');
const PAGE = utf8ToBytes('sp');
const JOURNAL = utf8ToBytes('sj');
/** Bounds of all keys of pages: in the order of their depth. */
export const PAGES_FIRST: Uint8Array = PAGE;
export const PAGES_END: Uint8Array = utf8ToBytes('sq');
const DROP = utf8ToBytes('sd');
/** Bound above all keys of drops. */
export const DROPS_END: Uint8Array = utf8ToBytes('se');

export function valueKey(key: Uint8Array): Uint8Array {
  const whole = new Uint8Array(2 + key.length);
  whole.set(VALUE);
  whole.set(key, 2);
  return whole;
}

/**
 * Key of the page that holds a node. A page is known by the depth of its first bit (2 bytes) and the path to it, so a change elsewhere never
 * moves a node to another page.
 *
 * @param height - at which the page was written
 */
export function pageKey(node: InnerNode, height: number): Uint8Array {
  const depth = node.bit - (node.bit % PAGE_BITS);
  const pathBytes = Math.ceil(depth / 9);
  const key = new Uint8Array(12 + pathBytes);
  key.set(PAGE);
  key[2] = depth >> 8;
  key[3] = depth & 0xff;
  putPrefix(key, 4, node.prefix, depth);
  putHeight(key, 4 + pathBytes, height);
  return key;
}

/** Big-endian, 8 bytes. */
export function putHeight(bytes: Uint8Array, at: number, height: number): void {
  let rest = height;
  for (let i = at + 7; i >= at; i--) {
    bytes[i] = rest & 0xff;
    rest = Math.floor(rest / 256);
  }
}

export function heightAt(bytes: Uint8Array, at: number): number {
  let height = 0;
  for (let i = at; i < at + 8; i++) height = height * 256 + (bytes[i] as number);
  return height;
}

export function rootKey(height: number): Uint8Array {
  return concatBytes(ROOT, uint64ToBytes(BigInt(height)));
}

/** Also the bound above the journals of all lower heights. */
export function journalKey(height: number, part = 0): Uint8Array {
  return concatBytes(JOURNAL, uint64ToBytes(BigInt(height)), uint32ToBytes(part));
}

export function journalHeight(key: Uint8Array): number {
  return heightAt(key, JOURNAL.length);
}

export function valueRecord(height: number, value: Uint8Array): Uint8Array {
  const record = new Uint8Array(8 + value.length);
  putHeight(record, 0, height);
  record.set(value, 8);
  return record;
}

/** Height of the block that wrote it. */
export function recordHeight(record: Uint8Array): number {
  return heightAt(record, 0);
}

export function recordValue(record: Uint8Array): Uint8Array {
  return record.slice(8);
}

export function isPageKey(key: Uint8Array): boolean {
  return key[1] === PAGE[1];
}

/** Height at which a page was written, from its key. */
export function pageHeight(key: Uint8Array): number {
  return heightAt(key, key.length - 8);
}

/** What the keys of all pages begin with that hold only keys with a prefix: by depth, in the order of the store. */
export function pagesBelow(prefix: Uint8Array): Uint8Array[] {
  const starts: Uint8Array[] = [];
  const first = Math.ceil((9 * prefix.length) / PAGE_BITS) * PAGE_BITS;
  for (let depth = first; depth <= 9 * STATE_KEY_BYTES_MAX; depth += PAGE_BITS) starts.push(concatBytes(PAGE, Uint8Array.of(depth >> 8, depth & 0xff), prefix));
  return starts;
}

export function dropKey(height: number, prefix: Uint8Array): Uint8Array {
  return concatBytes(DROP, uint64ToBytes(BigInt(height)), prefix);
}

export function dropFromKey(key: Uint8Array): { readonly height: number; readonly prefix: Uint8Array } {
  return { height: heightAt(key, 2), prefix: key.slice(10) };
}

/** The least key above all that begin with a prefix. */
export function endOfPrefix(prefix: Uint8Array): Uint8Array {
  const end = prefix.slice();
  for (let i = end.length - 1; i >= 0; i--) {
    if ((end[i] as number) < 0xff) {
      end[i] = (end[i] as number) + 1;
      return end.slice(0, i + 1);
    }
  }
  invariant(false, 'a key of the store begins with a byte below 255');
}
