import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { multiaddr } from '@multiformats/multiaddr';
import type { Listener, MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface';
import { parseAddress, tcpTransport, webSocketTransport } from '../src/index.ts';
import { logger } from './transport-laws.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Takes every connection as it is, and tells when so many are there. */
function upgrader(taken: MultiaddrConnection[]): Upgrader {
  return { async upgradeInbound(connection: MultiaddrConnection) { taken.push(connection); } } as unknown as Upgrader;
}

async function listen(transport: Transport, at: string, taken: MultiaddrConnection[]): Promise<{ listener: Listener; port: number; text: string }> {
  const listener = transport.createListener({ upgrader: upgrader(taken) });
  await listener.listen(multiaddr(at));
  closers.push(async () => {
    for (const connection of taken) connection.abort(new Error('end of test'));
    await listener.close();
  });
  const text = String(listener.getAddrs()[0]);
  const parsed = parseAddress(text);
  return { listener, port: parsed.ok ? parsed.value.port : 0, text };
}

function dial(port: number, hello = ''): { socket: Socket; answer: Promise<string>; closed: Promise<void> } {
  const socket = connect(port, '127.0.0.1');
  closers.push(() => socket.destroy());
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))));
  if (hello !== '') socket.write(hello);
  return { socket, answer, closed };
}

/** Ends by itself: a loop that outlives its test would keep the whole run from ending. */
async function until(check: () => boolean): Promise<void> {
  for (let passes = 0; !check(); passes++) {
    if (passes === 4_000) throw new Error(`waited in vain for ${String(check)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const HANDSHAKE = 'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

describe('transports on loopback', () => {
  test.each([
    ['TCP', '/ip4/127.0.0.1/tcp/0', '', tcpTransport({ connectionsMax: 2 })({ logger })],
    ['WebSocket', '/ip4/127.0.0.1/tcp/0/ws', HANDSHAKE, webSocketTransport({ connectionsMax: 2 })({ logger, events: new EventTarget() as never })],
  ])('%s turns away what is above the limit and takes again when one left', async (_name, at, hello, transport) => {
    const taken: MultiaddrConnection[] = [];
    const { port } = await listen(transport, at, taken);
    dial(port, hello);
    const second = dial(port, hello);
    await until(() => taken.length === 2);
    await dial(port, hello).closed;
    expect(taken.length).toBe(2);
    second.socket.destroy();
    // The place is free a little after the connection ended: who comes between is turned away once more.
    await until(() => {
      dial(port, hello);
      return taken.length === 3;
    });
  });

  test('a WebSocket address is announced as such', async () => {
    const { text, port } = await listen(webSocketTransport()({ logger, events: new EventTarget() as never }), '/ip4/127.0.0.1/tcp/0/ws', []);
    expect(text).toBe(`/ip4/127.0.0.1/tcp/${port}/ws`);
    expect(await dial(port, HANDSHAKE).answer).toMatch(/101 Switching Protocols/);
  });
});
