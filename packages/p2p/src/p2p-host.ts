import { accept, invariant, noMetrics, refuse, silentLogger, toHex } from '@vsys/primitives';
import type { Clock, Logger, Metrics, PeerId, Timers } from '@vsys/primitives';
import type { Carrier, CarrierEvents } from './carrier.ts';
import type { ChainHandlers, ChainHandshake, P2pNetwork, PeerInfo } from './p2p-network.ts';
import { P2P_LIMITS } from './p2p-limits.ts';
import type { P2pLimits } from './p2p-limits.ts';
import { P2pError } from './p2p-error.ts';
import { createChainSession, refusedExchange } from './chain-session.ts';
import type { ChainSession, SessionHost } from './chain-session.ts';
import { createPeerLink } from './peer-link.ts';
import type { PeerLink } from './peer-link.ts';
import { createScoreboard } from './scoreboard.ts';
import { withDeadline } from './deadline.ts';
import { frameHeadFromBytes, isHelloSendable, isName } from './wire.ts';

export interface P2pHostOptions {
  /** Name of the network: prefix of all topics. Default `vsys`. */
  readonly net?: string;
  readonly limits?: Partial<P2pLimits>;
}

export interface P2pPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
}

/** Puts chains, handshakes, limits and scores on top of a carrier. Every implementation of `P2pNetwork` here is this one over its own carrier. */
export function createP2pHost(carrier: Carrier, options: P2pHostOptions, ports: P2pPorts): P2pNetwork {
  const limits: P2pLimits = { ...P2P_LIMITS, ...options.limits };
  const net = options.net ?? 'vsys';
  const logger = (ports.logger ?? silentLogger).scope('p2p');
  const metrics = ports.metrics ?? noMetrics;
  const board = createScoreboard(limits, ports.clock);
  const links = new Map<PeerId, PeerLink>();
  const sessions = new Map<string, ChainSession>();
  const stopping = new AbortController();
  let state: 'new' | 'running' | 'stopped' = 'new';
  let starting: Promise<void> | undefined;
  let ending: Promise<void> | undefined;
  /** The carrier takes topics only after its start; those of chains that were joined before follow then. */
  let takesTopics = false;

  const blame = (peer: PeerId, points: number, why: string): void => {
    if (points < 0) logger.debug('peer lost score', { peer, points, why });
    if (!board.add(peer, points)) return;
    logger.info('peer banned', { peer, why, banMs: limits.banMs });
    metrics.count('p2p_bans_total', 'Peers banned for their score');
    if (links.has(peer)) carrier.hangUp(peer).catch((error: unknown) => logger.warn('hanging up failed', { peer, error }));
  };

  const host: SessionHost = {
    carrier,
    limits,
    ports: { clock: ports.clock, timers: ports.timers, metrics },
    stopping: stopping.signal,
    load: { pendingRequests: 0, serving: 0, validating: 0 },
    link: (peer) => links.get(peer),
    links: () => links.values(),
    blame,
    isRunning: () => state === 'running',
    takesTopics: () => takesTopics,
    left: (session) => void sessions.delete(session.chainHex),
  };

  const events: CarrierEvents = {
    admits(peer) {
      if (state !== 'running') return refuse('P2P_STOPPED', 'the network does not run');
      if (board.isBanned(peer)) return refuse('P2P_BANNED', 'the peer is banned');
      if (!links.has(peer) && links.size >= limits.peersMax) return refuse('P2P_PEERS_FULL', `there are ${limits.peersMax} peers already`);
      return accept(undefined);
    },
    connected(peer, about) {
      if (links.has(peer)) return;
      const link = createPeerLink(peer, about, limits, ports.clock);
      links.set(peer, link);
      metrics.gauge('p2p_peers', 'Connected peers', links.size);
      logger.debug('peer connected', { peer, ...about });
      for (const session of sessions.values()) session.greet(link);
    },
    disconnected(peer) {
      const link = links.get(peer);
      if (link === undefined) return;
      links.delete(peer);
      metrics.gauge('p2p_peers', 'Connected peers', links.size);
      logger.debug('peer disconnected', { peer });
      link.gone.abort();
      for (const session of sessions.values()) session.linkLost(peer);
    },
    async open(peer, headBytes) {
      const link = links.get(peer);
      if (link === undefined || state !== 'running') return refusedExchange('P2P_STOPPED', 'not connected');
      if (board.isBanned(peer)) return refusedExchange('P2P_BANNED', 'the peer is banned');
      const head = frameHeadFromBytes(headBytes);
      if (head === undefined) {
        blame(peer, limits.malformedScore, 'malformed frame');
        return refusedExchange('P2P_MALFORMED', 'the frame does not parse');
      }
      const session = sessions.get(toHex(head.chainId));
      if (session === undefined) {
        // Counted, or a peer could ask for ids without end to learn which chains are here.
        if (!link.helloRate.take()) blame(peer, limits.rateScore, 'handshakes above the rate');
        return refusedExchange('P2P_CHAIN_UNKNOWN', 'this host does not serve the chain');
      }
      if (head.kind === 'hello') return session.openHello(link);
      if (head.kind === 'goodbye') return session.openGoodbye(link);
      return session.openRequest(link, head.name);
    },
    async judge(peer, topic, bytes) {
      const link = links.get(peer);
      if (link === undefined || state !== 'running') return 'ignore';
      for (const session of sessionsOf(topic)) {
        const rule = session.topics.get(topic);
        if (rule !== undefined) return session.judge(link, rule, topic, bytes);
      }
      return 'ignore';
    },
    misbehaved: (peer, what) => blame(peer, what === 'oversize' ? limits.oversizeScore : limits.malformedScore, what),
  };

  // The chain id is the middle part of a topic, so a message finds its chain without a search.
  const sessionsOf = (topic: string): readonly ChainSession[] => {
    const session = sessions.get(topic.slice(net.length + 1, net.length + 65));
    return session === undefined ? [] : [session];
  };

  const info = (link: PeerLink): PeerInfo => ({
    id: link.id,
    address: link.address,
    inbound: link.inbound,
    connectedAtMs: link.connectedAtMs,
    score: board.score(link.id),
    chains: [...sessions.values()].filter((session) => session.has(link.id)).map((session) => session.chainHex),
    refusals: Object.fromEntries(link.refusals),
  });

  const begin = async (): Promise<void> => {
    state = 'running';
    try {
      await carrier.start(events);
    } catch (error) {
      // What has started in part cannot be started again, and whoever leaves now must not ask it for anything.
      state = 'stopped';
      stopping.abort();
      await carrier.stop().catch(() => undefined);
      throw error;
    }
    if (state !== 'running') return;
    takesTopics = true;
    for (const session of sessions.values()) for (const topic of session.topics.keys()) carrier.subscribe(topic);
  };

  const end = async (): Promise<void> => {
    state = 'stopped';
    takesTopics = false;
    stopping.abort();
    // A carrier that has not finished its start cannot be stopped. Whether the start failed is told to who asked for it.
    if (starting !== undefined) await starting.then(() => {}, () => {}).then(() => carrier.stop());
    for (const peer of links.keys()) events.disconnected(peer);
    sessions.clear();
  };

  const stop = (): Promise<void> => (ending ??= end());

  return {
    self: carrier.self,
    addresses: () => (state === 'running' ? carrier.addresses() : []),
    async start() {
      if (state === 'stopped') throw new P2pError('P2P_STOPPED', 'the network was stopped: make a new one');
      await (starting ??= begin());
    },
    stop,
    async dial(address, signal) {
      if (state !== 'running') return refuse('P2P_STOPPED', 'the network does not run');
      return withDeadline({ ports, timeoutMs: limits.dialTimeoutMs, ends: [[stopping.signal, 'P2P_STOPPED'], [signal, 'P2P_ABORTED']] }, (ended) => carrier.dial(address, ended));
    },
    async join(handshake, handlers) {
      if (state === 'stopped') throw new P2pError('P2P_STOPPED', 'the network was stopped: make a new one');
      assertJoinable(handshake, handlers, limits);
      const session = createChainSession(net, handshake, handlers, host, logger);
      if (sessions.has(session.chainHex)) throw new P2pError('P2P_CHAIN_JOINED', `chain ${session.chainHex} is joined already`);
      if (sessions.size >= limits.chainsMax) throw new P2pError('P2P_LIMIT', `there are ${limits.chainsMax} chains already`);
      sessions.set(session.chainHex, session);
      if (takesTopics) for (const topic of session.topics.keys()) carrier.subscribe(topic);
      for (const link of links.values()) session.greet(link);
      return session.network;
    },
    peers: () => [...links.values()].map(info),
    [Symbol.asyncDispose]: stop,
  };
}

