import type { Clock, PeerId } from '@vsys/primitives';
import type { P2pLimits } from './p2p-limits.ts';
import type { P2pRefusal } from './p2p-error.ts';
import { createRate } from './rate.ts';
import type { Rate } from './rate.ts';

/** A connected peer as all chains see it: where it is, what it may still use, what of ours waits for it. */
export interface PeerLink {
  readonly id: PeerId;
  readonly address: string;
  readonly inbound: boolean;
  readonly connectedAtMs: number;
  /** Chain id in hex → why its last handshake failed. */
  readonly refusals: Map<string, P2pRefusal>;
  /** Aborts when the peer is gone. */
  readonly gone: AbortController;
  readonly helloRate: Rate;
  /** The rate of one topic or protocol, made when first used; bounded by the number of rules. */
  rate(key: string, perSecondMax: number): Rate;
  /** Requests being served, by protocol. */
  readonly serving: Map<string, number>;
  pendingRequests: number;
}

export function createPeerLink(id: PeerId, about: { address: string; inbound: boolean }, limits: P2pLimits, clock: Clock): PeerLink {
  const rates = new Map<string, Rate>();
  return {
    id,
    ...about,
    connectedAtMs: clock.nowMs(),
    refusals: new Map(),
    gone: new AbortController(),
    helloRate: createRate(limits.handshakesPerPeerPerSecondMax, limits.handshakesPerPeerPerSecondMax, clock),
    rate(key, perSecondMax) {
      const known = rates.get(key);
      if (known !== undefined) return known;
      const rate = createRate(perSecondMax, perSecondMax * limits.burstSeconds, clock);
      rates.set(key, rate);
      return rate;
    },
    serving: new Map(),
    pendingRequests: 0,
  };
}
