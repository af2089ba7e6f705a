import { toHex } from '@vsys/primitives';
import { equal, refused } from '@vsys/primitives/compliance';
import { addressOf, HEAD_HEIGHT, handshakeOf, infoOf } from './compliance-stage.ts';
import type { Law } from './compliance-stage.ts';

const idOf = (chain: number): string => toHex(new Uint8Array(32).fill(chain));

export const handshakeLaws: readonly Law[] = [
  ['makes peers of two hosts of one chain, which learn each other\'s versions and head', async (stage) => {
    const a = await stage.member({ versions: { wire: '1.0', module: 'x@1' } });
    const b = await stage.member({ versions: { wire: '1.7' } });
    await stage.line(a, b);
    const [seen] = b.chain.peers();
    equal([b.chain.peers().length, seen?.id, seen?.versions['wire'], seen?.versions['module'], seen?.head.height], [1, a.network.self, '1.0', 'x@1', HEAD_HEIGHT], 'the peer that dialled sees');
    equal(a.chain.peers().map(({ id }) => id), [b.network.self], 'the peer that was dialled sees');
    equal([infoOf(a, b)?.inbound, infoOf(b, a)?.inbound], [true, false], 'inbound');
    equal([infoOf(a, b)?.chains, infoOf(b, a)?.chains], [[idOf(1)], [idOf(1)]], 'chains of the peer');
  }],
  ['connects hosts of different chains, and makes them no peers of a chain', async (stage) => {
    const a = await stage.member({ chain: 1 });
    const b = await stage.member({ chain: 2 });
    equal((await stage.settle(b.network.dial(addressOf(a)))).ok, true, 'dial');
    await stage.until('both know why', () => infoOf(a, b)?.refusals[idOf(1)] !== undefined && infoOf(b, a)?.refusals[idOf(2)] !== undefined);
    equal([infoOf(a, b)?.refusals[idOf(1)], infoOf(b, a)?.refusals[idOf(2)]], ['P2P_CHAIN_UNKNOWN', 'P2P_CHAIN_UNKNOWN'], 'refusals');
    equal([a.chain.peers().length, b.chain.peers().length, a.joined.size, b.joined.size, infoOf(a, b)?.chains], [0, 0, 0, 0, []], 'peers of the chain');
    const asked = await stage.settle(b.chain.request(a.network.self, 'echo', Uint8Array.of(1)));
    equal(!asked.ok && asked.code, 'P2P_PEER_UNKNOWN', 'request');
  }],
  ['refuses a version that differs before its first dot', async (stage) => {
    const a = await stage.member({ versions: { wire: '1.0' } });
    const b = await stage.member({ versions: { wire: '2.0' } });
    equal((await stage.settle(b.network.dial(addressOf(a)))).ok, true, 'dial');
    await stage.until('both know why', () => infoOf(a, b)?.refusals[idOf(1)] !== undefined && infoOf(b, a)?.refusals[idOf(1)] !== undefined);
    equal([infoOf(a, b)?.refusals[idOf(1)], infoOf(b, a)?.refusals[idOf(1)]], ['P2P_VERSION_MISMATCH', 'P2P_VERSION_MISMATCH'], 'refusals');
    equal([a.chain.peers().length, b.chain.peers().length], [0, 0], 'peers of the chain');
  }],
  ['serves several chains on one host, each with its own peers and requests', async (stage) => {
    const a1 = await stage.member({ chain: 1 });
    const a2 = await stage.joinToo(a1, { chain: 2 });
    const b = await stage.member({ chain: 1 });
    const c = await stage.member({ chain: 2 });
    await stage.line(a1, b);
    await stage.line(a2, c);
    equal([a1.chain.peers().map(({ id }) => id), a2.chain.peers().map(({ id }) => id)], [[b.network.self], [c.network.self]], 'peers of each chain');
    const [own, other] = await stage.settle(Promise.all([a2.chain.request(c.network.self, 'echo', Uint8Array.of(2)), a1.chain.request(c.network.self, 'echo', Uint8Array.of(1))]));
    equal([own.ok, !other.ok && other.code], [true, 'P2P_PEER_UNKNOWN'], 'requests to the peer of the second chain');
  }],
  ['meets the peers of a chain that is joined while connections stand', async (stage) => {
    const a = await stage.member({ chain: 1 });
    const b = await stage.member({ chain: 1 });
    await stage.line(a, b);
    const [a2, b2] = [await stage.joinToo(a, { chain: 2 }), await stage.joinToo(b, { chain: 2 })];
    await stage.until('they are peers of the second chain', () => a2.joined.has(b.network.self) && b2.joined.has(a.network.self));
    equal(infoOf(a, b)?.chains, [idOf(1), idOf(2)], 'chains of the peer');
  }],
  ['refuses to join a chain twice, more chains than its limit, and rules above its limits', async (stage) => {
    const a = await stage.member({ limits: { chainsMax: 2, gossipBytesMax: 10_000, requestBytesMax: 10_000, responseBytesMax: 10_000 } });
    await refused(() => stage.joinToo(a, { chain: 1 }), 'P2P_CHAIN_JOINED', 'the same chain');
    await refused(() => stage.joinToo(a, { chain: 2, topic: { bytesMax: 10_001 } }), 'P2P_LIMIT', 'a topic above the limit');
    await refused(() => stage.joinToo(a, { chain: 2, protocol: { requestBytesMax: 10_001 } }), 'P2P_LIMIT', 'a request above the limit');
    await refused(() => stage.joinToo(a, { chain: 2, protocol: { responseBytesMax: 10_001 } }), 'P2P_LIMIT', 'a response above the limit');
    await refused(() => a.network.join(handshakeOf(2, { 'NO NAME': '1' }), { topics: {}, protocols: {} }), 'P2P_LIMIT', 'a version that cannot be sent');
    await stage.joinToo(a, { chain: 2 });
    await refused(() => stage.joinToo(a, { chain: 3 }), 'P2P_LIMIT', 'a third chain');
  }],
];
