import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ChainHandlers, ChainNetwork, P2pNetwork } from '@vsys/p2p';
import { accept, refuse, systemClock, systemTimers } from '@vsys/primitives';
import { createLibp2pNetwork } from '../src/index.ts';

const chainId = new Uint8Array(32).fill(1);
const otherChain = new Uint8Array(32).fill(2);
const ports = { clock: systemClock, timers: systemTimers };

interface Host { network: P2pNetwork; chain: ChainNetwork; got: string[]; joined: Set<string>; changed: () => Promise<void> }

/** Real hosts on loopback: what is awaited here is an event, never a time. */
async function createHost(bootstrap: readonly string[], chain: Uint8Array = chainId, listen = '/ip4/127.0.0.1/tcp/0', privateKey?: Uint8Array): Promise<Host> {
  const network = await createLibp2pNetwork({ listen: [listen], bootstrap, ...(privateKey === undefined ? {} : { privateKey }) }, ports);
  const got: string[] = [];
  const joined = new Set<string>();
  let wake = (): void => {};
  const handlers: ChainHandlers = {
    topics: { words: { bytesMax: 100_000, perPeerPerSecondMax: 100, async validate(_from, bytes) {
      const word = new TextDecoder().decode(bytes.subarray(0, 40));
      if (word.startsWith('bad')) return 'reject';
      got.push(word);
      wake();
      return 'accept';
    } } },
    protocols: { echo: { requestBytesMax: 3_000_000, responseBytesMax: 3_000_000, concurrentPerPeerMax: 8, perPeerPerSecondMax: 100, async serve(_from, bytes) {
      return bytes.length === 0 ? refuse('ECHO_EMPTY', 'nothing to say') : accept(bytes);
    } } },
    peerJoined: ({ id }) => { joined.add(id); wake(); },
    peerLeft: (id) => { joined.delete(id); wake(); },
  };
  const chainNetwork = await network.join({ chainId: chain, versions: { wire: '1.0' }, head: () => ({ height: 3, blockId: new Uint8Array(32) }) }, handlers);
  await network.start();
  return { network, chain: chainNetwork, got, joined, changed: () => new Promise((resolve) => { wake = resolve; }) };
}

async function until(host: Host, holds: () => boolean): Promise<void> {
  while (!holds()) await host.changed();
}

describe('hosts over libp2p on loopback', () => {
  let a: Host;
  let b: Host;
  let c: Host;
  beforeAll(async () => {
    a = await createHost([]);
    const address = a.network.addresses()[0]!;
    [b, c] = await Promise.all([createHost([address]), createHost([address])]);
    await Promise.all([until(a, () => a.joined.size === 2), until(b, () => b.joined.size === 1), until(c, () => c.joined.size === 1)]);
  });
  afterAll(() => Promise.all([a, b, c].map(({ network }) => network.stop())));

  test('gossip reaches a host two hops away, and what was rejected goes no further', async () => {
    // A message published before the mesh stands goes to peers known to subscribe; so it is repeated as a new one until it arrives.
    for (let i = 0; c.got.length === 0 && i < 200; i++) {
      await b.chain.publish('words', new TextEncoder().encode(`bad ${i}`));
      await b.chain.publish('words', new TextEncoder().encode(`good ${i}`));
      await Promise.race([c.changed(), b.chain.request(a.network.self, 'echo', Uint8Array.of(1))]);
    }
    expect(c.got.length).toBeGreaterThan(0);
    expect([...a.got, ...c.got].filter((word) => word.startsWith('bad'))).toEqual([]);
  });

  test('requests carry megabytes, and refusals as values', async () => {
    const bytes = new Uint8Array(2_500_000).map((_, i) => i & 0xff);
    const answer = await b.chain.request(a.network.self, 'echo', bytes);
    expect(answer.ok && Buffer.compare(answer.value, bytes)).toBe(0);
    expect(await b.chain.request(a.network.self, 'echo', new Uint8Array())).toMatchObject({ code: 'P2P_REFUSED', data: { remoteCode: 'ECHO_EMPTY' } });
    expect(await b.chain.request('12D3KooWGRUVh7qCxXzA6UYmGbdvGHvkDqvxyJHyFrGTJ5jQWzGJ', 'echo', Uint8Array.of(1))).toMatchObject({ ok: false });
  });

  test('a host of another chain is a peer, not a peer of this chain', async () => {
    const stranger = await createHost([], otherChain);
    const dialled = await stranger.network.dial(a.network.addresses()[0]!);
    expect(dialled.ok).toBe(true);
    expect(await stranger.chain.request(a.network.self, 'echo', Uint8Array.of(1))).toMatchObject({ ok: false });
    expect(a.joined.has(stranger.network.self)).toBe(false);
    await stranger.network.stop();
  });

  test('a dead peer that comes back at its address is found again', async () => {
    const seed = new Uint8Array(32).fill(9);
    let d = await createHost([], chainId, '/ip4/127.0.0.1/tcp/0', seed);
    const address = d.network.addresses()[0]!;
    const e = await createHost([address]);
    await until(e, () => e.joined.has(d.network.self));
    await d.network.stop();
    await until(e, () => e.joined.size === 0);
    d = await createHost([], chainId, address.replace(/\/p2p\/.*/, ''), seed);
    await until(e, () => e.joined.has(d.network.self));
    await Promise.all([d.network.stop(), e.network.stop()]);
  });

  test('nonsense as an address is refused with its form', async () => {
    expect(await a.network.dial('somewhere')).toMatchObject({ code: 'P2P_ADDRESS_INVALID' });
  });
});

describe('addresses of an operator', () => {
  test.each(['somewhere', '/ip4/300.1.1.1/tcp/1', '/ip4/127.0.0.1/tcp/70000', '/ip4/127.0.0.1/udp/9/quic-v1', '/dns/exa mple/tcp/3'])('are refused before anything is opened: %s', async (address) => {
    await expect(createLibp2pNetwork({ listen: [address] }, ports)).rejects.toMatchObject({ code: 'P2P_ADDRESS_INVALID', message: expect.stringContaining(address) });
    await expect(createLibp2pNetwork({ listen: [], bootstrap: [address] }, ports)).rejects.toMatchObject({ code: 'P2P_ADDRESS_INVALID' });
    const network = await createLibp2pNetwork({ listen: [] }, ports);
    await network.start();
    expect(await network.dial(address)).toMatchObject({ ok: false, code: 'P2P_ADDRESS_INVALID' });
    await network.stop();
  });
});
