import { afterEach, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createSeededRandom } from '@vsys/primitives';
import { calm, createTcpProxy, type TcpProxy, type Weather } from '../src/tcp-proxy.ts';

let undo = new AsyncDisposableStack();
afterEach(async () => {
  await undo.disposeAsync();
  undo = new AsyncDisposableStack();
});

/** A listener that says back what it hears, a proxy before it, and a connection through both. */
async function link(weather: Weather = calm, seed = 1): Promise<{ readonly proxy: TcpProxy; readonly near: Socket; readonly far: Socket }> {
  const server: Server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.defer(() => new Promise((resolve) => void server.close(() => resolve())));
  const proxy = undo.use(await createTcpProxy({ target: { host: '127.0.0.1', port: (server.address() as AddressInfo).port }, random: createSeededRandom(seed), weather }));
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const near = connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true });
  const [far] = await accepted;
  for (const socket of [near, far]) socket.on('error', () => {});
  undo.defer(() => void [near, far].forEach((socket) => socket.destroy()));
  return { proxy, near, far };
}

/** When so many bytes came. */
function received(socket: Socket, bytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let have = 0;
    socket.on('data', (part: Buffer) => {
      parts.push(part);
      have += part.length;
      if (have >= bytes) resolve(Buffer.concat(parts));
    });
    socket.on('close', () => reject(new Error(`closed after ${have} of ${bytes} bytes`)));
  });
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => void socket.once('close', () => resolve()));
const pattern = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff));

test('carries every byte in order, both ways, through loss and delay', async () => {
  const { near, far, proxy } = await link({ ...calm, delayMsMin: 1, delayMsMax: 20, loss: 30 });
  const sent = pattern(300_000);
  const there = received(far, sent.length);
  const back = received(near, sent.length);
  for (let at = 0; at < sent.length; at += 30_000) {
    near.write(sent.subarray(at, at + 30_000));
    far.write(sent.subarray(at, at + 30_000));
  }
  expect((await there).equals(sent)).toBe(true);
  expect((await back).equals(sent)).toBe(true);
  expect(proxy.carried).toEqual({ forth: sent.length, back: sent.length });
});

test('is as late as it is told', async () => {
  const { near, far } = await link({ ...calm, delayMsMin: 120, delayMsMax: 130 });
  const beganMs = performance.now();
  const there = received(far, 4);
  near.write('ping');
  await there;
  expect(performance.now() - beganMs).toBeGreaterThan(118);
});

test('carries no more in a second than it is told', async () => {
  const { near, far } = await link({ ...calm, bytesPerSecond: 100_000 });
  const beganMs = performance.now();
  const there = received(far, 60_000);
  near.write(pattern(60_000));
  await there;
  expect(performance.now() - beganMs).toBeGreaterThan(500);
});

test('a cut of one direction holds that one alone, and what was held comes when it is joined', async () => {
  const { near, far, proxy } = await link();
  proxy.setCut('forth', true);
  let heard = 0;
  far.on('data', ({ length }: Buffer) => { heard += length; });
  near.write('lost?');
  // What comes back after it shows that the other direction had its turn.
  const back = received(near, 4);
  far.write('here');
  await back;
  expect([heard, proxy.carried]).toEqual([0, { forth: 0, back: 4 }]);
  const there = received(far, 5);
  proxy.setCut('forth', false);
  expect(String(await there)).toBe('lost?');
});

test('a reset breaks the connection for both, and the next one is served', async () => {
  const { near, far, proxy } = await link();
  const ends = Promise.all([closed(near), closed(far)]);
  proxy.reset();
  await ends;
  const again = connect(proxy.port, '127.0.0.1');
  await once(again, 'connect');
  again.destroy();
});

test('weather resets at the piece that it draws, by its seed', async () => {
  const { near, far, proxy } = await link({ ...calm, resets: 1_000 });
  const ends = Promise.all([closed(near), closed(far)]);
  near.write('x');
  await ends;
  expect(proxy.resetCount).toBe(1);
});

test('an end in order is passed on, after all that was before it', async () => {
  const { near, far } = await link({ ...calm, delayMsMin: 20, delayMsMax: 20 });
  const there = received(far, 9);
  const ended = once(far, 'end');
  near.end('last word');
  expect(String(await there)).toBe('last word');
  await ended;
});

test('a target that does not listen is a connection that breaks', async () => {
  const proxy = undo.use(await createTcpProxy({ target: { host: '127.0.0.1', port: 1 }, random: createSeededRandom(1) }));
  const near = connect(proxy.port, '127.0.0.1');
  near.on('error', () => {});
  await closed(near);
  expect(near.destroyed).toBe(true);
});
