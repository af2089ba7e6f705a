import { describe, test } from '@jest/globals';
import { withPrefix } from '@vsys/store';
import { storeCompliance } from '@vsys/store/compliance';

import { openLevelStore, openRocksStore } from '../src/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

for (const [name, open] of [['RocksDB', openRocksStore], ['LevelDB', openLevelStore]] as const) {
  describe(name, () => {
    storeCompliance({
      test,
      async create() {
        const { folder, remove } = await temporaryFolder();
        const store = await open(folder);
        return { store, async dispose() { await store.close(); await remove(); } };
      },
    });
  });

  describe(`a prefix of ${name}`, () => {
    storeCompliance({
      test,
      async create() {
        const { folder, remove } = await temporaryFolder();
        const parent = await open(folder);
        await parent.batch([[7], [9]].map((key) => ({ type: 'put', key: Uint8Array.from(key), value: Uint8Array.of(1) })));
        return { store: withPrefix(parent, Uint8Array.of(8)), async dispose() { await parent.close(); await remove(); } };
      },
    });
  });
}
