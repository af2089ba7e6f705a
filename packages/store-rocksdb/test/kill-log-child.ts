// Appends without end until it is killed: `node --conditions=@vsys/source kill-log-child.ts <folder>`.
import { uint32ToBytes } from '@vsys/primitives';

import { openFileBlockLog } from '../src/index.ts';

const log = await openFileBlockLog(process.argv[2] as string, { segmentBytesMax: 50_000 });
for (;;) {
  const records = Array.from({ length: 1 + (log.next % 3) }, (_, i) => {
    const record = new Uint8Array(100 + ((log.next * 37) % 5000));
    record.set(uint32ToBytes(log.next + i));
    return record;
  });
  await log.append(records);
  process.stdout.write(`${log.next}\n`);
}
