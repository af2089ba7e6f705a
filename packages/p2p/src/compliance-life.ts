import { equal, refused } from '@vsys/primitives/compliance';
import { addressOf, handshakeOf, infoOf, say } from './compliance-stage.ts';
import type { Law } from './compliance-stage.ts';

export const lifeLaws: readonly Law[] = [
  ['is nowhere before its start, and starts once however often it is asked', async (stage) => {
    const network = await stage.settle(stage.bench.createHost());
    const other = await stage.member();
    equal(network.addresses(), [], 'addresses');
    const chain = await stage.settle(network.join(handshakeOf(1), { topics: { news: { bytesMax: 1, perPeerPerSecondMax: 1, validate: async () => 'accept' } }, protocols: {} }));
    await refused(() => chain.publish('news', new Uint8Array()), 'P2P_STOPPED', 'publish');
    equal(await stage.settle(outcome(chain.leave())), 'done', 'leave');
    const early = await stage.settle(network.dial(addressOf(other)));
    equal(!early.ok && early.code, 'P2P_STOPPED', 'dial');
    await stage.settle(network.start());
    await stage.settle(network.start());
    equal(network.addresses().length > 0, true, 'has an address after the start');
    equal((await stage.settle(network.dial(addressOf(other)))).ok, true, 'dial after the start');
    equal(network.peers().map(({ id }) => id), [other.network.self], 'peers');
  }],
  ['may be joined, left and stopped while it starts', async (stage) => {
    const network = await stage.settle(stage.bench.createHost());
    const rules = { topics: { news: { bytesMax: 100, perPeerPerSecondMax: 1, validate: async () => 'accept' as const } }, protocols: {} };
    const starting = network.start();
    const [stays, leaves] = [await stage.settle(network.join(handshakeOf(1), rules)), await stage.settle(network.join(handshakeOf(2), rules))];
    equal(await stage.settle(outcome(leaves.leave())), 'done', 'leave');
    equal(await stage.settle(outcome(network.start())), 'done', 'a second start');
    // Who asked twice is told when it has started, not before.
    equal(network.addresses().length > 0, true, 'has an address after the second start');
    equal(await stage.settle(outcome(stays.publish('news', say('x')))), 'done', 'publish');
    await stage.settle(starting);
    const short = await stage.settle(stage.bench.createHost());
    const begun = outcome(short.start());
    equal(await stage.settle(outcome(short.stop())), 'done', 'stop while it starts');
    equal([await stage.settle(begun), short.addresses(), short.peers()], ['done', [], []], 'the start, addresses and peers');
  }],
  ['keeps one connection however often it dials, and says whom it reached', async (stage) => {
    const [a, b] = [await stage.member(), await stage.member()];
    for (let i = 0; i < 3; i++) {
      const dialled = await stage.settle(b.network.dial(addressOf(a)));
      equal(dialled.ok && dialled.value, a.network.self, 'the peer');
    }
    await stage.until('they are peers', () => a.joined.size === 1 && b.joined.size === 1);
    equal([a.network.peers().length, b.network.peers().length], [1, 1], 'peers');
    equal([a.left.length, b.left.length], [0, 0], 'peers that left');
  }],
  ['refuses to dial nonsense, nobody, itself, and what is called off', async (stage) => {
    const [a, gone] = [await stage.member(), await stage.member()];
    const address = addressOf(gone);
    await stage.settle(gone.network.stop());
    const codes = [];
    for (const dial of [a.network.dial('nonsense'), a.network.dial(address), a.network.dial(addressOf(a)), a.network.dial(address, AbortSignal.abort())]) {
      const dialled = await stage.settle(dial);
      codes.push(dialled.ok ? 'connected' : dialled.code);
    }
    equal(codes, ['P2P_ADDRESS_INVALID', 'P2P_DIAL_FAILED', 'P2P_DIAL_FAILED', 'P2P_ABORTED'], 'codes');
    equal(a.network.peers().length, 0, 'peers');
  }],
  ['takes no more peers than its limit', async (stage) => {
    const a = await stage.member({ limits: { peersMax: 1 } });
    const [b, c] = [await stage.member(), await stage.member()];
    await stage.line(a, b);
    await stage.settle(c.network.dial(addressOf(a)));
    await stage.until('the second is turned away', () => c.network.peers().length === 0);
    equal(a.network.peers().map(({ id }) => id), [b.network.self], 'peers');
    const out = await stage.settle(a.network.dial(addressOf(c)));
    equal(out.ok, false, 'dial above the limit');
  }],
  ['tells of a peer that goes away, once', async (stage) => {
    const [a, b, c] = [await stage.member(), await stage.member(), await stage.member()];
    await stage.line(a, b);
    await stage.line(a, c);
    await stage.settle(b.network.stop());
    await stage.until('it is told', () => a.left.length > 0);
    await stage.until('the connection is gone', () => infoOf(a, b) === undefined);
    equal([a.left, [...a.joined]], [[b.network.self], [c.network.self]], 'left, and still there');
    equal(a.chain.peers().map(({ id }) => id), [c.network.self], 'peers of the chain');
  }],
  ['cuts off and turns away a peer whose score fell too low', async (stage) => {
    const [a, b] = [await stage.member({ limits: { banMs: 3_600_000 } }), await stage.member()];
    await stage.line(a, b);
    a.chain.score(b.network.self, -50, 'law');
    equal(infoOf(a, b)?.score !== 0 && infoOf(a, b) !== undefined, true, 'a peer above the limit keeps its connection');
    a.chain.score(b.network.self, -60, 'law');
    await stage.until('both are apart', () => a.network.peers().length === 0 && b.network.peers().length === 0);
    equal([a.left, b.left], [[b.network.self], [a.network.self]], 'peers that left');
    equal((await stage.settle(a.network.dial(addressOf(b)))).ok, false, 'dial by who banned');
    await stage.settle(b.network.dial(addressOf(a)));
    await stage.until('who is banned is turned away', () => b.network.peers().length === 0);
    equal([a.network.peers().length, a.joined.size], [0, 0], 'peers');
  }],
  ['takes a peer back when its ban has passed', async (stage) => {
    const [a, b] = [await stage.member({ limits: { banMs: 100 } }), await stage.member()];
    await stage.line(a, b);
    a.chain.score(b.network.self, -1_000, 'law');
    await stage.until('both are apart', () => a.network.peers().length === 0 && b.network.peers().length === 0);
    // A dial may seem to be answered before the other side turns it away, so it is repeated until it has come to something.
    await stage.until('they are peers again', async () => {
      if (b.network.peers().length === 0) await stage.settle(b.network.dial(addressOf(a)));
      return a.joined.has(b.network.self) && b.joined.has(a.network.self);
    });
    equal(infoOf(a, b)?.score, 0, 'score');
  }],
  ['leaves a chain: tells the peers, keeps the connection, and frees the id', async (stage) => {
    const [a, b] = [await stage.member(), await stage.member()];
    await stage.line(a, b);
    await stage.settle(a.chain.leave());
    await stage.until('the peer is told', () => b.left.length === 1);
    await stage.settle(a.chain.leave());
    equal([a.chain.peers().length, b.chain.peers().length], [0, 0], 'peers of the chain');
    equal([infoOf(a, b) !== undefined, infoOf(b, a) !== undefined], [true, true], 'the connection stands');
    await refused(() => a.chain.publish('news', say('x')), 'P2P_STOPPED', 'publish');
    const asked = await stage.settle(a.chain.request(b.network.self, 'echo', say('x')));
    equal(!asked.ok && asked.code, 'P2P_STOPPED', 'request');
    const again = await stage.joinToo(a, { chain: 1 });
    await stage.until('who joins again is a peer again', () => again.joined.has(b.network.self) && b.joined.has(a.network.self));
  }],
  ['stops for good, and twice is as good as once', async (stage) => {
    const [a, b] = [await stage.member(), await stage.member()];
    await stage.line(a, b);
    equal(await stage.settle(Promise.all([outcome(a.network.stop()), outcome(a.network.stop())])), ['done', 'done'], 'stop, twice at once');
    equal(await stage.settle(outcome(a.network.stop())), 'done', 'stop again');
    equal(await stage.settle(outcome(a.network[Symbol.asyncDispose]())), 'done', 'disposal');
    equal([a.network.addresses(), a.network.peers(), a.chain.peers()], [[], [], []], 'addresses and peers');
    equal(a.left, [b.network.self], 'peers that left');
    await refused(() => a.network.start(), 'P2P_STOPPED', 'start');
    await refused(() => stage.joinToo(a, { chain: 2 }), 'P2P_STOPPED', 'join');
    await refused(() => a.chain.publish('news', say('x')), 'P2P_STOPPED', 'publish');
    const dialled = await stage.settle(a.network.dial(addressOf(b)));
    equal(!dialled.ok && dialled.code, 'P2P_STOPPED', 'dial');
    const asked = await stage.settle(a.chain.request(b.network.self, 'echo', say('x')));
    equal(!asked.ok && asked.code, 'P2P_STOPPED', 'request');
    equal(await stage.settle(outcome(a.chain.leave())), 'done', 'leave after the stop');
  }],
];

/** `done`, or the error as text. */
async function outcome(work: PromiseLike<void>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    return String(error);
  }
}
