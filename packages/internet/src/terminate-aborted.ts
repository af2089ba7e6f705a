import type { MultiaddrConnection, Transport } from '@libp2p/interface';
import { aroundOutbound, onInbound } from './upgrade-hooks.ts';

/**
 * Ends the socket of a WebSocket connection that was aborted, on both sides. `@libp2p/websockets` 10 resets by close code 1006, which no
 * WebSocket takes from a caller: the connection then counts as gone, and its socket stays open for as long as the peer likes. And it
 * leaves a connection open whose upgrade failed after a dial, as of a peer that is banned here: the peer would go on counting us as connected.
 */
export function terminateAborted<T extends Transport>(transport: T): T {
  return onInbound(aroundOutbound(transport, async (connection, upgrade) => {
    endWhenAborted(connection);
    try {
      return await upgrade();
    } catch (error) {
      connection.abort(error instanceof Error ? error : new Error('the upgrade failed'));
      throw error;
    }
  }), endWhenAborted);
}

function endWhenAborted(connection: MultiaddrConnection): void {
  connection.addEventListener('close', () => {
    if (connection.status !== 'aborted') return;
    const socket = socketOf(connection);
    // Those of `ws` end at once; those of the platform can only be asked to.
    if (socket?.terminate !== undefined) socket.terminate();
    else socket?.close();
  }, { once: true });
}

/** The connection of that package keeps its socket in a field that its types do not show. */
function socketOf(connection: MultiaddrConnection): { terminate?(): void; close(): void } | undefined {
  return (connection as { readonly websocket?: { terminate?(): void; close(): void } }).websocket;
}
