import { accept } from '@vsys/primitives';
import type { PeerId } from '@vsys/primitives';
import type { P2pBench } from '../src/compliance.ts';
import type { ChainHandlers, ChainNetwork, P2pLimits, P2pNetwork, ProtocolRule, TopicRule } from '../src/index.ts';

/** A fault, the law that must find it, and a bench whose hosts have it. A suite that passes a twin proves nothing. */
export type BrokenTwin = readonly [fault: string, law: string, breakBench: (bench: P2pBench) => P2pBench];

type Change = (network: P2pNetwork) => Partial<P2pNetwork>;

const withHosts = (change: Change, limits: Partial<P2pLimits> = {}) => (bench: P2pBench): P2pBench => ({
  ...bench,
  async createHost(asked = {}) {
    const network = await bench.createHost({ ...asked, ...limits });
    const join: P2pNetwork['join'] = (chain, handlers) => network.join(chain, handlers);
    const whole: P2pNetwork = {
      self: network.self, addresses: () => network.addresses(), start: () => network.start(), stop: () => network.stop(), dial: (address, signal) => network.dial(address, signal), join,
      peers: () => network.peers(), [Symbol.asyncDispose]: () => network.stop(),
    };
    return { ...whole, ...change(whole) };
  },
});

/** Changes what a host does with each chain. */
const withChains = (change: (chain: ChainNetwork, network: P2pNetwork, handlers: ChainHandlers) => Partial<ChainNetwork>) =>
  withHosts((network) => ({
    async join(handshake, handlers) {
      const chain = await network.join(handshake, handlers);
      return { ...chain, ...change(chain, network, handlers) };
    },
  }));

/** Changes the rules that a host is given, before it sees them. */
const withHandlers = (change: (handlers: ChainHandlers) => ChainHandlers) => withHosts((network) => ({ join: (handshake, handlers) => network.join(handshake, change(handlers)) }));

const mapped = <R>(rules: Readonly<Record<string, R>>, change: (rule: R) => Partial<R>): Record<string, R> =>
  Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, { ...rule, ...change(rule) }]));
const withTopics = (change: (rule: TopicRule) => Partial<TopicRule>) => withHandlers((handlers) => ({ ...handlers, topics: mapped(handlers.topics, change) }));
const withProtocols = (change: (rule: ProtocolRule) => Partial<ProtocolRule>) => withHandlers((handlers) => ({ ...handlers, protocols: mapped(handlers.protocols, change) }));

