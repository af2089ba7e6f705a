import type { Connection, MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface';

/** Has every inbound connection of a transport looked at before any key exchange is spent on it. What `look` throws turns it away. */
export function onInbound<T extends Transport>(transport: T, look: (connection: MultiaddrConnection) => void): T {
  const createListener = transport.createListener.bind(transport);
  transport.createListener = (options) => {
    const upgradeInbound: Upgrader['upgradeInbound'] = async (connection, upgrade) => {
      look(connection);
      await options.upgrader.upgradeInbound(connection, upgrade);
    };
    return createListener({ ...options, upgrader: withMethod(options.upgrader, { upgradeInbound }) });
  };
  return transport;
}

/** Stands around the upgrade of every connection that a transport dials. */
export function aroundOutbound<T extends Transport>(transport: T, around: (connection: MultiaddrConnection, upgrade: () => Promise<Connection>) => Promise<Connection>): T {
  const dial = transport.dial.bind(transport);
  transport.dial = (address, options) => {
    const upgradeOutbound: Upgrader['upgradeOutbound'] = (connection, upgrade) => around(connection, () => options.upgrader.upgradeOutbound(connection, upgrade));
    return dial(address, { ...options, upgrader: withMethod(options.upgrader, { upgradeOutbound }) });
  };
  return transport;
}

/** The upgrader is a class with private fields, so its other methods must be called on itself. */
function withMethod(upgrader: Upgrader, methods: Partial<Upgrader>): Upgrader {
  return new Proxy(upgrader, {
    get(target, property) {
      const own: unknown = Reflect.get(methods, property);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
  });
}
