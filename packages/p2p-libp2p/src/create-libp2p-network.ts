import { parseAddress } from '@vsys/internet';
import { createP2pHost, P2P_LIMITS, P2pError, type P2pHostOptions, type P2pNetwork, type P2pPorts } from '@vsys/p2p';
import { silentLogger } from '@vsys/primitives';
import { createLibp2pCarrier } from './libp2p-carrier.ts';

export interface Libp2pNetworkOptions extends P2pHostOptions {
  /** Multiaddrs such as `/ip4/127.0.0.1/tcp/9920` or `/ip4/0.0.0.0/tcp/9921/ws`. */
  readonly listen: readonly string[];
  /** Seed of the peer identity, 32 bytes. Without it the host has another identity at every start. */
  readonly privateKey?: Uint8Array;
  /** Peers to stay connected to; they may come up later. */
  readonly bootstrap?: readonly string[];
}

const RETRY_MS_MIN = 250;
const RETRY_MS_MAX = 5_000;
/** How often a standing connection is looked after. */
const CHECK_MS = 1_000;

/**
 * A P2P network over libp2p. Nothing is listened to or dialled before `start`.
 *
 * @throws P2pError `P2P_ADDRESS_INVALID`; `P2P_LISTEN` by `start`
 */
export async function createLibp2pNetwork(options: Libp2pNetworkOptions, ports: P2pPorts): Promise<P2pNetwork> {
  const { listen, privateKey, bootstrap = [] } = options;
  // A peer that can never answer would be dialled in silence for ever.
  for (const address of [...listen, ...bootstrap]) assertAddress(address);
  const carrier = await createLibp2pCarrier({ listen, limits: { ...P2P_LIMITS, ...options.limits }, ...(privateKey === undefined ? {} : { privateKey }) });
  const host = createP2pHost(carrier, options, ports);
  const { clock, timers, logger = silentLogger } = ports;
  const stopped = new AbortController();
  const disarm = new Map<string, () => void>();

  const keep = (address: string, peer: string | undefined, waitMs: number): void => {
    if (stopped.signal.aborted) return;
    disarm.set(address, timers.setAt(clock.nowMs() + waitMs, () => void attend(address, peer, waitMs)));
  };
  const attend = async (address: string, peer: string | undefined, waitedMs: number): Promise<void> => {
    if (peer !== undefined && host.peers().some(({ id }) => id === peer)) return keep(address, peer, CHECK_MS);
    const dialled = await host.dial(address, stopped.signal);
    if (dialled.ok) return keep(address, dialled.value, CHECK_MS);
    logger.debug('bootstrap peer does not answer', { address, code: dialled.code });
    keep(address, peer, Math.min(RETRY_MS_MAX, Math.max(RETRY_MS_MIN, 2 * waitedMs)));
  };
  const stop = async (): Promise<void> => {
    stopped.abort();
    for (const cancel of disarm.values()) cancel();
    await host.stop();
  };
  return {
    self: host.self,
    addresses: () => host.addresses(),
    async start() {
      await host.start();
      for (const address of bootstrap) void attend(address, undefined, 0);
    },
    stop,
    dial: (address, signal) => host.dial(address, signal),
    join: (chain, handlers) => host.join(chain, handlers),
    peers: () => host.peers(),
    [Symbol.asyncDispose]: stop,
  };
}

function assertAddress(text: string): void {
  const address = parseAddress(text);
  if (!address.ok) throw new P2pError('P2P_ADDRESS_INVALID', `"${text.slice(0, 100)}" is no address to listen at or to dial: ${address.message}`, { address: text, reason: address.code });
}
