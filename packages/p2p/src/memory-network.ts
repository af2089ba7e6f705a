import { accept, createSeededRandom, invariant, refuse } from '@vsys/primitives';
import type { Clock, Logger, Metrics, PeerId, Timers, Verdict, VirtualTime } from '@vsys/primitives';
import type { Carrier, CarrierEvents } from './carrier.ts';
import type { P2pNetwork } from './p2p-network.ts';
import type { P2pRefusal } from './p2p-error.ts';
import { createP2pHost } from './p2p-host.ts';
import type { P2pHostOptions } from './p2p-host.ts';

/** Any number of hosts in one process. Same seed, same calls, same order of events: it waits on the timers alone. */
export interface MemoryNetwork {
  /**
   * A host whose peer id is its name and whose address is `/memory/<name>`. A stopped host's name can be used again, as a
   * process that starts anew.
   */
  createHost(name: string, options?: P2pHostOptions & { readonly logger?: Logger; readonly metrics?: Metrics }): P2pNetwork;
  /** Cuts the connections between groups and forbids new ones. Hosts in no group are a group of their own. */
  partition(groups: readonly (readonly string[])[]): void;
  /** Ends the partition and brings back the connections that it cut. */
  heal(): void;
  /** Cuts one connection; either side may dial again. */
  disconnect(a: string, b: string): void;
  /** Ends a host as the death of its process would: its peers see the connections close, and it hears and says nothing more. */
  crash(name: string): void;
}

export interface MemoryNetworkOptions {
  readonly seed: number;
  readonly time: VirtualTime | { readonly clock: Clock; readonly timers: Timers };
  /** Each frame and message takes a time from this range, so they overtake each other. Default 1 to 1. */
  readonly delayMs?: readonly [min: number, max: number];
  /** Share of messages, requests and answers that vanish, 0 to 1. Default 0. */
  readonly loss?: number;
  /**
   * Decides of each message, request, answer and dial when its copies arrive, in milliseconds from now; none: it is lost. Takes the place of
   * `delayMs` and `loss`. What is asked of the transport twice is done once, as real ones do.
   */
  readonly route?: (from: string, to: string, bytes: number) => readonly number[];
}

interface Node {
  readonly name: string;
  events: CarrierEvents | undefined;
  /** Peer → number of the connection, so that what was sent on an older one is not delivered. */
  readonly links: Map<PeerId, number>;
  readonly topics: Set<string>;
  readonly seen: Set<string>;
}

const SCHEME = '/memory/';
const SEEN_MAX = 20_000;

