import { memory } from '@libp2p/memory';
import type { MemoryTransportComponents } from '@libp2p/memory';
import { tcp } from '@libp2p/tcp';
import type { TCPComponents } from '@libp2p/tcp';
import { webSockets } from '@libp2p/websockets';
import type { WebSocketsComponents } from '@libp2p/websockets';
import type { Transport } from '@libp2p/interface';
import { limitConnections } from './connection-limit.ts';
import { terminateAborted } from './terminate-aborted.ts';

export interface TransportOptions {
  /** Inbound connections, those being set up included. Default 256. */
  readonly connectionsMax?: number;
}

export interface TcpOptions extends TransportOptions {
  /** A connection without traffic for so long is closed. Default 5 minutes; the host's own pings keep a healthy one open. */
  readonly idleTimeoutMs?: number;
  /** Connections that the system may hold before we take them. Default 128. */
  readonly backlogMax?: number;
}

export interface WebSocketOptions extends TransportOptions {
  /** Bytes that wait for a slow reader before writers are held back. Default 4 MiB. */
  readonly bufferedBytesMax?: number;
}

export const INTERNET_LIMITS: Readonly<Required<TcpOptions & WebSocketOptions>> = {
  connectionsMax: 256,
  idleTimeoutMs: 300_000,
  backlogMax: 128,
  bufferedBytesMax: 4 * 1024 * 1024,
};

/** TCP for libp2p's `transports`. Small frames go out at once (no Nagle), dead peers are noticed by keep-alive. */
export function tcpTransport(options: TcpOptions = {}): (components: TCPComponents) => Transport {
  const { connectionsMax, idleTimeoutMs, backlogMax } = { ...INTERNET_LIMITS, ...options };
  const socket = { noDelay: true, keepAlive: true };
  const factory = tcp({
    inboundSocketInactivityTimeout: idleTimeoutMs,
    outboundSocketInactivityTimeout: idleTimeoutMs,
    backlog: backlogMax,
    dialOpts: socket,
    listenOpts: socket,
  });
  return (components) => limitConnections(factory(components), connectionsMax);
}

/** WebSocket for libp2p's `transports`: what browsers can dial. TLS is left to a reverse proxy. */
export function webSocketTransport(options: WebSocketOptions = {}): (components: WebSocketsComponents) => Transport {
  const { connectionsMax, bufferedBytesMax } = { ...INTERNET_LIMITS, ...options };
  const factory = webSockets({ maxBufferedAmount: bufferedBytesMax });
  // The inner look comes first: it must see the connections that the limit aborts.
  return (components) => limitConnections(terminateAborted(factory(components)), connectionsMax);
}

/** Real libp2p hosts in one process without sockets. For deterministic runs use the memory network of `@vsys/p2p` instead. */
export function memoryTransport(options: TransportOptions = {}): (components: MemoryTransportComponents) => Transport {
  const { connectionsMax } = { ...INTERNET_LIMITS, ...options };
  const factory = memory();
  return (components) => limitConnections(factory(components), connectionsMax);
}
