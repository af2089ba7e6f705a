import type { PeerId, Verdict } from '@vsys/primitives';
import type { Judgement } from './p2p-network.ts';
import type { P2pRefusal } from './p2p-error.ts';

/**
 * What a transport brings: connections, gossip and one exchange at a time. It knows no chain, handshake, limit of a rule or
 * score; `createP2pHost` puts those on top, the same for every carrier.
 */
export interface Carrier {
  readonly self: PeerId;
  addresses(): readonly string[];
  start(events: CarrierEvents): Promise<void>;
  /** Closes every connection; `disconnected` follows for each of them. */
  stop(): Promise<void>;
  dial(address: string, signal: AbortSignal): Promise<Verdict<PeerId, P2pRefusal>>;
  hangUp(peer: PeerId): Promise<void>;
  /** Sends head and body to the peer's `open`, and returns its answer. Reads at most `answerBytesMax`. Never throws. */
  exchange(peer: PeerId, head: Uint8Array, body: Uint8Array, options: { answerBytesMax: number; signal: AbortSignal }): Promise<Verdict<Uint8Array, P2pRefusal>>;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  publish(topic: string, bytes: Uint8Array): Promise<void>;
}

/** What a carrier tells the host. Between `connected` and `disconnected` of a peer come all its other events. */
export interface CarrierEvents {
  /** Asked before a connection is kept, inbound and outbound. */
  admits(peer: PeerId): Verdict<void, P2pRefusal>;
  connected(peer: PeerId, about: { address: string; inbound: boolean }): void;
  disconnected(peer: PeerId): void;
  /** A peer starts an exchange. The carrier reads at most `bytesMax` of body, calls `serve` with it and sends what that returns. */
  open(peer: PeerId, head: Uint8Array): Promise<OpenExchange>;
  /** Forward the message only on `accept`. */
  judge(peer: PeerId, topic: string, bytes: Uint8Array): Promise<Judgement>;
  /** The peer sent something that the carrier itself could not read, or more than it may. */
  misbehaved(peer: PeerId, what: 'malformed' | 'oversize'): void;
}

export interface OpenExchange {
  readonly bytesMax: number;
  /** Never rejects. Must be called exactly once, or `drop` instead. */
  serve(body: Uint8Array): Promise<Uint8Array>;
  /** The body did not come, or was too large: frees the place and returns what to answer. */
  drop(why: 'broken' | 'oversize'): Uint8Array;
}
