import type { MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface';

/** Has every inbound connection of a transport looked at before any key exchange is spent on it. What `look` throws turns it away. */
export function onInbound<T extends Transport>(transport: T, look: (connection: MultiaddrConnection) => void): T {
  const createListener = transport.createListener.bind(transport);
  transport.createListener = (options) => createListener({ ...options, upgrader: lookingUpgrader(options.upgrader, look) });
  return transport;
}

function lookingUpgrader(upgrader: Upgrader, look: (connection: MultiaddrConnection) => void): Upgrader {
  const upgradeInbound: Upgrader['upgradeInbound'] = async (connection: MultiaddrConnection, options) => {
    look(connection);
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
