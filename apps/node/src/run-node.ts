import { join } from 'node:path';
import { createSignatureVerifier } from '@vsys/crypto';
import { createNode, type Node } from '@vsys/node';
import { createLibp2pNetwork } from '@vsys/p2p-libp2p';
import { type Logger, systemClock, systemTimers } from '@vsys/primitives';
import { openFileBlockLog, openStore } from '@vsys/store-rocksdb';
import type { Config } from './config.ts';
import { containers } from './containers.ts';
import { openDurableFiles } from './durable-files.ts';
import { readKeyFile } from './key-file.ts';
import { consensusModule } from './modules.ts';
import { readSpecFile } from './spec-file.ts';

/** Opens and starts the node of a config: its data, its keys, its sockets. `stop` ends the node and closes all of it. */
export async function runNode(config: Config, logger: Logger): Promise<{ readonly node: Node; stop(): Promise<void> }> {
  const ports = { clock: systemClock, timers: systemTimers };
  const spec = await readSpecFile(config.file('chain.spec'));
  const identity = await readKeyFile(config.file('p2p.key'));
  const signers = await Promise.all(config.files('seal.keys').map(async (file) => (await readKeyFile(file)).signer));
  const data = config.file('data.folder');
  const durable = await openDurableFiles(join(data, 'signer'));
  await using undo = new AsyncDisposableStack();
  const store = undo.adopt(await openStore(join(data, 'store')), (one) => one.close());
  const log = undo.adopt(await openFileBlockLog(join(data, 'blocks')), (one) => one.close());
  const verifier = undo.adopt(createSignatureVerifier(), (one) => one.close());
  const network = await createLibp2pNetwork(
    { listen: config.list('p2p.listen'), bootstrap: config.list('p2p.peers'), privateKey: identity.secret },
    { ...ports, logger: logger.scope('p2p') },
  );
  undo.defer(() => network.stop());
  const node = undo.adopt(
    await createNode({ spec, chain: { retentionBlocks: config.number('data.retention-blocks') } }, { consensus: consensusModule(spec.consensus.module), containers, store, log, network, verifier, signers, durable, logger, ...ports }),
    (one) => one.stop(),
  );
  await node.start();
  const open = undo.move();
  return { node, stop: () => open.disposeAsync() };
}
