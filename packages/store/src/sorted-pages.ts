import { compareBytes } from '@vsys/primitives';

import type { StoreOp } from './store.ts';

export type Entry = readonly [Uint8Array, Uint8Array];
type Page = readonly Entry[];
/** Sorted entries cut into sorted pages, none of them empty. Never changed: a write makes new pages and shares the rest. */
export type SortedPages = readonly Page[];

const PAGE_ENTRIES_MAX = 128;

/** The pages after these operations, in their order. Cost: the list of pages and each page touched, once. */
export function writePages(pages: SortedPages, ops: readonly StoreOp[]): SortedPages {
  const next: Page[] = [...pages];
  // Pages made by this write, which it may change in place.
  const own = new Set<Page>();
  for (const op of ops) {
    const at = Math.max(0, pagesUpTo(next, op.key) - 1);
    let page = next[at] as Entry[] | undefined;
    if (page === undefined || !own.has(page)) {
      page = [...(page ?? [])];
      own.add(page);
      next[at] = page;
    }
    const index = firstFrom(page, op.key);
    const found = index < page.length && compareBytes((page[index] as Entry)[0], op.key) === 0;
    if (op.type === 'put') page.splice(index, found ? 1 : 0, [op.key, op.value]);
    else if (found) page.splice(index, 1);
    if (page.length === 0) next.splice(at, 1);
    if (page.length > PAGE_ENTRIES_MAX) {
      const upper = page.splice(PAGE_ENTRIES_MAX / 2);
      own.add(upper);
      next.splice(at + 1, 0, upper);
    }
  }
  return next;
}

export function findInPages(pages: SortedPages, key: Uint8Array): Uint8Array | undefined {
  const page = pages[pagesUpTo(pages, key) - 1];
  if (page === undefined) return undefined;
  const entry = page[firstFrom(page, key)];
  return entry !== undefined && compareBytes(entry[0], key) === 0 ? entry[1] : undefined;
}

export function* walkPages(pages: SortedPages, gte: Uint8Array | undefined, lt: Uint8Array | undefined, reverse: boolean): Generator<Entry> {
  if (!reverse) {
    const first = gte === undefined ? 0 : Math.max(0, pagesUpTo(pages, gte) - 1);
    for (let p = first; p < pages.length; p++) {
      const page = pages[p] as Page;
      for (let i = p === first && gte !== undefined ? firstFrom(page, gte) : 0; i < page.length; i++) {
        const entry = page[i] as Entry;
        if (lt !== undefined && compareBytes(entry[0], lt) >= 0) return;
        yield entry;
      }
    }
    return;
  }
  const last = lt === undefined ? pages.length - 1 : pagesUpTo(pages, lt) - 1;
  for (let p = last; p >= 0; p--) {
    const page = pages[p] as Page;
    for (let i = (p === last && lt !== undefined ? firstFrom(page, lt) : page.length) - 1; i >= 0; i--) {
      const entry = page[i] as Entry;
      if (gte !== undefined && compareBytes(entry[0], gte) < 0) return;
      yield entry;
    }
  }
}

/** How many pages begin at or below the key: the last of them is the one that may hold it. */
function pagesUpTo(pages: SortedPages, key: Uint8Array): number {
  let low = 0;
  let high = pages.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes(((pages[middle] as Page)[0] as Entry)[0], key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the first entry at or above the key; the page's length when there is none. */
function firstFrom(page: Page, key: Uint8Array): number {
  let low = 0;
  let high = page.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareBytes((page[middle] as Entry)[0], key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
