import { gossipsub, TopicValidatorResult, type GossipSub } from '@libp2p/gossipsub';
import { generateKeyPair, generateKeyPairFromSeed } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import type { Connection, Libp2p, PeerId as Libp2pPeerId, Stream } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { peerIdFromString } from '@libp2p/peer-id';
import { ping } from '@libp2p/ping';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { sha256 } from '@vsys/crypto';
import { parseAddress, tcpTransport, webSocketTransport } from '@vsys/internet';
import { type Carrier, type CarrierEvents, FRAME_HEAD_BYTES_MAX, type Judgement, P2pError, type P2pLimits } from '@vsys/p2p';
import { accept, concatBytes, invariant, refuse } from '@vsys/primitives';
import { createStreamReader, lengthOf, sendAll, withLength } from './stream-reader.ts';

const EXCHANGE = '/vsys/exchange/1';
/** One stream per request: as many as the host's own limits let be under way. */
const STREAMS_PER_PEER_MAX = 256;
/** A message that is read at most: the largest topic rule and its frame. */
const GOSSIP_BYTES_MAX = 8 << 20;
const EXCHANGE_READ_MS_MAX = 30_000;
const ADDRESS_DIAL_MS_MAX = 10_000;

const judgements: Readonly<Record<Judgement, TopicValidatorResult>> = { accept: TopicValidatorResult.Accept, ignore: TopicValidatorResult.Ignore, reject: TopicValidatorResult.Reject };

export interface Libp2pCarrierOptions {
  readonly listen: readonly string[];
  readonly privateKey?: Uint8Array;
  readonly limits: P2pLimits;
}

/** libp2p has no codes for these, only words, with stacks in them. */
function listenError(listen: readonly string[], cause: unknown): P2pError {
  const words = cause instanceof Error ? cause.message : String(cause);
  const systemCode = /\b(E[A-Z_]{4,})\b/.exec(words)?.[1];
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: 'the port is taken; end what listens there, or give another port',
    EADDRNOTAVAIL: 'this machine does not have the address; give one of its own',
    EACCES: 'the system does not let this user listen there; give a port above 1023',
  };
  const reason = systemCode === undefined ? 'libp2p does not say why in a word; its own words are in the cause' : (reasons[systemCode] ?? `the system says ${systemCode}`);
  return new P2pError('P2P_LISTEN', `cannot listen at ${listen.join(', ')}: ${reason}`, { listen, cause });
}

type Services = { readonly pubsub: GossipSub };

/**
 * libp2p as a carrier: TCP and WebSocket, noise, yamux, gossipsub. Payloads carry their own signatures, so gossip is unsigned (a third of
 * the cost) and a message's id is the hash of its content.
 */
