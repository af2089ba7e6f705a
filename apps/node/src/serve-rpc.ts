import type { FoundEvidence, Node, ScrapedMetrics } from '@vsys/node';
import { type Logger, systemClock, toHex } from '@vsys/primitives';
import type { BlockRefJson, EvidenceJson, NodeStatus } from '@vsys/rpc';
import { createChainApi, createRpcServer, type RpcServerOptions, type Readiness } from '@vsys/rpc/server';
import { describeFinality } from './describe-finality.ts';
import { consensusModule } from './modules.ts';
import { version } from './version.ts';

/** Serves the calls of a node: JSON-RPC over HTTP and WebSocket, `/health/…` and `/metrics`. */
export async function serveRpc(node: Node, options: RpcServerOptions, { metrics, logger }: { metrics: ScrapedMetrics; logger: Logger }): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const startMs = systemClock.nowMs();
  const { chain } = node;
  const api = createChainApi({ chain, nodeStatus: () => statusOf(node, systemClock.nowMs() - startMs), logger, metrics });
  const metricsText = async (): Promise<string> => {
    // The chain tells of both when they move; a node that just started, or stands still, has them too.
    metrics.gauge('vsys_head_height', 'Height of the head', chain.head.height);
    metrics.gauge('vsys_final_height', 'Height of the final block', chain.final.height);
    metrics.gauge('vsys_peers', 'Peers of the chain', node.sync.status().peers);
    metrics.gauge('vsys_pool_transactions', 'Transactions that wait', chain.pool.size);
    metrics.gauge('vsys_pool_bytes', 'Bytes of the transactions that wait', chain.pool.bytes);
    metrics.gauge('vsys_memory_resident_bytes', 'Resident memory of the process', process.memoryUsage.rss());
    return metrics.text();
  };
  const server = createRpcServer(options, { api, ready: () => readinessOf(node), metricsText, logger });
  const { url } = await server.start();
  return { url, stop: () => server.stop() };
}

function statusOf({ chain, sync, consensusNumbers, evidence }: Node, uptimeMs: number): NodeStatus {
  const { head, safe, final, pool } = chain;
  const { peers, syncing } = sync.status();
  return {
    version, chainId: toHex(chain.chainId), uptimeMs, peers, syncing,
    head: { ...refOf(head), timeMs: head.header.timeMs, stateRoot: toHex(head.header.stateRoot) },
    safe: refOf(safe),
    final: refOf(final),
    pool: { transactions: pool.size, bytes: pool.bytes },
    consensus: { module: chain.spec.consensus.module, finality: describeFinality(consensusModule(chain.spec.consensus.module)), ...consensusNumbers },
    evidence: evidence.map(evidenceOf),
  };
}

function evidenceOf({ id, height, state, code, transactionId, operation }: FoundEvidence): EvidenceJson {
  return {
    id: toHex(id), height, state,
    ...(code === undefined ? {} : { code }),
    ...(transactionId === undefined ? {} : { transaction: toHex(transactionId) }),
    ...(operation === undefined ? {} : { operation: { container: operation.container, payload: Buffer.from(operation.payload).toString('base64') } }),
  };
}

function readinessOf({ chain, sync }: Node): Readiness {
  const { syncing, targetHeight } = sync.status();
  return syncing ? { ready: false, reason: `catching up: at height ${chain.head.height} of about ${targetHeight}` } : { ready: true };
}

function refOf({ height, id }: { readonly height: number; readonly id: Uint8Array }): BlockRefJson {
  return { height, id: toHex(id) };
}
