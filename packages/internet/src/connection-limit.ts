import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface';

/** How many inbound connections stand; shared by all listeners of a transport. */
export interface ConnectionLimit {
  readonly connectionsMax: number;
  count: number;
}

/**
 * Makes a transport turn inbound connections away above a limit, before any key exchange is spent on them. The count
 * covers connections that are still being set up, so that half-open ones cannot pile up either.
 */
export function limitConnections<T extends Transport>(transport: T, connectionsMax: number): T {
  const limit: ConnectionLimit = { connectionsMax, count: 0 };
  const createListener = transport.createListener.bind(transport);
  transport.createListener = (options) => createListener({ ...options, upgrader: limitedUpgrader(options.upgrader, limit) });
  return transport;
}

function limitedUpgrader(upgrader: Upgrader, limit: ConnectionLimit): Upgrader {
  const upgradeInbound: Upgrader['upgradeInbound'] = async (connection: MultiaddrConnection, options) => {
    if (limit.count >= limit.connectionsMax) {
      // A listener closes the socket gently on a failed upgrade; there is nothing to be gentle about here.
      const full = new Error(`more than ${limit.connectionsMax} inbound connections`);
      connection.abort(full);
      throw full;
    }
    limit.count += 1;
    connection.addEventListener('close', () => {
      limit.count -= 1;
    }, { once: true });
    await upgrader.upgradeInbound(connection, options);
  };
  return new Proxy(upgrader, {
    get(target, property) {
      if (property === 'upgradeInbound') return upgradeInbound;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}
