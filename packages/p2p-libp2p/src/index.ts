export { createLibp2pNetwork } from './create-libp2p-network.ts';
export type { Libp2pNetworkOptions } from './create-libp2p-network.ts';
