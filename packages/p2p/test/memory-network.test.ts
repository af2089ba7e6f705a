import { describe, expect, test } from '@jest/globals';
import { accept, createVirtualTime, refuse } from '@vsys/primitives';
import type { VirtualTime } from '@vsys/primitives';
import { createMemoryNetwork } from '../src/index.ts';
import type { ChainHandlers, ChainHandshake, MemoryNetworkOptions, P2pNetwork } from '../src/index.ts';

async function pass(time: VirtualTime, ms: number): Promise<void> {
  for (let i = 0; i < ms; i++) {
    time.advance(1);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }
}

const chain = (byte: number, versions: Record<string, string> = { wire: '1.0' }): ChainHandshake => ({
  chainId: new Uint8Array(32).fill(byte), versions, head: () => ({ height: 7, blockId: new Uint8Array(32).fill(9) }),
});

function recorder(log: string[], name: string, extra: Partial<ChainHandlers> = {}): ChainHandlers {
  return {
    topics: { b: { bytesMax: 1000, perPeerPerSecondMax: 100, async validate(from, bytes) { log.push(`${name}<${from}:${bytes.join('.')}`); return bytes[0] === 66 ? 'reject' : 'accept'; } } },
    protocols: { echo: { requestBytesMax: 100, responseBytesMax: 100, concurrentPerPeerMax: 2, perPeerPerSecondMax: 50, async serve(_from, bytes) { return bytes[0] === 13 ? refuse('TEST_NO', 'thirteen') : accept(bytes); } } },
    ...extra,
  };
}

async function line(names: string[], log: string[], options: Partial<MemoryNetworkOptions> = {}) {
  const time = createVirtualTime();
  const network = createMemoryNetwork({ seed: 5, time, ...options });
  const hosts: P2pNetwork[] = [];
  const chains = [];
  for (const [i, name] of names.entries()) {
    const host = network.createHost(name);
    await host.start();
    chains.push(await host.join(chain(1), recorder(log, name)));
    if (i > 0) {
      const dialled = host.dial(`/memory/${names[i - 1]}`);
      await pass(time, 5);
      expect(await dialled).toEqual(accept(names[i - 1]));
    }
    hosts.push(host);
  }
  await pass(time, 50);
  return { time, network, hosts, chains };
}

describe('memory network', () => {
  test('gossip crosses hosts that are not neighbours, once each', async () => {
    const log: string[] = [];
    const { time, chains } = await line(['a', 'b', 'c'], log);
    expect(chains.map((each) => each.peers().map((peer) => peer.id))).toEqual([['b'], ['a', 'c'], ['b']]);
    expect(chains[0]?.peers()[0]?.head.height).toBe(7);
    await chains[0]?.publish('b', Uint8Array.of(1, 2));
    await chains[0]?.publish('b', Uint8Array.of(66));
    await pass(time, 20);
    expect(log).toEqual(['b<a:1.2', 'b<a:66', 'c<b:1.2']);
  });

  test('requests are answered, and refusals of the rule come back with their code', async () => {
    const { time, chains } = await line(['a', 'b'], []);
    const good = chains[0]!.request('b', 'echo', Uint8Array.of(1));
    const bad = chains[0]!.request('b', 'echo', Uint8Array.of(13));
    await pass(time, 20);
    expect(await good).toEqual(accept(Uint8Array.of(1)));
    expect(await bad).toMatchObject({ ok: false, code: 'P2P_REFUSED', data: { remoteCode: 'TEST_NO', remoteMessage: 'thirteen' } });
  });

  test('the same seed gives the same order of events under delay and loss', async () => {
    const run = async (seed: number): Promise<string[]> => {
      const log: string[] = [];
      const { time, chains } = await line(['a', 'b', 'c', 'd'], log, { seed, delayMs: [1, 4], loss: 0.2 });
      for (let i = 0; i < 20; i++) await chains[i % 4]!.publish('b', Uint8Array.of(i));
      await pass(time, 60);
      return log;
    };
    expect(await run(3)).toEqual(await run(3));
    expect(await run(3)).not.toEqual(await run(4));
  });

  test('a partition cuts and heals', async () => {
    const log: string[] = [];
    const { time, network, chains } = await line(['a', 'b', 'c'], log);
    network.partition([['a'], ['b', 'c']]);
    expect(chains[0]!.peers()).toEqual([]);
    network.heal();
    await pass(time, 20);
    expect(chains[0]!.peers().map((peer) => peer.id)).toEqual(['b']);
  });

  test('a stopped host can start anew under its name', async () => {
    const { time, network, hosts, chains } = await line(['a', 'b'], []);
    await hosts[1]!.stop();
    expect(chains[0]!.peers()).toEqual([]);
    const again = network.createHost('b');
    await again.start();
    await again.join(chain(1), recorder([], 'b'));
    const dialled = hosts[0]!.dial('/memory/b');
    await pass(time, 20);
    expect((await dialled).ok).toBe(true);
    expect(chains[0]!.peers().length).toBe(1);
  });
});

test('a route decides of each message whether, when and how often it arrives', async () => {
  const log: string[] = [];
  const lost = new Set<string>();
  const { time, chains } = await line(['a', 'b', 'c'], log, { route: (from, to) => (lost.has(`${from}>${to}`) ? [] : [3, 9]) });
  lost.add('b>c');
  await chains[0]!.publish('b', Uint8Array.of(5));
  await chains[2]!.publish('b', Uint8Array.of(6));
  await pass(time, 2);
  expect(log).toEqual([]);
  await pass(time, 60);
  expect(log.toSorted()).toEqual(['a<b:6', 'b<a:5', 'b<c:6']);
});

test('a crashed host is gone for its peers, hears nothing more, and its name can be used again', async () => {
  const log: string[] = [];
  const { time, network, hosts, chains } = await line(['a', 'b'], log);
  expect(chains[1]!.peers().length).toBe(1);
  network.crash('a');
  expect(hosts[1]!.peers()).toEqual([]);
  const before = log.length;
  await chains[1]!.publish('b', Uint8Array.of(6));
  await chains[0]!.publish('b', Uint8Array.of(7));
  await pass(time, 40);
  expect(log.slice(before)).toEqual([]);
  expect(() => network.createHost('a')).not.toThrow();
});