function assertJoinable(handshake: ChainHandshake, handlers: ChainHandlers, limits: P2pLimits): void {
  invariant(handshake.chainId.length === 32, 'a chain id has 32 bytes', { bytes: handshake.chainId.length });
  const hello = { versions: handshake.versions, head: handshake.head() };
  if (!isHelloSendable(hello)) throw new P2pError('P2P_LIMIT', 'the handshake needs at most 16 versions of 1 to 64 of a-z 0-9 . _ @ -, a block id of at most 255 bytes and a height from 0');
  for (const name of [...Object.keys(handlers.topics), ...Object.keys(handlers.protocols)]) {
    if (!isName(name)) throw new P2pError('P2P_LIMIT', `name ${name} is not 1 to 64 of a-z 0-9 . _ @ -`);
  }
  for (const [name, rule] of Object.entries(handlers.topics)) assertWithin(`${name}.bytesMax`, rule.bytesMax, limits.gossipBytesMax);
  for (const [name, rule] of Object.entries(handlers.protocols)) {
    assertWithin(`${name}.requestBytesMax`, rule.requestBytesMax, limits.requestBytesMax);
    assertWithin(`${name}.responseBytesMax`, rule.responseBytesMax, limits.responseBytesMax);
  }
}

function assertWithin(name: string, value: number, max: number): void {
  if (!(value >= 0 && value <= max)) throw new P2pError('P2P_LIMIT', `${name} is ${value}, the host takes at most ${max}`, { value, max });
}

