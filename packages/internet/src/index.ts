export { ADDRESS_CHARS_MAX, formatAddress, parseAddress } from './address.ts';
export type { Address, AddressRefusal } from './address.ts';
export { findFreePort } from './free-port.ts';
export type { FreePort, FreePortOptions, FreePortRefusal } from './free-port.ts';
export { isDialable, reachabilityOf } from './reachability.ts';
export type { Reachability } from './reachability.ts';
export type { Reach } from './reach.ts';
export { INTERNET_LIMITS, memoryTransport, tcpTransport, webSocketTransport } from './transports.ts';
export type { TcpOptions, TransportOptions, WebSocketOptions } from './transports.ts';
