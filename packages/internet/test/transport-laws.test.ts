import { describe, expect, test } from '@jest/globals';
import type { MultiaddrConnection, Transport } from '@libp2p/interface';
import { webSockets } from '@libp2p/websockets';
import { failedLaws } from '@vsys/primitives/compliance';
import { memoryTransport, tcpTransport, webSocketTransport } from '../src/index.ts';
import { logger, type TransportLaws, transportLaws } from './transport-laws.ts';

type Create = TransportLaws['create'];

let names = 0;
const webSocketParts = { logger, events: new EventTarget() as never };
const tcp: Create = (connectionsMax) => ({ transport: tcpTransport({ connectionsMax })({ logger }), at: '/ip4/127.0.0.1/tcp/0' });
const webSocket: Create = (connectionsMax) => ({ transport: webSocketTransport({ connectionsMax })(webSocketParts), at: '/ip4/127.0.0.1/tcp/0/ws' });
const inMemory: Create = (connectionsMax) => ({ transport: memoryTransport({ connectionsMax })({ logger, peerId: 'nobody' as never }), at: `/memory/laws-${names++}` });

describe.each([['TCP', tcp], ['WebSocket', webSocket], ['memory', inMemory]])('%s', (_name, create) => {
  transportLaws({ test, create });
});

/** TCP with one fault. */
const broken = (change: (good: Transport) => Partial<Transport>): Create => (connectionsMax) => {
  const { transport, at } = tcp(connectionsMax);
  return { transport: Object.assign(transport, change({ dial: transport.dial.bind(transport), createListener: transport.createListener.bind(transport) } as Transport)), at };
};
const withConnection = (change: (connection: MultiaddrConnection) => void): Create =>
  broken((good) => ({ dial: (address, options) => good.dial(address, { ...options, upgrader: { ...options.upgrader, upgradeOutbound(connection, more) {
    change(connection);
    return options.upgrader.upgradeOutbound(connection, more);
  } } }) }));
const libraryWebSocket: Create = () => ({ transport: webSockets()(webSocketParts), at: '/ip4/127.0.0.1/tcp/0/ws' });

const twins: readonly (readonly [fault: string, law: string, create: Create])[] = [
  ['announces nothing', 'announces where it listens, and can be dialled there', broken((good) => ({ createListener: (options) => Object.assign(good.createListener(options), { getAddrs: () => [] }) }))],
  ['loses a byte of each piece', 'carries bytes both ways, all of them and in order', withConnection((connection) => {
    const send = connection.send.bind(connection);
    connection.send = (bytes) => send(bytes.subarray(1));
  })],
  ['calls every dial good', 'refuses to dial where nobody listens', broken((good) => ({ dial: (address, options) => good.dial(address, options).catch(() => ({}) as never) }))],
  ['cannot be called off', 'gives up a dial that is called off', broken((good) => ({ dial: (address, options) => good.dial(address, { ...options, signal: new AbortController().signal }) }))],
  ['knows no limit', 'turns away what is above the limit, and takes again when one left', () => tcp(1_000)],
  ['never frees a place', 'turns away what is above the limit, and takes again when one left', withConnection((connection) => { connection.abort = () => {}; })],
  ['does not end what is aborted', 'ends a connection at both sides, whoever ends it and however', withConnection((connection) => { connection.abort = () => {}; })],
  ['is the WebSocket of the library alone', 'leaves nothing at the other side of a dial whose upgrade fails', libraryWebSocket],
  ['keeps what was not taken', 'ends at the dialling side what the listening side does not take',
    broken((good) => ({ createListener: (options) => good.createListener({ ...options, upgrader: { ...options.upgrader, upgradeInbound: (connection, more) => options.upgrader.upgradeInbound(connection, more).catch(() => {}) } }) }))],
];

describe('the laws fail a transport that', () => {
  for (const [fault, law, create] of twins) {
    test(`${fault}: "${law}"`, async () => {
      expect(await failedLaws((one) => transportLaws({ test: (name, run) => { if (name === law) one(name, run); }, create, passesMax: 100 }))).toEqual([law]);
    });
  }
});
