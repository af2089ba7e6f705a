import type { Transport } from '@libp2p/interface';
import { onInbound } from './upgrade-hooks.ts';

/**
 * Makes a transport turn inbound connections away above a limit. All listeners of the transport share it, and connections that are still
 * being set up count, so that half-open ones cannot pile up either.
 */
export function limitConnections<T extends Transport>(transport: T, connectionsMax: number): T {
  let count = 0;
  return onInbound(transport, (connection) => {
    if (count >= connectionsMax) {
      // A listener closes the socket gently on a failed upgrade; there is nothing to be gentle about here.
      const full = new Error(`more than ${connectionsMax} inbound connections`);
      connection.abort(full);
      throw full;
    }
    count += 1;
    connection.addEventListener('close', () => {
      count -= 1;
    }, { once: true });
  });
}
