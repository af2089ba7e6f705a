import type { P2pNetwork } from './p2p-network.ts';
import type { P2pPorts } from './p2p-host.ts';

/** Keeps a host connected to peers that it was told of; they may come up later, and again. */
export interface PeerKeeper {
  start(): void;
  stop(): void;
}

/** Of keeping peers, with their units. */
export const KEEPER_LIMITS = {
  /** Wait before a peer that did not answer is dialled again; each further wait is twice as long, up to `retryMsMax`. */
  retryMsMin: 250,
  /** Shorter than the time from block to block of most chains: how long a peer that is back is not noticed. */
  retryMsMax: 1_000,
  /** How often a standing connection is looked after. */
  checkMs: 1_000,
  /**
   * One try. Shorter than `dialTimeoutMs`: what is sent into a network that swallows everything is lost for good, and a try that began before the
   * network healed would hold up the one that succeeds.
   */
  dialMsMax: 4_000,
} as const;

/** @param addresses - of the peers, as `dial` of the network takes them */
export function createPeerKeeper(addresses: readonly string[], network: Pick<P2pNetwork, 'dial' | 'peers'>, { clock, timers, logger }: P2pPorts): PeerKeeper {
  let stopped = false;
  /** What ends the wait or the dial of an address. */
  const ends = new Map<string, () => void>();

  const keep = (address: string, peer: string | undefined, waitMs: number): void => {
    if (stopped) return;
    ends.set(address, timers.setAt(clock.nowMs() + waitMs, () => void attend(address, peer, waitMs)));
  };
  const attend = async (address: string, peer: string | undefined, waitedMs: number): Promise<void> => {
    if (peer !== undefined && network.peers().some(({ id }) => id === peer)) return keep(address, peer, KEEPER_LIMITS.checkMs);
    const dial = new AbortController();
    ends.set(address, () => dial.abort());
    const cancel = timers.setAt(clock.nowMs() + KEEPER_LIMITS.dialMsMax, () => dial.abort());
    const dialled = await network.dial(address, dial.signal).finally(cancel);
    if (dialled.ok) return keep(address, dialled.value, KEEPER_LIMITS.checkMs);
    logger?.debug('a peer that is kept does not answer', { address, code: dialled.code });
    keep(address, peer, Math.min(KEEPER_LIMITS.retryMsMax, Math.max(KEEPER_LIMITS.retryMsMin, 2 * waitedMs)));
  };

  return {
    start() {
      for (const address of addresses) void attend(address, undefined, 0);
    },
    stop() {
      stopped = true;
      for (const end of ends.values()) end();
    },
  };
}
