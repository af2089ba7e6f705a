import { describe, test } from '@jest/globals';
import { blockLogCompliance } from '@vsys/store/compliance';

import { openFileBlockLog, SEGMENT_BYTES_MAX_DEFAULT } from '../src/index.ts';
import { temporaryFolder } from './temporary-folder.ts';

// The smallest puts every append into a segment of its own.
for (const segmentBytesMax of [SEGMENT_BYTES_MAX_DEFAULT, 150, 1]) {
  describe(`block log on files, segments of ${segmentBytesMax} bytes`, () => {
    blockLogCompliance({
      test,
      async create() {
        const { folder, remove } = await temporaryFolder();
        const log = await openFileBlockLog(folder, { segmentBytesMax });
        return { log, async dispose() { await log.close(); await remove(); } };
      },
    });
  });
}
