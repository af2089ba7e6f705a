import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { gossipsub } from '@libp2p/gossipsub';
import { identify } from '@libp2p/identify';
import { noise } from '@libp2p/noise';
import { ping } from '@libp2p/ping';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { tcpTransport } from '@vsys/internet';
import { type P2pNetwork } from '@vsys/p2p';
import { accept, concatBytes, createSeededRandom, systemClock, systemTimers, toHex, uint32ToBytes, utf8ToBytes } from '@vsys/primitives';
import { createLibp2pNetwork } from '../src/index.ts';

const chainId = new Uint8Array(32).fill(1);
const ports = { clock: systemClock, timers: systemTimers };
const EXCHANGE = '/vsys/exchange/1';
const topic = `vsys/${toHex(chainId)}/words`;

let troubles: unknown[];
const onTrouble = (reason: unknown): void => void troubles.push(reason);
let host: P2pNetwork;
let served: number;
beforeEach(async () => {
  troubles = [];
  served = 0;
  process.on('unhandledRejection', onTrouble);
  process.on('uncaughtExceptionMonitor', onTrouble);
  host = await createHost();
});
afterEach(async () => {
  await host.stop();
  process.off('unhandledRejection', onTrouble);
  process.off('uncaughtExceptionMonitor', onTrouble);
  expect(troubles).toEqual([]);
});

async function createHost(): Promise<P2pNetwork> {
  const logger = { debug() {}, info() {}, warn() {}, error: onTrouble, scope: () => logger };
  const network = await createLibp2pNetwork({ listen: ['/ip4/127.0.0.1/tcp/0'] }, { ...ports, logger });
  await network.join({ chainId, versions: { wire: '1.0' }, head: () => ({ height: 3, blockId: new Uint8Array(32) }) }, {
    topics: { words: { bytesMax: 1_000, perPeerPerSecondMax: 1_000, validate: async () => 'reject' } },
    protocols: { echo: { requestBytesMax: 1_000, responseBytesMax: 1_000, concurrentPerPeerMax: 8, perPeerPerSecondMax: 1_000, async serve(_from, bytes) { served++; return accept(bytes); } } },
  });
  await network.start();
  return network;
}

/** A peer that speaks libp2p well, and our protocols as it likes. */
const createRogue = () => createLibp2p({
  transports: [tcpTransport({ connectionsMax: 8 })], connectionEncrypters: [noise()], streamMuxers: [yamux()],
  services: { identify: identify(), ping: ping(), pubsub: gossipsub({ globalSignaturePolicy: 'StrictNoSign', allowPublishToZeroTopicPeers: true, ignoreDuplicatePublishError: true, emitSelf: false }) },
});

async function stillServes(): Promise<void> {
  const before = served;
  const good = await createLibp2pNetwork({ listen: [] }, ports);
  const chain = await good.join({ chainId, versions: { wire: '1.0' }, head: () => ({ height: 3, blockId: new Uint8Array(32) }) }, {
    topics: {}, protocols: { echo: { requestBytesMax: 1_000, responseBytesMax: 1_000, concurrentPerPeerMax: 8, perPeerPerSecondMax: 1_000, serve: async (_from, bytes) => accept(bytes) } },
  });
  await good.start();
  expect(await good.dial(host.addresses()[0] as string)).toMatchObject({ ok: true });
  const endMs = Date.now() + 20_000;
  let answer = await chain.request(host.self, 'echo', Uint8Array.of(7));
  // The handshake takes a few messages.
  while (!answer.ok && Date.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    answer = await chain.request(host.self, 'echo', Uint8Array.of(7));
  }
  expect(answer).toEqual({ ok: true, value: Uint8Array.of(7) });
  expect(served).toBeGreaterThan(before);
  await good.stop();
}

test.each([1, 2])('streams of rubbish cost their peer, and the host goes on (seed %d)', async (seed) => {
  const random = createSeededRandom(seed);
  const frame = (bytes: Uint8Array): Uint8Array => concatBytes(uint32ToBytes(bytes.length), bytes);
  const head = (kind: number, name = ''): Uint8Array => concatBytes(Uint8Array.of(1, kind), chainId, Uint8Array.of(name.length), utf8ToBytes(name));
  const good = [concatBytes(frame(head(0)), frame(new Uint8Array(42))), concatBytes(frame(head(1, 'echo')), frame(random.bytes(100))), concatBytes(frame(head(2)), frame(new Uint8Array()))];
  const wrong = (): Uint8Array => {
    const bytes = good[random.below(good.length)] as Uint8Array;
    const at = random.below(bytes.length);
    switch (random.below(6)) {
      case 0: return bytes.slice(0, at);
      case 1: return random.bytes(random.below(300));
      case 2: return concatBytes(uint32ToBytes(0xffff_ffff), bytes);
      case 3: return concatBytes(frame(head(1, 'echo')), uint32ToBytes(0x7fff_ffff), random.bytes(50));
      case 4: return concatBytes(bytes, random.bytes(5_000));
      default: return bytes.map((byte, i) => (i === at ? byte ^ 0x41 : byte));
    }
  };
  let banned = 0;
  for (let life = 0; life < 4; life++) {
    const rogue = await createRogue();
    await rogue.start();
    const address = multiaddr(host.addresses()[0] as string);
    await rogue.dial(address);
    // What cannot be read is charged when it is read, which may be later: it goes on until it is thrown out.
    for (const endMs = Date.now() + 25_000; rogue.getConnections().length > 0 && Date.now() < endMs;) {
      try {
        const protocol = random.below(4) === 0 ? (['/meshsub/1.1.0', '/ipfs/id/1.0.0', '/ipfs/ping/1.0.0', '/meshsub/1.2.0'] as const)[random.below(4)] as string : EXCHANGE;
        const stream = await rogue.dialProtocol(address, protocol, { signal: AbortSignal.timeout(5_000) });
        stream.send(wrong());
        if (random.below(3) === 0) stream.abort(new Error('rogue'));
        else await stream.close({ signal: AbortSignal.timeout(5_000) });
        if (random.below(4) === 0) await rogue.services.pubsub.publish(topic, random.bytes(1 + random.below(3_000)));
      } catch {
        // Being thrown out is what it deserves; with too many streams open it waits for the host to read some.
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }
    if (rogue.getConnections().length === 0) banned++;
    await rogue.stop();
  }
  expect(banned).toBe(4);
  await stillServes();
}, 180_000);

test('bytes that are no handshake of libp2p cost their connection only', async () => {
  const random = createSeededRandom(3);
  const port = Number(/\/tcp\/(\d+)/.exec(host.addresses()[0] as string)?.[1]);
  const sockets = Array.from({ length: 30 }, () => new Promise<void>((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).on('data', () => undefined).on('close', () => resolve());
    socket.end(random.below(2) === 0 ? random.bytes(1 + random.below(500)) : concatBytes(utf8ToBytes('\x13/multistream/1.0.0\n'), random.bytes(random.below(200))));
  }));
  await Promise.all(sockets);
  await stillServes();
}, 60_000);