export async function createLibp2pCarrier({ listen, privateKey, limits }: Libp2pCarrierOptions): Promise<Carrier> {
  let events: CarrierEvents | undefined;
  let started = false;
  const known = new Set<string>();
  const isDenied = (peer: Libp2pPeerId): boolean => events?.admits(peer.toString()).ok !== true;
  const node: Libp2p<Services> = await createLibp2p({
    start: false,
    privateKey: privateKey === undefined ? await generateKeyPair('Ed25519') : await generateKeyPairFromSeed('Ed25519', privateKey),
    addresses: { listen: [...listen] },
    transports: [tcpTransport({ connectionsMax: 2 * limits.peersMax }), webSocketTransport({ connectionsMax: 2 * limits.peersMax })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    connectionManager: { maxConnections: 2 * limits.peersMax, inboundConnectionThreshold: 100, reconnectRetries: 0 },
    connectionGater: { denyInboundEncryptedConnection: isDenied, denyOutboundEncryptedConnection: isDenied },
    services: {
      identify: identify(),
      ping: ping(),
      pubsub: gossipsub({
        globalSignaturePolicy: 'StrictNoSign', msgIdFn: ({ topic, data }) => sha256(new TextEncoder().encode(topic), data), emitSelf: false, floodPublish: true, doPX: false,
        allowPublishToZeroTopicPeers: true, ignoreDuplicatePublishError: true, maxInboundDataLength: GOSSIP_BYTES_MAX, maxOutboundBufferSize: 8 * GOSSIP_BYTES_MAX,
      }),
    },
  });
  const { pubsub } = node.services;

  const serve = async (stream: Stream, connection: Connection): Promise<void> => {
    const peer = connection.remotePeer.toString();
    const timeout = AbortSignal.timeout(EXCHANGE_READ_MS_MAX);
    const onTimeout = (): void => stream.abort(new Error('exchange took too long'));
    timeout.addEventListener('abort', onTimeout);
    try {
      const answer = await answerExchange(peer, stream);
      if (answer === undefined) stream.abort(new Error('malformed exchange'));
      else {
        await sendAll(stream, withLength(answer), timeout);
        await stream.close({ signal: timeout });
      }
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error('exchange failed'));
    } finally {
      timeout.removeEventListener('abort', onTimeout);
    }
  };

  const answerExchange = async (peer: string, stream: Stream): Promise<Uint8Array | undefined> => {
    if (events === undefined) return undefined;
    const reader = createStreamReader(stream);
    const headLength = await reader.read(4);
    if (headLength === undefined || lengthOf(headLength) > FRAME_HEAD_BYTES_MAX) {
      events.misbehaved(peer, 'malformed');
      return undefined;
    }
    const head = await reader.read(lengthOf(headLength));
    if (head === undefined) return undefined;
    const open = await events.open(peer, head);
    const bodyLength = await reader.read(4).catch(() => undefined);
    if (bodyLength === undefined) return open.drop('broken');
    if (lengthOf(bodyLength) > limits.requestBytesMax) {
      // No rule of any host takes so much.
      events.misbehaved(peer, 'oversize');
      return open.drop('broken');
    }
    // What this costs is the host's business: a request that is refused unread, as by a busy host, is nobody's fault.
    if (lengthOf(bodyLength) > open.bytesMax) return open.drop('oversize');
    const body = await reader.read(lengthOf(bodyLength)).catch(() => undefined);
    return body === undefined ? open.drop('broken') : open.serve(body);
  };

  node.addEventListener('peer:connect', ({ detail }) => {
    const peer = detail.toString();
    const [connection] = node.getConnections(detail);
    if (events === undefined || connection === undefined || known.has(peer)) return;
    if (!events.admits(peer).ok) {
      node.hangUp(detail).catch(() => {});
      return;
    }
    known.add(peer);
    events.connected(peer, { address: connection.remoteAddr.toString(), inbound: connection.direction === 'inbound' });
  });
  node.addEventListener('peer:disconnect', ({ detail }) => {
    if (known.delete(detail.toString())) events?.disconnected(detail.toString());
  });

  return {
    self: node.peerId.toString(),
    addresses: () => node.getMultiaddrs().map(String),
    async start(given) {
      invariant(events === undefined, 'a carrier starts once');
      events = given;
      await node.handle(EXCHANGE, (stream, connection) => void serve(stream, connection), { maxInboundStreams: STREAMS_PER_PEER_MAX, maxOutboundStreams: STREAMS_PER_PEER_MAX });
      try {
        await node.start();
      } catch (cause) {
        throw listenError(listen, cause);
      }
      started = true;
    },
    async stop() {
      started = false;
      await node.stop();
      for (const peer of known) events?.disconnected(peer);
      known.clear();
    },
    async dial(address, signal) {
      const target = parseAddress(address);
      if (!target.ok) return refuse('P2P_ADDRESS_INVALID', target.message, { address, reason: target.code });
      try {
        const connection = await node.dial(multiaddr(target.value.text), { signal: AbortSignal.any([signal, AbortSignal.timeout(ADDRESS_DIAL_MS_MAX)]) });
        return accept(connection.remotePeer.toString());
      } catch {
        return refuse('P2P_DIAL_FAILED', 'nobody answers there, or the connection was refused', { address });
      }
    },
    async hangUp(peer) {
      await node.hangUp(peerIdFromString(peer));
    },
    async exchange(peer, head, body, { answerBytesMax, signal }) {
      let stream: Stream | undefined;
      const onAbort = (): void => stream?.abort(new Error('given up'));
      signal.addEventListener('abort', onAbort);
      try {
        stream = await node.dialProtocol(peerIdFromString(peer), EXCHANGE, { signal });
        await sendAll(stream, concatBytes(withLength(head), withLength(body)), signal);
        const reader = createStreamReader(stream);
        const length = await reader.read(4);
        if (length === undefined) return refuse('P2P_DISCONNECTED', 'the peer closed without an answer');
        if (lengthOf(length) > answerBytesMax) {
          stream.abort(new Error('answer too large'));
          return refuse('P2P_TOO_LARGE', `the answer has ${lengthOf(length)} bytes, at most ${answerBytesMax} are read`);
        }
        const answer = await reader.read(lengthOf(length));
        if (answer === undefined) return refuse('P2P_DISCONNECTED', 'the answer broke off');
        await stream.close({ signal });
        return accept(answer);
      } catch {
        return refuse('P2P_DISCONNECTED', 'the connection broke off');
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
    subscribe(topic) {
      pubsub.topicValidators.set(topic, async (peer, message) => judgements[(await events?.judge(peer.toString(), topic, message.data)) ?? 'ignore']);
      pubsub.subscribe(topic);
    },
    unsubscribe(topic) {
      // A host whose start failed leaves its chains too.
      if (started) pubsub.unsubscribe(topic);
      pubsub.topicValidators.delete(topic);
    },
    async publish(topic, bytes) {
      await pubsub.publish(topic, bytes);
    },
  };
}
