import { findInPages, walkPages, writePages } from './sorted-pages.ts';
import type { Entry, SortedPages } from './sorted-pages.ts';
import type { EngineRange, EngineReader } from './store-engine.ts';
import { storeFromEngine } from './store-from-engine.ts';
import type { Store } from './store.ts';

const CURSOR_ENTRIES = 64;

/**
 * The in-memory twin: keeps the laws of the drivers on disk, and is lost when the process ends. Snapshots and iterators
 * cost nothing to take, as pages are never changed.
 */
export function createMemoryStore(): Store {
  let pages: SortedPages = [];
  return storeFromEngine({
    ...createReader(() => pages),
    async write(ops) {
      pages = writePages(pages, ops);
    },
    async view() {
      const seen = pages;
      return { ...createReader(() => seen), async close() {} };
    },
    async close() {
      pages = [];
    },
  });
}

function createReader(pages: () => SortedPages): EngineReader {
  return {
    async getMany(keys) {
      const seen = pages();
      return keys.map((key) => findInPages(seen, key)?.slice());
    },
    cursor: (range) => createCursor(pages(), range),
  };
}

function createCursor(pages: SortedPages, { gte, lt, reverse, limit }: EngineRange): ReturnType<EngineReader['cursor']> {
  const walk = walkPages(pages, gte, lt, reverse);
  let left = limit;
  return {
    async next() {
      const page: Entry[] = [];
      while (left > 0 && page.length < CURSOR_ENTRIES) {
        const step = walk.next();
        if (step.done) break;
        page.push([step.value[0].slice(), step.value[1].slice()]);
        left--;
      }
      return page;
    },
    async close() {},
  };
}
