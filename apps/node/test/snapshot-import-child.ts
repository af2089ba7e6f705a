// Takes the chunks of a snapshot into a store on disk and prints a number after each, until it is killed:
// `node --conditions=@vsys/source snapshot-import-child.ts FOLDER`.
import { createSnapshotImport } from '@vsys/state';
import { openStore } from '@vsys/store-rocksdb';
import { SNAPSHOT_HEIGHT, snapshotSource } from './snapshot-source.ts';

const { root, chunks } = await snapshotSource();
const store = await openStore(process.argv[2] as string, { rocksdb: { writeBufferBytes: 1 << 20 } });
const importing = await createSnapshotImport({ store, root, height: SNAPSHOT_HEIGHT });
let count = 0;
for await (const chunk of chunks(importing.next)) {
  const verdict = await importing.take(chunk);
  if (!verdict.ok) throw new Error(verdict.code);
  process.stdout.write(`${++count}\n`);
}
// The end is not to be reached alive: what is tested is the crash.
process.stdin.resume();