export const brokenNetworks: readonly BrokenTwin[] = [
  ['forgets what the handshake said', 'makes peers of two hosts of one chain, which learn each other\'s versions and head',
    withChains((chain) => ({ peers: () => chain.peers().map((peer) => ({ ...peer, head: { ...peer.head, height: 0 } })) }))],
  ['takes everybody who is connected for a peer of the chain', 'connects hosts of different chains, and makes them no peers of a chain',
    withChains((chain, network) => ({ peers: () => network.peers().map(({ id }) => ({ id, versions: {}, head: { height: 7, blockId: new Uint8Array() } })) }))],
  ['does not compare versions', 'refuses a version that differs before its first dot',
    withHosts((network) => ({ join: (handshake, handlers) => network.join({ ...handshake, versions: {} }, handlers) }))],
  ['has one list of peers for all chains', 'serves several chains on one host, each with its own peers and requests',
    withHosts((network) => {
      const all: ChainNetwork[] = [];
      return { async join(handshake, handlers) {
        const chain = await network.join(handshake, handlers);
        all.push(chain);
        return { ...chain, peers: () => all.flatMap((each) => each.peers()) };
      } };
    })],
  ['greets only when a connection is new', 'meets the peers of a chain that is joined while connections stand',
    withHosts((network) => {
      let joined: ChainNetwork | undefined;
      return { async join(handshake, handlers) {
        if (joined === undefined) return (joined = await network.join(handshake, handlers));
        return { ...joined, chainId: handshake.chainId };
      } };
    })],
  ['joins whatever it is asked to', 'refuses to join a chain twice, more chains than its limit, and rules above its limits', withHosts(() => ({}), { chainsMax: 9, gossipBytesMax: 1e6, requestBytesMax: 1e6, responseBytesMax: 1e6 })],
  ['hears its own messages', 'brings a message to every host of the chain, once, and not back to who published it',
    withChains((chain, network, handlers) => ({ async publish(topic, bytes) {
      await chain.publish(topic, bytes);
      await handlers.topics[topic]?.validate(network.self, bytes);
    } }))],
  ['hands a message on twice', 'brings a message to every host of the chain, once, and not back to who published it',
    withTopics((rule) => ({ async validate(from, bytes) {
      await rule.validate(from, bytes);
      return rule.validate(from, bytes);
    } }))],
  ['does not forward', 'brings a message to every host of the chain, once, and not back to who published it',
    withTopics((rule) => ({ validate: async (from, bytes) => ((await rule.validate(from, bytes)) === 'accept' ? 'ignore' : 'reject') }))],
  ['mixes up topics', 'keeps topics apart, and the same topic of two chains', withChains((chain) => ({ publish: (topic, bytes) => chain.publish(topic === 'sport' ? 'news' : topic, bytes) }))],
  ['mixes up chains', 'keeps topics apart, and the same topic of two chains',
    withHosts((network) => {
      const all: ChainNetwork[] = [];
      return { async join(handshake, handlers) {
        const chain = await network.join(handshake, handlers);
        all.push(chain);
        return { ...chain, publish: async (topic, bytes) => void (await Promise.all(all.map((each) => each.publish(topic, bytes)))) };
      } };
    })],
  ['forwards before it knows the judgement', 'passes on what its rule accepts, and not what it ignores, rejects or throws at',
    withTopics((rule) => ({ async validate(from, bytes) {
      await rule.validate(from, bytes).catch(() => {});
      return 'accept';
    } }))],
  ['forgives what was rejected', 'takes score from who hands on what its rule rejects, and from nobody else',
    withTopics((rule) => ({ validate: async (from, bytes) => ((await rule.validate(from, bytes)) === 'accept' ? 'accept' : 'ignore') }))],
  ['blames for what was ignored', 'takes score from who hands on what its rule rejects, and from nobody else',
    withTopics((rule) => ({ validate: async (from, bytes) => ((await rule.validate(from, bytes)) === 'accept' ? 'accept' : 'reject') }))],
  ['cuts off what is too long to publish', 'throws at what it cannot publish', withChains((chain) => ({ publish: (topic, bytes) => chain.publish(topic, bytes.subarray(0, 10_000)) }))],
  ['reads messages of any size', 'refuses a message above its own limit unseen, and takes score for it', withTopics(() => ({ bytesMax: 100_000 }))],
  ['knows no rate of messages', 'judges no more messages of a peer than their rate, and takes score for the rest', withTopics(() => ({ perPeerPerSecondMax: 1e9 }))],
  ['answers at the asking host', 'brings a request to its rule and the answer back, both ways and at once',
    withChains((chain) => ({ request: async (peer, protocol, bytes, options) => {
      const answer = await chain.request(peer, protocol, bytes, options);
      return answer.ok ? accept(answer.value.subarray(1)) : answer;
    } }))],
  ['loses the code of a refusal', 'brings a refusal of the rule back with its code, which costs nothing',
    withChains((chain) => ({ request: async (peer, protocol, bytes, options) => {
      const answer = await chain.request(peer, protocol, bytes, options);
      return answer.ok || answer.code !== 'P2P_REFUSED' ? answer : { ...answer, data: {} };
    } }))],
  ['waits for a rule that threw', 'answers for a rule that throws, and serves on',
    withProtocols((rule) => ({ serve: (from, bytes, signal) => rule.serve(from, bytes, signal).catch(() => new Promise<never>(() => {})) }))],
  ['sends requests of any size', 'refuses what may not be asked before anything is sent', withProtocols(() => ({ requestBytesMax: 100_000 }))],
  ['reads requests of any size', 'refuses a request above its own limit, and takes score for it', withProtocols(() => ({ requestBytesMax: 100_000 }))],
  ['reads answers of any size', 'reads no answer above its own limit, and takes score for it', withProtocols(() => ({ responseBytesMax: 100_000 }))],
  ['sends answers of any size', 'sends no answer above its own limit', withProtocols(() => ({ responseBytesMax: 100_000 }))],
  ['knows no time limit of a request', 'gives a request up at its time or when it is called off, and keeps the peer',
    withChains((chain) => ({ request: (peer, protocol, bytes, { signal } = {}) => chain.request(peer, protocol, bytes, { timeoutMs: 3_600_000, ...(signal && { signal }) }) }))],
  ['cannot be called off', 'gives a request up at its time or when it is called off, and keeps the peer',
    withChains((chain) => ({ request: (peer, protocol, bytes, { timeoutMs } = {}) => chain.request(peer, protocol, bytes, timeoutMs === undefined ? {} : { timeoutMs }) }))],
  ['serves any number at once', 'serves no more requests of a peer at once than its rule', withProtocols(() => ({ concurrentPerPeerMax: 1_000 }))],
  ['knows no rate of requests', 'serves no more requests of a peer in a second than its rule, and takes score for the rest', withProtocols(() => ({ perPeerPerSecondMax: 1e9, concurrentPerPeerMax: 1_000 }))],
  ['lets any number wait', 'lets no more requests wait for one peer than its limit', withHosts(() => ({}), { pendingRequestsPerPeerMax: 1_000 })],
  ['serves on for who is gone', 'tells a rule that its asker is gone', withProtocols((rule) => ({ serve: (from, bytes) => rule.serve(from, bytes, new AbortController().signal) }))],
  ['waits for a peer that is gone', 'ends a request whose peer goes away',
    withChains((chain) => ({ request: async (peer, protocol, bytes, options) => {
      const answer = await chain.request(peer, protocol, bytes, options);
      return answer.ok || !['P2P_DISCONNECTED', 'P2P_STOPPED', 'P2P_SERVE_FAILED'].includes(answer.code) ? answer : new Promise<never>(() => {});
    } }))],
  ['has addresses before it listens', 'is nowhere before its start, and starts once however often it is asked', withHosts((network) => ({ addresses: () => [...network.addresses(), '/memory/nowhere'] }))],
  ['takes nothing before it has started', 'may be joined, left and stopped while it starts', (bench) => withHosts((network) => {
    let state: 'new' | 'starting' | 'started' = 'new';
    return {
      async start() {
        if (state !== 'new') return;
        state = 'starting';
        await network.start();
        // A start that takes a while, as one that opens sockets does.
        for (let passes = 0; passes < 20; passes++) await bench.pass();
        state = 'started';
      },
      async join(handshake, handlers) {
        const chain = await network.join(handshake, handlers);
        return { ...chain, async leave() {
          if (state === 'starting') throw new Error('not started');
          await chain.leave();
        } };
      },
    };
  })(bench)],
  ['does not say whom it reached', 'keeps one connection however often it dials, and says whom it reached',
    withHosts((network) => ({ dial: async (address, signal) => {
      const dialled = await network.dial(address, signal);
      return dialled.ok ? accept('somebody') : dialled;
    } }))],
  ['cuts a standing connection at the next dial', 'keeps one connection however often it dials, and says whom it reached', withPeerLeftAtDial()],
  ['calls every address good', 'refuses to dial nonsense, nobody, itself, and what is called off', withHosts(() => ({ dial: async (address) => accept(address) }))],
  ['takes any number of peers', 'takes no more peers than its limit', withHosts(() => ({}), { peersMax: 1_000 })],
  ['does not tell who left', 'tells of a peer that goes away, once', withHandlers(({ peerLeft: _peerLeft, ...handlers }) => handlers)],
  ['tells twice who left', 'tells of a peer that goes away, once', withHandlers((handlers) => ({ ...handlers, peerLeft: (peer: PeerId) => { handlers.peerLeft?.(peer); handlers.peerLeft?.(peer); } }))],
  ['bans nobody', 'cuts off and turns away a peer whose score fell too low', withChains(() => ({ score() {} }))],
  ['takes a banned peer back at once', 'cuts off and turns away a peer whose score fell too low', withHosts(() => ({}), { banMs: 0 })],
  ['bans at the first blame', 'cuts off and turns away a peer whose score fell too low', withHosts(() => ({}), { banScore: -1 })],
  ['bans for ever', 'takes a peer back when its ban has passed', withHosts(() => ({}), { banMs: 1e12 })],
  ['leaves without a word', 'leaves a chain: tells the peers, keeps the connection, and frees the id', withChains(() => ({ async leave() {} }))],
  ['hangs up when it leaves a chain', 'leaves a chain: tells the peers, keeps the connection, and frees the id', withChains((_chain, network) => ({ leave: () => network.stop() }))],
  ['starts again after its stop', 'stops for good, and twice is as good as once', withHosts((network) => ({ start: () => network.start().catch(() => {}) }))],
  ['stops once and throws the second time', 'stops for good, and twice is as good as once', withHosts((network) => {
    let stopped = false;
    return { async stop() {
      if (stopped) throw new Error('stopped already');
      stopped = true;
      await network.stop();
    } };
  })],
];

function withPeerLeftAtDial(): (bench: P2pBench) => P2pBench {
  return withHosts((network) => {
    let left: ((peer: PeerId) => void) | undefined;
    return {
      join(handshake, handlers) {
        left = handlers.peerLeft?.bind(handlers);
        return network.join(handshake, handlers);
      },
      async dial(address, signal) {
        for (const { id } of network.peers()) left?.(id);
        return network.dial(address, signal);
      },
    };
  });
}
