import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { P2pNetwork } from '@vsys/p2p';
import { systemClock, systemTimers } from '@vsys/primitives';
import { createLibp2pNetwork } from '../src/index.ts';

const ports = { clock: systemClock, timers: systemTimers };
const handshake = { chainId: new Uint8Array(32).fill(1), versions: { wire: '1.0' }, head: () => ({ height: 3, blockId: new Uint8Array(32) }) };

describe('a host that cannot listen', () => {
  let other: P2pNetwork;
  let taken: string;
  beforeAll(async () => {
    other = await createLibp2pNetwork({ listen: ['/ip4/127.0.0.1/tcp/0'] }, ports);
    await other.start();
    taken = (other.addresses()[0] as string).replace(/\/p2p\/.*/, '');
  });
  afterAll(() => other.stop());

  test.each([
    ['at a port that is taken', () => [taken], /the port is taken/],
    ['at one port of several', () => ['/ip4/127.0.0.1/tcp/0', taken], /the port is taken/],
    ['at an address of another machine', () => ['/ip4/192.0.2.1/tcp/0'], /does not have the address/],
  ])('%s says so with a code and the way out, and can be left and stopped', async (_, listen, words) => {
    const network = await createLibp2pNetwork({ listen: listen() }, ports);
    const chain = await network.join(handshake, { topics: { words: { bytesMax: 10, perPeerPerSecondMax: 1, validate: async () => 'accept' } }, protocols: {} });
    const error: unknown = await network.start().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'P2P_LISTEN', message: expect.stringMatching(words) });
    // One line, for whoever reads it.
    expect((error as Error).message).not.toMatch(/\n|node_modules/);
    await chain.leave();
    await network.stop();
  });
});
