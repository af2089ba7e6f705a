import { accept, type Clock, equalBytes, type Logger, type Metrics, noMetrics, type PeerId, silentLogger, type Timers, toHex } from '@vsys/primitives';
import { createOrphanPool } from '@vsys/block-tree';
import type { Candidate, Chain, ConsensusWire, ImportCode } from '@vsys/consensus';
import { type Block, blockFromBytes, blockId, blockToBytes } from '@vsys/data-format';
import { type ChainHandlers, type ChainNetwork, createBatcher, type Judgement } from '@vsys/p2p';
import { createCatchUp } from './catch-up.ts';
import { serveProtocols } from './serve.ts';
import { SYNC_LIMITS } from './sync-limits.ts';
import { listFromBytes, listToBytes } from './wire.ts';

/** The consensus engine of this node, as far as peers reach it. */
export interface EngineLink {
  /** Absent: its engines exchange no messages, and there is neither topic nor protocol for them. */
  readonly wire?: ConsensusWire;
  receive(from: PeerId, bytes: Uint8Array): Promise<Judgement>;
  /** A block that waits for a certificate. */
  offer(from: PeerId, candidate: Candidate<Omit<Block, 'seal'>>): Promise<Judgement>;
  peerJoined(from: PeerId, height: number): void;
}

export interface SyncParts {
  readonly chain: Chain;
  /** Without one, a block that waits for a certificate is ignored. */
  readonly engine?: EngineLink;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
}

export interface SyncStatus {
  readonly syncing: boolean;
  /** The highest height a peer claims; a hint. */
  readonly targetHeight: number;
  readonly peers: number;
}

/** Keeps a chain at the height of its peers, and carries blocks and transactions between them. */
export interface Sync {
  /** For `P2pNetwork.join`. */
  readonly handlers: ChainHandlers;
  attach(network: ChainNetwork): void;
  start(): void;
  stop(): Promise<void>;
  publishBlock(block: Block): Promise<void>;
  /** A message of our engine, to one peer or to all. */
  sendConsensus(to: PeerId | undefined, bytes: Uint8Array): Promise<void>;
  /** Asks a peer for one block by its id, and offers it to the engine. */
  fetchBlock(from: PeerId, id: Uint8Array): void;
  scorePeer(peer: PeerId, delta: number, why: string): void;
  /** A peer shows by its messages that its head is that high. */
  claimed(from: PeerId, height: number): void;
  status(): SyncStatus;
}

/** What a gossiped block says of the peer who handed it on. */
const judgementOf: Readonly<Record<ImportCode, Judgement>> = {
  IMPORT_KNOWN: 'ignore', IMPORT_BELOW_FINAL: 'ignore', IMPORT_FULL: 'ignore', IMPORT_WAITING: 'ignore', IMPORT_EARLY: 'ignore', IMPORT_UNKNOWN_PARENT: 'ignore', IMPORT_UNCERTIFIED: 'ignore',
  IMPORT_HEADER: 'reject', IMPORT_BODY: 'reject', IMPORT_EXECUTION: 'reject', IMPORT_INVALID: 'reject',
};
/** Refusals that show a sender who did not check; all others may be honest lateness. */
const FAULTS = new Set<string>(['TX_MALFORMED', 'TX_SIGNATURE', 'TX_NOT_AUTHORIZED', 'TX_WRONG_CHAIN', 'TX_TOO_LARGE', 'TX_OPERATION']);

