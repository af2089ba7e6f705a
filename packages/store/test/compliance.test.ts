import { describe, expect, test } from '@jest/globals';

import { failedLaws } from '@vsys/primitives/compliance';
import { blockLogCompliance, storeCompliance } from '../src/compliance.ts';
import { createMemoryBlockLog, createMemoryStore, withPrefix } from '../src/index.ts';
import type { BlockLog, Store } from '../src/index.ts';
import { brokenBlockLogs, brokenStores } from './broken-twins.ts';

describe('memory store', () => {
  storeCompliance({ test, create: async () => given(createMemoryStore()) });
});

describe('a prefix of a memory store', () => {
  storeCompliance({ test, create: async () => given(withPrefix(createMemoryStore(), Uint8Array.of(7))) });
});

describe('a prefix of 0xff bytes, which has no key above it', () => {
  storeCompliance({ test, create: async () => given(withPrefix(createMemoryStore(), Uint8Array.of(0xff, 0xff))) });
});

describe('a prefix inside a prefix, between neighbours', () => {
  storeCompliance({
    test,
    create: async () => {
      const parent = createMemoryStore();
      await parent.batch([[7], [7, 1, 255], [7, 3], [8]].map((key) => ({ type: 'put', key: Uint8Array.from(key), value: Uint8Array.of(1) })));
      return given(withPrefix(withPrefix(parent, Uint8Array.of(7)), Uint8Array.of(2)));
    },
  });
});

describe('memory block log', () => {
  blockLogCompliance({ test, create: async () => givenLog(createMemoryBlockLog()) });
});

describe('the suite fails a store that', () => {
  for (const [fault, law, create] of brokenStores) {
    test(`${fault}: "${law}"`, async () => {
      expect(await failedLaws((one) => storeCompliance({ test: one, create: async () => given(create()) }))).toContain(law);
    });
  }
});

describe('the suite fails a block log that', () => {
  for (const [fault, law, create] of brokenBlockLogs) {
    test(`${fault}: "${law}"`, async () => {
      expect(await failedLaws((one) => blockLogCompliance({ test: one, create: async () => givenLog(create()) }))).toContain(law);
    });
  }
});

function given(store: Store): { store: Store; dispose(): Promise<void> } {
  return { store, dispose: () => store.close() };
}

function givenLog(log: BlockLog): { log: BlockLog; dispose(): Promise<void> } {
  return { log, dispose: () => log.close() };
}
