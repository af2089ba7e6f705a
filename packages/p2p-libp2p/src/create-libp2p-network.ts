import { parseAddress } from '@vsys/internet';
import { createP2pHost, createPeerKeeper, P2P_LIMITS, P2pError, type P2pHostOptions, type P2pNetwork, type P2pPorts } from '@vsys/p2p';
import { createLibp2pCarrier } from './libp2p-carrier.ts';

export interface Libp2pNetworkOptions extends P2pHostOptions {
  /** Multiaddrs such as `/ip4/127.0.0.1/tcp/9920` or `/ip4/0.0.0.0/tcp/9921/ws`. */
  readonly listen: readonly string[];
  /** Seed of the peer identity, 32 bytes. Without it the host has another identity at every start. */
  readonly privateKey?: Uint8Array;
  /** Peers to stay connected to; they may come up later. */
  readonly bootstrap?: readonly string[];
}

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
  const keeper = createPeerKeeper(bootstrap, host, ports);
  const stop = async (): Promise<void> => {
    keeper.stop();
    await host.stop();
  };
  return {
    self: host.self,
    addresses: () => host.addresses(),
    async start() {
      await host.start();
      keeper.start();
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