export function createSync({ chain, engine, clock, timers, logger = silentLogger, metrics = noMetrics }: SyncParts): Sync {
  let network: ChainNetwork | undefined;
  const orphans = createOrphanPool<Block>();
  const parked = new Map<string, () => void>();
  const catchUp = createCatchUp({ chain, network: () => network, clock, logger });
  const background = new Set<Promise<unknown>>();
  let stopped = false;
  let cancelProbe = (): void => {};

  const beside = (task: Promise<unknown>): void => {
    const kept = task.catch((error: unknown) => logger.warn('sync task failed', { error: String(error) })).finally(() => background.delete(kept));
    background.add(kept);
  };

  const batcher = createBatcher(
    { bytesMax: SYNC_LIMITS.batchBytesWanted, itemsMax: SYNC_LIMITS.batchItemsMax, delayMs: SYNC_LIMITS.batchDelayMs },
    (items) => {
      metrics.count('vsys_transactions_sent_total', 'Transactions gossiped by this node', items.length);
      if (network !== undefined) beside(network.publish('transactions', listToBytes(items)));
    },
    { clock, timers },
  );

  async function onBlock(from: PeerId, bytes: Uint8Array): Promise<Judgement> {
    const block = blockFromBytes(bytes, SYNC_LIMITS.blockBytesMax);
    if (!block.ok) return 'reject';
    if (!equalBytes(block.value.header.chainId, chain.chainId)) return 'reject';
    const imported = await chain.importBlock(block.value);
    metrics.count('vsys_blocks_received_total', 'Blocks received by gossip');
    if (!imported.ok && imported.code === 'IMPORT_UNCERTIFIED') return offer(from, block.value);
    claim(from, block.value.header.height);
    if (imported.ok) return 'accept';
    if (imported.code === 'IMPORT_UNKNOWN_PARENT') {
      const { header } = block.value;
      orphans.expire(clock.nowMs());
      orphans.add({ id: blockId(header), parent: header.parent, from, bytes: bytes.length, value: block.value }, clock.nowMs());
      catchUp.trigger();
    }
    if (imported.code === 'IMPORT_EARLY') park(from, block.value, imported.data?.atMs as number);
    return judgementOf[imported.code];
  }

  /** A peer that left meanwhile is not remembered again. */
  function claim(from: PeerId, height: number): void {
    if (network?.peers().some(({ id }) => id === from) === true) catchUp.claim(from, height);
  }

  async function offer(from: PeerId, { seal, ...block }: Block): Promise<Judgement> {
    return (await engine?.offer(from, { id: blockId(block.header), header: block.header, seal, block })) ?? 'ignore';
  }

  /** One that waited for its parent, or was asked for: the same ways in as by gossip. */
  async function take(from: PeerId, block: Block): Promise<void> {
    const imported = await chain.importBlock(block);
    if (!imported.ok && imported.code === 'IMPORT_UNCERTIFIED') await offer(from, block);
  }

  const fetching = new Set<string>();
  async function fetchOne(from: PeerId, id: Uint8Array): Promise<void> {
    const key = toHex(id);
    if (fetching.has(key) || fetching.size >= SYNC_LIMITS.fetchingMax) return;
    fetching.add(key);
    try {
      const answer = await network?.request(from, 'bodies', listToBytes([id]));
      const [item] = (answer?.ok === true ? listFromBytes(answer.value, 1) : undefined) ?? [];
      const block = item === undefined ? undefined : blockFromBytes(item);
      if (block?.ok === true && equalBytes(blockId(block.value.header), id)) await take(from, block.value);
    } finally {
      fetching.delete(key);
    }
  }

  /** Keeps a block from the near future until its time, then imports it and hands it on. */
  function park(from: PeerId, block: Block, atMs: number): void {
    const id = toHex(blockId(block.header));
    if (stopped || parked.size >= SYNC_LIMITS.parkedMax || parked.has(id)) return;
    parked.set(id, timers.setAt(atMs, () => {
      parked.delete(id);
      beside(chain.importBlock(block).then(async (imported) => {
        const passedOn = imported.ok || (imported.code === 'IMPORT_UNCERTIFIED' && (await offer(from, block)) === 'accept');
        if (passedOn) await network?.publish('blocks', blockToBytes(block));
      }));
    }));
  }

  async function onTransactions(from: PeerId, bytes: Uint8Array): Promise<Judgement> {
    const items = listFromBytes(bytes, SYNC_LIMITS.batchItemsMax);
    if (items === undefined) return 'reject';
    const verdicts = await chain.submit(items, from);
    if (verdicts.some((verdict) => !verdict.ok && FAULTS.has(verdict.code))) return 'reject';
    return verdicts.some((verdict) => verdict.ok && verdict.value.status === 'pooled') ? 'accept' : 'ignore';
  }

  /** What waits at a peer that joins: it may have been sent before we were there. */
  async function fetchPool(peer: PeerId): Promise<void> {
    const answer = await network?.request(peer, 'pool', new Uint8Array());
    const items = answer?.ok === true ? listFromBytes(answer.value, SYNC_LIMITS.batchItemsMax * 10) : undefined;
    for (let at = 0; items !== undefined && at < items.length; at += SYNC_LIMITS.batchItemsMax) await chain.submit(items.slice(at, at + SYNC_LIMITS.batchItemsMax), peer);
  }

  const wire = engine?.wire;
  const onMessage = (from: PeerId, bytes: Uint8Array): Promise<Judgement> => engine?.receive(from, bytes) ?? Promise.resolve('ignore');

  const stopListening = chain.listen((event) => {
    if (event.kind === 'transactions' && event.from === undefined) for (const { bytes } of event.checked) batcher.add(bytes);
    if (event.kind === 'block' && event.stage === 'executed' && !chain.isUncertified(event.id)) for (const orphan of orphans.take(event.id)) beside(take(orphan.from, orphan.value));
  });

  const probeLater = (): void => {
    cancelProbe = timers.setAt(clock.nowMs() + SYNC_LIMITS.probeMs, () => {
      beside(catchUp.probe());
      if (!stopped) probeLater();
    });
  };

  return {
    handlers: {
      topics: {
        blocks: { bytesMax: SYNC_LIMITS.blockBytesMax, perPeerPerSecondMax: SYNC_LIMITS.blocksPerPeerPerSecondMax, validate: onBlock },
        transactions: { bytesMax: SYNC_LIMITS.batchBytesMax, perPeerPerSecondMax: SYNC_LIMITS.batchesPerPeerPerSecondMax, validate: onTransactions },
        ...(wire === undefined ? {} : { consensus: { bytesMax: wire.messageBytesMax, perPeerPerSecondMax: wire.messagesPerPeerPerSecondMax, validate: onMessage } }),
      },
      protocols: { ...serveProtocols(chain), ...(wire === undefined ? {} : { consensus: {
        requestBytesMax: wire.messageBytesMax, responseBytesMax: 0, perPeerPerSecondMax: wire.messagesPerPeerPerSecondMax, concurrentPerPeerMax: SYNC_LIMITS.consensusConcurrentPerPeerMax,
        serve: async (from, bytes) => {
          if ((await onMessage(from, bytes)) === 'reject') network?.score(from, SYNC_LIMITS.rejectedMessageScore, 'consensus message rejected');
          return accept(new Uint8Array());
        },
      } }) },
      peerJoined(peer) {
        beside(catchUp.meet(peer.id, { height: peer.head.height, id: peer.head.blockId }));
        beside(fetchPool(peer.id));
        engine?.peerJoined(peer.id, peer.head.height);
      },
      peerLeft: (peer) => catchUp.forget(peer),
    },
    attach(given) {
      network = given;
    },
    start: probeLater,
    async stop() {
      stopped = true;
      cancelProbe();
      stopListening();
      batcher.close();
      for (const cancel of parked.values()) cancel();
      parked.clear();
      await catchUp.stop();
      await Promise.all(background);
    },
    async publishBlock(block) {
      await network?.publish('blocks', blockToBytes(block));
    },
    async sendConsensus(to, bytes) {
      if (network === undefined || wire === undefined) return;
      if (to === undefined) await network.publish('consensus', bytes);
      // Beside: an answer that does not come may not hold up the engine.
      else beside(network.request(to, 'consensus', bytes));
    },
    fetchBlock: (from, id) => beside(fetchOne(from, id)),
    scorePeer: (peer, delta, why) => network?.score(peer, delta, why),
    claimed(from, height) {
      if (height <= chain.head.height) return;
      claim(from, height);
      catchUp.trigger();
    },
    status: () => ({ syncing: catchUp.running && catchUp.target > chain.head.height + 1, targetHeight: catchUp.target, peers: network?.peers().length ?? 0 }),
  };
}
