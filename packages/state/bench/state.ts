/**
 * Cost of writes and proofs at 10,000 and 100,000 keys: `node --conditions=@vsys/source packages/state/bench/state.ts`.
 */
import { createMemoryStore } from '@vsys/store';
import { sha256 } from '@vsys/crypto';
import { uint32ToBytes } from '@vsys/primitives';
import { createSnapshotImport, createState, snapshotChunks, verifyKeys, verifyRange } from '../src/index.ts';
import type { StateView, StateWrite } from '../src/index.ts';
import type { InnerNode, TreeNode } from '../src/tree-node.ts';
import type { TreeView } from '../src/tree-view.ts';

const BLOCK = 1_000;
const keyOf = (n: number): Uint8Array => sha256(uint32ToBytes(n)).slice(0, 20);
const writesOf = (first: number, count: number, stride: number, size: number): StateWrite[] => Array.from({ length: count }, (_, i) => ({ key: keyOf(((first + i) * stride) % size), value: sha256(uint32ToBytes(first + i + 1)) }));

/** Hashes of a block: two for each new leaf, one for each new inner node, one for each of its edges. */
function hashesOf(view: StateView): number {
  let hashes = 0;
  const stack: { node: TreeNode; start: number }[] = [{ node: (view as TreeView).tree as TreeNode, start: 0 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { node, start } = next;
    if (node.kind === 'leaf') {
      if (node.value !== undefined) hashes += 2;
    } else if (!node.saved) {
      hashes += node.bit > start ? 2 : 1;
      stack.push({ node: (node as InnerNode).left as TreeNode, start: node.bit + 1 }, { node: (node as InnerNode).right as TreeNode, start: node.bit + 1 });
    }
  }
  return hashes;
}

const print = (id: string, text: string): void => console.log(`${id.padEnd(34)} ${text}`);

for (const size of [10_000, 100_000]) {
  const state = await createState({ store: createMemoryStore() });
  let view = state.view(state.base.root) as StateView;
  let height = 0;
  const startMs = performance.now();
  for (let n = 0; n < size; n += 10_000) {
    view = await state.fork(view, height++, writesOf(n, 10_000, 1, size));
    await state.flush(view);
  }
  print(`state/${size}/load`, `${((1_000 * (performance.now() - startMs)) / size).toFixed(1)} µs per key with flush`);
  for (const [count, rounds] of [[1, 200], [BLOCK, 10]] as const) {
    let hashes = 0;
    let forkMs = 0;
    let flushMs = 0;
    for (let round = 0; round < rounds; round++) {
      const writes = writesOf(round * count, count, 7_919, size);
      const at = performance.now();
      view = await state.fork(view, height++, writes);
      forkMs += performance.now() - at;
      hashes += hashesOf(view);
      const flushAt = performance.now();
      await state.flush(view);
      flushMs += performance.now() - flushAt;
    }
    const per = count * rounds;
    print(`state/${size}/block-of-${count}`, `fork ${((1_000 * forkMs) / per).toFixed(1)} µs, flush ${((1_000 * flushMs) / per).toFixed(1)} µs, ${(hashes / per).toFixed(1)} hashes per key`);
  }
  const one = await view.proveKeys([keyOf(1)]);
  const absent = await view.proveKeys([keyOf(size + 1)]);
  print(`state/${size}/proof-of-key`, `${one.length} bytes present, ${absent.length} absent, ok ${verifyKeys(view.root, [keyOf(1)], one).ok}`);
  for (const limit of [20, 100, 1_000]) {
    const range = { from: Uint8Array.of(0x40), limit };
    const { proof, rows } = await view.proveRange(range);
    const rowBytes = rows.reduce((sum, row) => sum + row.key.length + row.value.length, 0);
    const at = performance.now();
    const { ok } = verifyRange(view.root, range, proof);
    print(`state/${size}/proof-of-${limit}-rows`, `${proof.length} bytes over ${rowBytes} of rows, verified in ${(performance.now() - at).toFixed(2)} ms, ok ${ok}`);
  }
  const chunks: Uint8Array[] = [];
  const exportAt = performance.now();
  for await (const chunk of snapshotChunks(view)) chunks.push(chunk);
  print(`state/${size}/snapshot-export`, `${chunks.length} chunks, ${((1_000 * (performance.now() - exportAt)) / size).toFixed(1)} µs per key`);
  const importing = await createSnapshotImport({ store: createMemoryStore(), root: view.root, height });
  const importAt = performance.now();
  for (const chunk of chunks) await importing.take(chunk);
  print(`state/${size}/snapshot-import`, `${((1_000 * (performance.now() - importAt)) / size).toFixed(1)} µs per key, complete ${importing.next === undefined}`);
  await state.close();
}
