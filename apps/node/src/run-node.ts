import { join } from 'node:path';
import { createSignatureVerifier } from '@vsys/crypto';
import { createNode, createPrometheusMetrics, type Node } from '@vsys/node';
import { createLibp2pNetwork } from '@vsys/p2p-libp2p';
import { type Logger, systemClock, systemTimers } from '@vsys/primitives';
import { openDurableFiles, openFileBlockLog, openStore } from '@vsys/store-rocksdb';
import { carryModules } from './carry-modules.ts';
import type { Config } from './config.ts';
import { containers } from './containers.ts';
import { readEraRecords } from './era-file.ts';
import { keepBundleIn } from './keep-bundle.ts';
import { readKeyFile } from './key-file.ts';
import { consensusModule } from './modules.ts';
import { serveRpc } from './serve-rpc.ts';
import { readSpecFile } from './spec-file.ts';

export interface RunningNode {
  readonly node: Node;
  readonly rpcUrl: string;
  /** Ends the node and closes all of it. */
  stop(): Promise<void>;
}

/** Opens and starts the node of a config: its data, its keys, its sockets. */
export async function runNode(config: Config, logger: Logger): Promise<RunningNode> {
  const ports = { clock: systemClock, timers: systemTimers };
  const metrics = createPrometheusMetrics();
  await carryModules(config.list('consensus.modules'), config.startOf('consensus.modules'));
  const spec = await readSpecFile(config.file('chain.spec'));
  const consensus = consensusModule(spec.consensus.module, await readEraRecords(config.files('chain.eras'), logger.scope('eras')));
  const identity = await readKeyFile(config.file('p2p.key'));
  const signers = await Promise.all(config.files('seal.keys').map(async (file) => (await readKeyFile(file)).signer));
  const reporter = config.text('evidence.key') === '' ? undefined : (await readKeyFile(config.file('evidence.key'))).signer;
  const data = config.file('data.folder');
  await using undo = new AsyncDisposableStack();
  // The lock of the store keeps a second node off this folder, so it comes before all that is written there.
  const store = undo.adopt(await openStore(join(data, 'store'), { driver: config.text('data.driver') as 'auto' | 'rocksdb' | 'level', logger: logger.scope('store') }), (one) => one.close());
  const log = undo.adopt(await openFileBlockLog(join(data, 'blocks')), (one) => one.close());
  const durable = await openDurableFiles(join(data, 'signer'));
  const verifier = undo.adopt(createSignatureVerifier(), (one) => one.close());
  const network = await createLibp2pNetwork(
    { listen: config.list('p2p.listen'), bootstrap: config.list('p2p.peers'), privateKey: identity.secret },
    { ...ports, logger: logger.scope('p2p') },
  );
  undo.defer(() => network.stop());
  const node = undo.adopt(
    await createNode({ spec, chain: { retentionBlocks: config.number('data.retention-blocks') } }, { consensus, containers, store, log, network, verifier, signers, ...(reporter === undefined ? {} : { reporter }), durable, keepBundle: keepBundleIn(join(data, 'failures')), logger, metrics, ...ports }),
    (one) => one.stop(),
  );
  await node.start();
  const rpc = await serveRpc(node, { host: config.text('rpc.host'), port: config.number('rpc.port'), allowedHosts: config.list('rpc.allowed-hosts'), corsOrigins: config.list('rpc.cors-origins') }, { metrics, logger: logger.scope('rpc') });
  undo.defer(() => rpc.stop());
  const open = undo.move();
  return { node, rpcUrl: rpc.url, stop: () => open.disposeAsync() };
}
