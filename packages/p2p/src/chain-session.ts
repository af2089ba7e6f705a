import { accept, refuse, toHex } from '@vsys/primitives';
import type { Clock, Logger, Metrics, PeerId, Timers, Verdict } from '@vsys/primitives';
import type { Carrier, OpenExchange } from './carrier.ts';
import type { ChainHandlers, ChainHandshake, ChainNetwork, ChainPeer, Judgement, ProtocolRule, RequestOptions, TopicRule } from './p2p-network.ts';
import { HANDSHAKE_BYTES_MAX, REFUSAL_BYTES_MAX } from './p2p-limits.ts';
import type { P2pLimits } from './p2p-limits.ts';
import { P2pError } from './p2p-error.ts';
import type { P2pRefusal } from './p2p-error.ts';
import type { PeerLink } from './peer-link.ts';
import { withDeadline } from './deadline.ts';
import { answerFromBytes, answerToBytes, frameHeadToBytes, helloFromBytes, helloToBytes } from './wire.ts';
import type { Hello } from './wire.ts';

/** What a chain's session uses of its host. */
export interface SessionHost {
  readonly carrier: Carrier;
  readonly limits: P2pLimits;
  readonly ports: { readonly clock: Clock; readonly timers: Timers; readonly metrics: Metrics };
  readonly stopping: AbortSignal;
  /** Work of all chains together, for the limits that are per host. */
  readonly load: { pendingRequests: number; serving: number; validating: number };
  link(peer: PeerId): PeerLink | undefined;
  links(): Iterable<PeerLink>;
  blame(peer: PeerId, points: number, why: string): void;
  isRunning(): boolean;
  /** False before the carrier has started, and once it stops. */
  takesTopics(): boolean;
  left(session: ChainSession): void;
}

/** One chain on one host: its handshakes, topics and protocols. */
export interface ChainSession {
  readonly network: ChainNetwork;
  readonly chainHex: string;
  readonly topics: ReadonlyMap<string, TopicRule>;
  has(peer: PeerId): boolean;
  greet(link: PeerLink): void;
  linkLost(peer: PeerId): void;
  openHello(link: PeerLink): OpenExchange;
  openGoodbye(link: PeerLink): OpenExchange;
  openRequest(link: PeerLink, protocol: string): Promise<OpenExchange>;
  judge(link: PeerLink, rule: TopicRule, topic: string, bytes: Uint8Array): Promise<Judgement>;
}

/** Both sides run this rule: a name known to both must agree up to its first dot. */
export function areVersionsCompatible(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const major = (version: string): string => version.split('.', 1)[0] as string;
  return Object.entries(a).every(([name, version]) => !Object.hasOwn(b, name) || major(version) === major(b[name] as string));
}

/** An exchange that is answered without reading its body. */
export function refusedExchange(code: P2pRefusal, message: string): OpenExchange {
  const answer = answerToBytes(refuse(code, message), 'host');
  return { bytesMax: 0, serve: () => Promise.resolve(answer), drop: () => answer };
}

const HANDSHAKE_RETRY_MS = 500;
const EMPTY = new Uint8Array();