export function createMemoryNetwork(options: MemoryNetworkOptions): MemoryNetwork {
  const { clock, timers } = 'clock' in options.time ? options.time : { clock: options.time, timers: options.time };
  const [delayMinMs, delayMaxMs] = options.delayMs ?? [1, 1];
  const random = createSeededRandom(options.seed);
  const nodes = new Map<string, Node>();
  const cutByPartition = new Set<string>();
  let groupOf: ReadonlyMap<string, number> | undefined;
  let linkCount = 0;

  const afterDelay = (delayMs: number, act: () => void): (() => void) => timers.setAt(clock.nowMs() + delayMs, act);
  const isLost = (): boolean => options.loss !== undefined && random.below(1_000_000) < options.loss * 1_000_000;
  const later = (act: () => void): (() => void) => afterDelay(delayMinMs + random.below(delayMaxMs - delayMinMs + 1), act);
  /** When the copies of one message arrive. */
  const arrivals = (from: string, to: string, bytes: number): readonly number[] => {
    if (options.route !== undefined) return options.route(from, to, bytes);
    return isLost() ? [] : [delayMinMs + random.below(delayMaxMs - delayMinMs + 1)];
  };
  const isApart = (a: string, b: string): boolean => groupOf !== undefined && (groupOf.get(a) ?? -1) !== (groupOf.get(b) ?? -1);

  const link = (from: Node, to: Node): Verdict<void, P2pRefusal> => {
    if (from.links.has(to.name)) return accept(undefined);
    if (from.events === undefined || to.events === undefined || isApart(from.name, to.name)) return refuse('P2P_DIAL_FAILED', 'nobody answers there');
    const out = from.events.admits(to.name);
    if (!out.ok) return out;
    if (!to.events.admits(from.name).ok) return refuse('P2P_DIAL_FAILED', 'the peer does not take the connection');
    linkCount += 1;
    from.links.set(to.name, linkCount);
    to.links.set(from.name, linkCount);
    from.events.connected(to.name, { address: SCHEME + to.name, inbound: false });
    to.events.connected(from.name, { address: SCHEME + from.name, inbound: true });
    return accept(undefined);
  };

  const cut = (a: Node, b: Node): void => {
    if (!a.links.delete(b.name)) return;
    b.links.delete(a.name);
    a.events?.disconnected(b.name);
    b.events?.disconnected(a.name);
  };

  /** Runs `act` on the other side after a while, if this very connection still stands then. */
  const deliver = (from: Node, to: Node, bytes: number, act: (events: CarrierEvents) => void): void => {
    const number = from.links.get(to.name);
    if (number === undefined) return;
    for (const delayMs of arrivals(from.name, to.name, bytes)) {
      afterDelay(delayMs, () => {
        if (to.events !== undefined && to.links.get(from.name) === number) act(to.events);
      });
    }
  };

  const spread = (node: Node, topic: string, bytes: Uint8Array, except?: PeerId): void => {
    for (const name of node.links.keys()) {
      const peer = nodes.get(name);
      if (peer === undefined || name === except || !peer.topics.has(topic)) continue;
      deliver(node, peer, bytes.length, (events) => void receive(peer, events, node.name, topic, bytes));
    }
  };

  const receive = async (node: Node, events: CarrierEvents, from: PeerId, topic: string, bytes: Uint8Array): Promise<void> => {
    if (!node.topics.has(topic) || !see(node, topic, bytes)) return;
    const judgement = await events.judge(from, topic, bytes);
    if (judgement === 'accept' && node.events === events) spread(node, topic, bytes, from);
  };

  const createCarrier = (node: Node): Carrier => ({
    self: node.name,
    addresses: () => [SCHEME + node.name],
    async start(events) {
      node.events = events;
    },
    async stop() {
      for (const name of node.links.keys()) cut(node, nodes.get(name) as Node);
      node.events = undefined;
    },
    dial: (address, signal) => new Promise((resolve) => {
      const name = address.slice(SCHEME.length);
      if (!address.startsWith(SCHEME) || name === '') return resolve(refuse('P2P_ADDRESS_INVALID', `expected ${SCHEME}<name>`));
      if (name === node.name) return resolve(refuse('P2P_DIAL_FAILED', 'that is this host itself'));
      // One that is lost comes to its end by the deadline of who dials.
      const delayMs = options.route === undefined ? delayMinMs + random.below(delayMaxMs - delayMinMs + 1) : options.route(node.name, name, 0)[0];
      if (delayMs !== undefined) afterDelay(delayMs, () => {
        const peer = nodes.get(name);
        const linked = signal.aborted || peer === undefined ? refuse<P2pRefusal>('P2P_DIAL_FAILED', 'nobody answers there') : link(node, peer);
        resolve(linked.ok ? accept(name) : linked);
      });
    }),
    async hangUp(peer) {
      const other = nodes.get(peer);
      if (other !== undefined) cut(node, other);
    },
    exchange: (peer, head, body, { answerBytesMax, signal }) => new Promise((resolve) => {
      const other = nodes.get(peer);
      if (other === undefined || !node.links.has(peer)) return resolve(refuse('P2P_DISCONNECTED', 'no connection'));
      signal.addEventListener('abort', () => resolve(refuse('P2P_ABORTED', 'called off')), { once: true });
      let begun = false;
      deliver(node, other, head.length + body.length, async (events) => {
        if (begun) return;
        begun = true;
        const opened = await events.open(node.name, head.slice());
        const answer = body.length > opened.bytesMax ? opened.drop('oversize') : await opened.serve(body.slice());
        deliver(other, node, answer.length, () => resolve(answer.length > answerBytesMax ? refuse('P2P_TOO_LARGE', `expected at most ${answerBytesMax} bytes of answer, found ${answer.length}`) : accept(answer.slice())));
      });
    }),
    subscribe: (topic) => void node.topics.add(topic),
    unsubscribe: (topic) => void node.topics.delete(topic),
    async publish(topic, bytes) {
      if (see(node, topic, bytes)) spread(node, topic, bytes.slice());
    },
  });

  return {
    createHost(name, hostOptions = {}) {
      invariant(nodes.get(name)?.events === undefined, `a host named ${name} runs already`);
      const node: Node = { name, events: undefined, links: new Map(), topics: new Set(), seen: new Set() };
      nodes.set(name, node);
      const { logger, metrics, ...rest } = hostOptions;
      return createP2pHost(createCarrier(node), rest, { clock, timers, ...(logger && { logger }), ...(metrics && { metrics }) });
    },
    partition(groups) {
      groupOf = new Map(groups.flatMap((names, group) => names.map((name) => [name, group])));
      for (const node of nodes.values()) {
        for (const name of node.links.keys()) {
          if (!isApart(node.name, name)) continue;
          cutByPartition.add(`${node.name}\n${name}`);
          cut(node, nodes.get(name) as Node);
        }
      }
    },
    heal() {
      groupOf = undefined;
      for (const pair of cutByPartition) {
        const [a, b] = pair.split('\n').map((name) => nodes.get(name));
        later(() => void (a && b && link(a, b)));
      }
      cutByPartition.clear();
    },
    crash(name) {
      const node = nodes.get(name);
      if (node === undefined) return;
      node.events = undefined;
      for (const peer of node.links.keys()) cut(node, nodes.get(peer) as Node);
    },
    disconnect(a, b) {
      const [one, other] = [nodes.get(a), nodes.get(b)];
      if (one !== undefined && other !== undefined) cut(one, other);
    },
  };
}

/** False when the node has seen these bytes on this topic. The real network tells by a content hash as well. */
function see(node: Node, topic: string, bytes: Uint8Array): boolean {
  const key = `${topic} ${contentKey(bytes)}`;
  if (node.seen.has(key)) return false;
  node.seen.add(key);
  for (const oldest of node.seen) {
    if (node.seen.size <= SEEN_MAX) break;
    node.seen.delete(oldest);
  }
  return true;
}

/** 64 bits and the length: enough against accident, and nobody attacks a network in memory. */
function contentKey(bytes: Uint8Array): string {
  let a = 0x811c_9dc5;
  let b = 0x9747_b28c;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x0100_0193);
    b = Math.imul(b ^ byte, 0x85eb_ca6b) ^ (b >>> 13);
  }
  return `${bytes.length}.${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}
