import type { MultiaddrConnection, Transport } from '@libp2p/interface';
import { onInbound } from './inbound.ts';

/**
 * Ends the socket of an inbound WebSocket connection that was aborted. `@libp2p/websockets` 10 resets by close code 1006, which `ws` refuses
 * to send: the connection then counts as gone, and its socket stays open for as long as the peer likes.
 */
export function terminateAborted<T extends Transport>(transport: T): T {
  return onInbound(transport, (connection) => {
    connection.addEventListener('close', () => {
      if (connection.status === 'aborted') socketOf(connection)?.terminate?.();
    }, { once: true });
  });
}

/** The connection of that package keeps its socket in a field that its types do not show. */
function socketOf(connection: MultiaddrConnection): { terminate?(): void } | undefined {
  return (connection as { readonly websocket?: { terminate?(): void } }).websocket;
}