export function createChainSession(net: string, handshake: ChainHandshake, handlers: ChainHandlers, host: SessionHost, logger: Logger): ChainSession {
  const { carrier, limits, ports, load } = host;
  const chainHex = toHex(handshake.chainId);
  const peers = new Map<PeerId, ChainPeer>();
  const greetings = new Map<PeerId, Promise<void>>();
  const left = new AbortController();
  /** How often a peer said goodbye: an answer to a greeting from before that is out of date. */
  const goodbyes = new WeakMap<PeerLink, number>();
  const fullTopic = (name: string): string => `${net}/${chainHex}/${name}`;
  const topics = new Map(Object.entries(handlers.topics).map(([name, rule]) => [fullTopic(name), rule]));
  const protocols = new Map(Object.entries(handlers.protocols));
  const ownHello = (): Hello => ({ versions: handshake.versions, head: handshake.head() });

  const tell = (what: string, call: () => void): void => {
    try {
      call();
    } catch (error) {
      logger.error(`${what} threw`, { chain: chainHex, error });
    }
  };

  /** Takes a peer in after its hello, or says why not. */
  const admit = (link: PeerLink, hello: Hello): Verdict<void, P2pRefusal> => {
    if (left.signal.aborted || link.gone.signal.aborted) return refuse('P2P_CHAIN_UNKNOWN', 'this host left the chain');
    if (!areVersionsCompatible(handshake.versions, hello.versions)) {
      link.refusals.set(chainHex, 'P2P_VERSION_MISMATCH');
      remove(link.id);
      return refuse('P2P_VERSION_MISMATCH', 'the versions of this chain are not compatible');
    }
    const isNew = !peers.has(link.id);
    const peer: ChainPeer = { id: link.id, ...hello };
    peers.set(link.id, peer);
    link.refusals.delete(chainHex);
    if (isNew) tell('peerJoined', () => handlers.peerJoined?.(peer));
    return accept(undefined);
  };

  const remove = (peer: PeerId): void => {
    if (peers.delete(peer)) tell('peerLeft', () => handlers.peerLeft?.(peer));
  };

  const ask = (link: PeerLink, kind: 'hello' | 'goodbye' | 'request', name: string, body: Uint8Array, options: { bytesMax: number; timeoutMs: number; signal?: AbortSignal | undefined }): Promise<Verdict<Uint8Array, P2pRefusal>> =>
    withDeadline(
      { ports, timeoutMs: options.timeoutMs, ends: [[host.stopping, 'P2P_STOPPED'], [options.signal, 'P2P_ABORTED'], [link.gone.signal, 'P2P_DISCONNECTED']] },
      async (signal) => {
        const answerBytesMax = Math.max(options.bytesMax + 1, REFUSAL_BYTES_MAX);
        const sent = await carrier.exchange(link.id, frameHeadToBytes({ kind, chainId: handshake.chainId, name }), body, { answerBytesMax, signal });
        if (!sent.ok) {
          if (sent.code === 'P2P_TOO_LARGE') host.blame(link.id, limits.oversizeScore, 'answer too large');
          return sent;
        }
        const answer = answerFromBytes(sent.value);
        if (answer === undefined) {
          host.blame(link.id, limits.malformedScore, 'malformed answer');
          return refuse('P2P_MALFORMED', 'the answer does not parse');
        }
        if (answer.ok && answer.value.length > options.bytesMax) {
          host.blame(link.id, limits.oversizeScore, 'answer too large');
          return refuse('P2P_TOO_LARGE', `expected at most ${options.bytesMax} bytes of answer, found ${answer.value.length}`);
        }
        return answer;
      },
    );

  const greetOnce = async (link: PeerLink): Promise<'done' | 'again'> => {
    const before = goodbyes.get(link);
    const answer = await ask(link, 'hello', '', helloToBytes(ownHello()), { bytesMax: HANDSHAKE_BYTES_MAX, timeoutMs: limits.handshakeTimeoutMs, signal: left.signal });
    if (goodbyes.get(link) !== before) return 'done';
    if (answer.ok) {
      const hello = helloFromBytes(answer.value);
      if (hello === undefined) host.blame(link.id, limits.malformedScore, 'malformed handshake');
      else admit(link, hello);
      return 'done';
    }
    link.refusals.set(chainHex, answer.code);
    const final = answer.data?.['remote'] === true && answer.code !== 'P2P_RATE_LIMITED' && answer.code !== 'P2P_BUSY';
    return final || answer.code === 'P2P_MALFORMED' ? 'done' : 'again';
  };

  const greetUntilDone = async (link: PeerLink): Promise<void> => {
    for (let tries = 0; tries <= limits.handshakeRetriesMax; tries++) {
      if ((await greetOnce(link)) === 'done') return;
      // Its own hello may have come in meanwhile.
      if (peers.has(link.id) || link.gone.signal.aborted || left.signal.aborted) break;
      await pause(HANDSHAKE_RETRY_MS * 2 ** tries, link);
    }
    if (peers.has(link.id)) link.refusals.delete(chainHex);
  };

  const pause = async (waitMs: number, link: PeerLink): Promise<void> => {
    await withDeadline({ ports, timeoutMs: waitMs, ends: [[host.stopping, 'P2P_STOPPED'], [left.signal, 'P2P_ABORTED'], [link.gone.signal, 'P2P_DISCONNECTED']] }, () => new Promise<never>(() => {}));
  };

  const greet = (link: PeerLink): void => {
    if (greetings.has(link.id)) return;
    const greeting = greetUntilDone(link)
      .catch((error: unknown) => logger.error('handshake threw', { chain: chainHex, error }))
      .finally(() => {
        if (greetings.get(link.id) === greeting) greetings.delete(link.id);
      });
    greetings.set(link.id, greeting);
  };

  /** A peer may use the chain a moment before our own greeting has come back: wait for that before refusing it. */
  const isPeer = async (link: PeerLink): Promise<boolean> => {
    if (!peers.has(link.id)) await greetings.get(link.id);
    return peers.has(link.id);
  };

  const exchange = (link: PeerLink, bytesMax: number, serve: (body: Uint8Array) => Promise<Uint8Array>, release: () => void = () => {}): OpenExchange => ({
    bytesMax,
    serve: (body) => serve(body).finally(release),
    drop(why) {
      release();
      if (why === 'oversize') host.blame(link.id, limits.oversizeScore, 'request too large');
      return answerToBytes(why === 'oversize' ? refuse('P2P_TOO_LARGE', `expected at most ${bytesMax} bytes`) : refuse('P2P_MALFORMED', 'the request broke off'), 'host');
    },
  });

  const openRequest = async (link: PeerLink, protocol: string): Promise<OpenExchange> => {
    const rule = protocols.get(protocol);
    if (rule === undefined) return refusedExchange('P2P_PROTOCOL_UNKNOWN', 'this host does not serve the protocol');
    if (!link.rate(`${chainHex}/${protocol}`, rule.perPeerPerSecondMax).take()) {
      host.blame(link.id, limits.rateScore, 'requests above the rate');
      return refusedExchange('P2P_RATE_LIMITED', `more than ${rule.perPeerPerSecondMax} per second`);
    }
    if (!(await isPeer(link))) return refusedExchange('P2P_HANDSHAKE_FIRST', 'no handshake for this chain');
    const place = `${chainHex}/${protocol}`;
    const serving = link.serving.get(place) ?? 0;
    if (serving >= rule.concurrentPerPeerMax) return refusedExchange('P2P_BUSY', `${serving} requests of this peer are being served`);
    if (load.serving >= limits.servingMax) return refusedExchange('P2P_BUSY', 'too many requests are being served');
    link.serving.set(place, serving + 1);
    load.serving += 1;
    return exchange(link, rule.requestBytesMax, (body) => serveRequest(link, rule, protocol, body), () => {
      link.serving.set(place, (link.serving.get(place) ?? 1) - 1);
      load.serving -= 1;
    });
  };

  const serveRequest = async (link: PeerLink, rule: ProtocolRule, protocol: string, body: Uint8Array): Promise<Uint8Array> => {
    ports.metrics.count('p2p_served_total', 'Requests of peers that were served');
    const failed = answerToBytes(refuse('P2P_SERVE_FAILED', 'the request could not be served'), 'host');
    try {
      const outcome = await withDeadline(
        { ports, timeoutMs: limits.serveTimeoutMs, ends: [[host.stopping, 'P2P_STOPPED'], [left.signal, 'P2P_STOPPED'], [link.gone.signal, 'P2P_DISCONNECTED']] },
        async (signal) => accept(await rule.serve(link.id, body, signal)),
      );
      if (!outcome.ok) return failed;
      if (outcome.value.ok && outcome.value.value.length > rule.responseBytesMax) {
        logger.error('response above its own limit', { chain: chainHex, protocol, bytes: outcome.value.value.length, bytesMax: rule.responseBytesMax });
        return failed;
      }
      return answerToBytes(outcome.value, 'rule');
    } catch (error) {
      logger.error('serving a request threw', { chain: chainHex, protocol, error });
      return failed;
    }
  };

  const request = async (peer: PeerId, protocol: string, bytes: Uint8Array, options: RequestOptions = {}): Promise<Verdict<Uint8Array, P2pRefusal>> => {
    const rule = protocols.get(protocol);
    if (rule === undefined) throw new P2pError('P2P_PROTOCOL_NOT_JOINED', `protocol ${protocol} has no rule in this chain's handlers`, { protocol });
    if (!host.isRunning() || left.signal.aborted) return refuse('P2P_STOPPED', 'the network does not run');
    if (bytes.length > rule.requestBytesMax) return refuse('P2P_TOO_LARGE', `expected at most ${rule.requestBytesMax} bytes, found ${bytes.length}`);
    const link = host.link(peer);
    if (link === undefined || !peers.has(peer)) return refuse('P2P_PEER_UNKNOWN', 'not a peer of this chain');
    if (load.pendingRequests >= limits.pendingRequestsMax || link.pendingRequests >= limits.pendingRequestsPerPeerMax) return refuse('P2P_BUSY', 'too many requests wait for an answer');
    load.pendingRequests += 1;
    link.pendingRequests += 1;
    try {
      const answer = await ask(link, 'request', protocol, bytes, { bytesMax: rule.responseBytesMax, timeoutMs: options.timeoutMs ?? limits.requestTimeoutMs, signal: options.signal });
      ports.metrics.count(answer.ok ? 'p2p_requests_total' : 'p2p_requests_refused_total', answer.ok ? 'Requests answered' : 'Requests refused or failed');
      return answer;
    } finally {
      load.pendingRequests -= 1;
      link.pendingRequests -= 1;
    }
  };

  const judge = async (link: PeerLink, rule: TopicRule, topic: string, bytes: Uint8Array): Promise<Judgement> => {
    if (bytes.length > rule.bytesMax) {
      host.blame(link.id, limits.oversizeScore, 'message too large');
      return 'reject';
    }
    if (!link.rate(topic, rule.perPeerPerSecondMax).take()) {
      host.blame(link.id, limits.rateScore, 'messages above the rate');
      return 'ignore';
    }
    if (load.validating >= limits.validatingMax) return 'ignore';
    load.validating += 1;
    try {
      if (!(await isPeer(link)) || left.signal.aborted) return 'ignore';
      const judgement = await rule.validate(link.id, bytes);
      if (judgement === 'reject') host.blame(link.id, limits.rejectedScore, 'message rejected');
      return judgement;
    } catch (error) {
      logger.error('validating a message threw', { topic, error });
      return 'ignore';
    } finally {
      load.validating -= 1;
    }
  };

  const network: ChainNetwork = {
    chainId: handshake.chainId,
    peers: () => [...peers.values()],
    async publish(name, bytes) {
      const topic = fullTopic(name);
      const rule = topics.get(topic);
      if (rule === undefined) throw new P2pError('P2P_TOPIC_UNKNOWN', `topic ${name} has no rule in this chain's handlers`, { topic: name });
      if (bytes.length > rule.bytesMax) throw new P2pError('P2P_MESSAGE_TOO_LARGE', `topic ${name} takes ${rule.bytesMax} bytes, found ${bytes.length}`, { topic: name });
      if (!host.takesTopics() || left.signal.aborted) throw new P2pError('P2P_STOPPED', 'the network does not run');
      await carrier.publish(topic, bytes);
    },
    request,
    score: (peer, delta, why) => host.blame(peer, delta, why),
    async leave() {
      if (left.signal.aborted) return;
      left.abort();
      if (host.takesTopics()) for (const topic of topics.keys()) carrier.unsubscribe(topic);
      host.left(session);
      const links = [...peers.keys()].map((peer) => host.link(peer)).filter((link) => link !== undefined);
      for (const link of links) remove(link.id);
      if (host.isRunning()) await Promise.all(links.map((link) => ask(link, 'goodbye', '', EMPTY, { bytesMax: 0, timeoutMs: limits.handshakeTimeoutMs })));
    },
  };

  const session: ChainSession = {
    network,
    chainHex,
    topics,
    has: (peer) => peers.has(peer),
    greet,
    linkLost(peer) {
      greetings.delete(peer);
      remove(peer);
    },
    openHello(link) {
      if (!link.helloRate.take()) {
        host.blame(link.id, limits.rateScore, 'handshakes above the rate');
        return refusedExchange('P2P_RATE_LIMITED', 'too many handshakes');
      }
      return exchange(link, HANDSHAKE_BYTES_MAX, async (body) => {
        const hello = helloFromBytes(body);
        if (hello === undefined) {
          host.blame(link.id, limits.malformedScore, 'malformed handshake');
          return answerToBytes(refuse('P2P_MALFORMED', 'the handshake does not parse'), 'host');
        }
        const admitted = admit(link, hello);
        return answerToBytes(admitted.ok ? accept(helloToBytes(ownHello())) : admitted, 'host');
      });
    },
    openGoodbye: (link) => exchange(link, 0, async () => {
      goodbyes.set(link, (goodbyes.get(link) ?? 0) + 1);
      remove(link.id);
      return answerToBytes(accept(EMPTY), 'host');
    }),
    openRequest,
    judge,
  };
  return session;
}
