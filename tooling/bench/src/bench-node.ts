import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuardStore } from '@vsys/consensus';
import { createSignatureVerifier } from '@vsys/crypto';
import { createNode, type Node } from '@vsys/node';
import { createMemoryNetwork } from '@vsys/p2p';
import { systemClock, systemTimers } from '@vsys/primitives';
import { openFileBlockLog, openRocksStore } from '@vsys/store-rocksdb';
import type { TransferLoad } from './transfer-load.ts';

/** A started node of the load's chain, alone on a network in memory; store, block log and signer's records on disk. */
export async function startBenchNode(folder: string, { spec, module, seat }: TransferLoad): Promise<AsyncDisposable & { readonly node: Node }> {
  const ports = { clock: systemClock, timers: systemTimers };
  await using undo = new AsyncDisposableStack();
  const store = undo.use(await openRocksStore(join(folder, 'store')));
  const log = undo.use(await openFileBlockLog(join(folder, 'blocks')));
  const verifier = undo.adopt(createSignatureVerifier(), (one) => one.close());
  const network = createMemoryNetwork({ seed: 1, time: ports }).createHost('bench');
  undo.defer(() => network.stop());
  const durable = await openRecords(join(folder, 'signer'));
  const node = undo.adopt(await createNode({ spec }, { consensus: module, containers: [], store, log, network, verifier, signers: [seat], durable, ...ports }), (one) => one.stop());
  await node.start();
  const opened = undo.move();
  return { node, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

/** The signer's records as files, synced as a node's are: their cost belongs to a block. */
async function openRecords(folder: string): Promise<GuardStore> {
  await mkdir(folder);
  const pathOf = (name: string): string => join(folder, encodeURIComponent(name));
  return {
    load: (name) => readFile(pathOf(name)).then((bytes) => new Uint8Array(bytes), () => undefined),
    async save(name, bytes) {
      const file = await open(`${pathOf(name)}.new`, 'w');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(`${pathOf(name)}.new`, pathOf(name));
    },
  };
}
