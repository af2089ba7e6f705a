// Writes batches without end until it is killed: `node --conditions=@vsys/source kill-store-child.ts <folder> <driver>`.
import { uint32ToBytes } from '@vsys/primitives';

import { openStore } from '../src/index.ts';

const KEYS = 200;
const [folder, driver] = process.argv.slice(2);
const store = await openStore(folder as string, { driver: driver as 'rocksdb' | 'level', rocksdb: { writeBufferBytes: 1 << 20 }, level: { writeBufferBytes: 1 << 20 } });
const found = await store.get(Uint8Array.of(0xff));
for (let round = found === undefined ? 1 : new DataView(found.buffer, found.byteOffset).getUint32(0) + 1; ; round++) {
  const value = new Uint8Array(256);
  value.set(uint32ToBytes(round));
  await store.batch([
    ...Array.from({ length: KEYS }, (_, i) => ({ type: 'put' as const, key: Uint8Array.of(1, i), value })),
    { type: 'put', key: Uint8Array.of(0xff), value: uint32ToBytes(round) },
  ]);
  process.stdout.write(`${round}\n`);
}
