import { describe, expect, test } from '@jest/globals';
import { uint32FromBytes } from '@vsys/primitives';

import { openStore } from '../src/index.ts';
import { killAfterLines } from './kill-child.ts';
import { inFolder } from './temporary-folder.ts';

describe('a store whose process is killed between and within batches', () => {
  test.each(['rocksdb', 'level'] as const)('%s tears no batch and loses none that was reported', (driver) => inFolder(async (folder) => {
    for (const lines of [1, 7, 40]) {
      const reported = await killAfterLines('./kill-store-child.ts', [folder, driver], lines);
      await using store = await openStore(folder, { driver, create: false });
      const head = uint32FromBytes((await store.get(Uint8Array.of(0xff))) as Uint8Array);
      expect(head).toBeGreaterThanOrEqual(reported);
      let keys = 0;
      for await (const [, value] of store.iterate({ lt: Uint8Array.of(2) })) {
        expect(uint32FromBytes(value)).toBe(head);
        keys++;
      }
      expect(keys).toBe(200);
    }
  }), 60_000);
});
