import type { ChainId, PeerId, Verdict } from '@vsys/primitives';
import type { P2pRefusal } from './p2p-error.ts';

/**
 * One host that serves many chains (layer 6 of the white paper). Peers are shared by all chains; whoever finished the
 * handshake of a chain is a peer of that chain and only then may ask and be asked about it.
 */
export interface P2pNetwork extends AsyncDisposable {
  readonly self: PeerId;
  /** Where others can dial this host, with its peer id; empty before `start`. */
  addresses(): readonly string[];
  /** @throws P2pError `P2P_STOPPED` once the network was stopped: make a new one */
  start(): Promise<void>;
  /** Says goodbye, closes every connection and ends every pending request with `P2P_STOPPED`. Harmless when repeated. */
  stop(): Promise<void>;
  /** Connects, or returns at once when connected. The handshakes of the joined chains follow by themselves. */
  dial(address: string, signal?: AbortSignal): Promise<Verdict<PeerId, P2pRefusal>>;
  /**
   * Serves a chain from now on, also before `start`.
   *
   * @throws P2pError `P2P_CHAIN_JOINED`, `P2P_LIMIT` (too many chains, or a rule above the host's limits)
   */
  join(chain: ChainHandshake, handlers: ChainHandlers): Promise<ChainNetwork>;
  peers(): readonly PeerInfo[];
}

/** What a host says about a chain when it meets a peer. */
export interface ChainHandshake {
  readonly chainId: ChainId;
  /** For example `{ wire: '1.0', module: 'spos@1' }`. A name known to both sides must agree up to its first dot. */
  readonly versions: Readonly<Record<string, string>>;
  /** Asked anew for every handshake. */
  head(): ChainHead;
}

export interface ChainHead {
  readonly height: number;
  readonly blockId: Uint8Array;
}

/** A peer whose handshake for this chain matched. */
export interface ChainPeer {
  readonly id: PeerId;
  readonly versions: Readonly<Record<string, string>>;
  /** As of the handshake; what came after is the business of the sync protocol. */
  readonly head: ChainHead;
}

export interface ChainNetwork {
  readonly chainId: ChainId;
  peers(): readonly ChainPeer[];
  /**
   * Gossips to the peers of the topic; does not come back to the publisher. Repeating the same bytes sends nothing.
   *
   * @throws P2pError `P2P_TOPIC_UNKNOWN`, `P2P_MESSAGE_TOO_LARGE`, `P2P_STOPPED`
   */
  publish(topic: string, bytes: Uint8Array): Promise<void>;
  /**
   * Asks one peer. A refusal of the peer's own rule comes as `P2P_REFUSED` with `data.remoteCode` and `data.remoteMessage`.
   *
   * @throws P2pError `P2P_PROTOCOL_NOT_JOINED` for a protocol without a rule here
   */
  request(peer: PeerId, protocol: string, bytes: Uint8Array, options?: RequestOptions): Promise<Verdict<Uint8Array, P2pRefusal>>;
  /** Praise or blame, in points. Below `banScore` the peer is disconnected and stays banned for `banMs`. */
  score(peer: PeerId, delta: number, why: string): void;
  /** Tells the peers, unsubscribes, and frees the chain id for another `join`. */
  leave(): Promise<void>;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Default `requestTimeoutMs`. */
  readonly timeoutMs?: number;
}

export interface ChainHandlers {
  /** Topic name → rule. A topic travels as `<net>/<chain id in hex>/<name>`. */
  readonly topics: Readonly<Record<string, TopicRule>>;
  readonly protocols: Readonly<Record<string, ProtocolRule>>;
  peerJoined?(peer: ChainPeer): void;
  peerLeft?(peer: PeerId): void;
}

/** `accept`: valid and consumed, pass it on. `ignore`: not passed on, nobody's fault. `reject`: not passed on, costs the sender score. */
export type Judgement = 'accept' | 'ignore' | 'reject';

export interface TopicRule {
  readonly bytesMax: number;
  readonly perPeerPerSecondMax: number;
  /** @param from - who handed the message on, not necessarily its author */
  validate(from: PeerId, bytes: Uint8Array): Promise<Judgement>;
}

export interface ProtocolRule {
  readonly requestBytesMax: number;
  readonly responseBytesMax: number;
  readonly concurrentPerPeerMax: number;
  readonly perPeerPerSecondMax: number;
  /** @param signal - aborts when the peer left, the time is up or the host stops */
  serve(from: PeerId, bytes: Uint8Array, signal: AbortSignal): Promise<Verdict<Uint8Array>>;
}

export interface PeerInfo {
  readonly id: PeerId;
  /** Where it was reached, or from where it came. */
  readonly address: string;
  readonly inbound: boolean;
  readonly connectedAtMs: number;
  readonly score: number;
  /** Ids in hex of the chains whose handshake matched. */
  readonly chains: readonly string[];
  /** Chain id in hex → why the last handshake of that chain failed. */
  readonly refusals: Readonly<Record<string, P2pRefusal>>;
}
