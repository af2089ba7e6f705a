import { accept, refuse, utf8FromBytes, utf8ToBytes } from '@vsys/primitives';
import type { PeerId, Verdict } from '@vsys/primitives';
import { ComplianceError } from '@vsys/primitives/compliance';
import type { ChainHandlers, ChainHandshake, ChainNetwork, Judgement, P2pNetwork, ProtocolRule, TopicRule } from './p2p-network.ts';
import type { P2pLimits } from './p2p-limits.ts';

/** What the suite is given: hosts that can reach each other, and the passing of time. */
export interface P2pBench {
  /** A new host, not started, with these limits in place of the defaults. */
  createHost(limits?: Partial<P2pLimits>): Promise<P2pNetwork>;
  /** Lets a few milliseconds pass, virtual or real, so that what is under way goes on. */
  pass(): Promise<void>;
  /** Stops what was created, also what a law stopped already. */
  dispose(): Promise<void>;
}

export type Law = readonly [name: string, run: (stage: Stage) => Promise<void>];

/** A host with a chain, and what happened to it. */
export interface Member {
  readonly network: P2pNetwork;
  readonly chain: ChainNetwork;
  /** Gossip that came to its rules, in order: topic, colon, text. */
  readonly heard: string[];
  /** Peers of the chain, by the calls of `peerJoined` and `peerLeft`. */
  readonly joined: Set<PeerId>;
  readonly left: PeerId[];
  /** Requests being held, by their signals; `release` answers them all. */
  readonly held: AbortSignal[];
  release(): void;
}

export interface MemberOptions {
  /** Number of the chain, which stands for its id. Default 1. */
  readonly chain?: number;
  readonly versions?: Readonly<Record<string, string>>;
  readonly limits?: Partial<P2pLimits>;
  /** Changes of the rule of every topic, and of every protocol. */
  readonly topic?: Partial<TopicRule>;
  readonly protocol?: Partial<ProtocolRule>;
}

export interface Stage {
  readonly bench: P2pBench;
  /** A started host that joined a chain. */
  member(options?: MemberOptions): Promise<Member>;
  /** Another chain on the host of a member. */
  joinToo(member: Member, options: MemberOptions): Promise<Member>;
  /** Connects each with the one before, and waits for their handshakes. */
  line(...members: readonly Member[]): Promise<void>;
  /** Waits until gossip of each reaches all others: a mesh takes a while to form. */
  tune(...members: readonly Member[]): Promise<void>;
  /** Lets time pass until it holds; fails when it does not come to hold. */
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
  /** Lets time pass until the work is done. */
  settle<T>(work: Promise<T>): Promise<T>;
}

/** So often time passes before a condition counts as never coming true: half a minute and more on real time, more on a slow machine. */
const PASSES_MAX = 5_000;
export const HEAD_HEIGHT: number = 7;

export const handshakeOf = (chain: number, versions: Readonly<Record<string, string>> = { wire: '1.0' }): ChainHandshake =>
  ({ chainId: new Uint8Array(32).fill(chain), versions, head: () => ({ height: HEAD_HEIGHT, blockId: new Uint8Array(32).fill(chain) }) });

export const say: (text: string) => Uint8Array = utf8ToBytes;

export function createStage(bench: P2pBench): Stage {
  const until: Stage['until'] = async (what, holds) => {
    for (let passes = 0; !(await holds()); passes++) {
      if (passes === PASSES_MAX) throw new ComplianceError('COMPLIANCE_FAILED', `never: ${what}`);
      await bench.pass();
    }
  };
  const settle: Stage['settle'] = async (work) => {
    let open = true;
    const done = (): void => { open = false; };
    work.then(done, done);
    await until('a call settles', () => !open);
    return work;
  };
  const joinChain = async (network: P2pNetwork, options: MemberOptions): Promise<Member> => {
    const log = { heard: [] as string[], joined: new Set<PeerId>(), left: [] as PeerId[], held: [] as AbortSignal[] };
    const releases: (() => void)[] = [];
    const hold = (): Promise<void> => new Promise((resolve) => { releases.push(resolve); });
    const chain = await settle(network.join(handshakeOf(options.chain ?? 1, options.versions), handlersOf(options, log, hold)));
    return { network, chain, ...log, release: () => { for (const release of releases.splice(0)) release(); } };
  };
  const hasGossipOf = (member: Member, from: Member): boolean => member.heard.includes(`news:tune ${from.network.self}`) || member.heard.some((text) => text.startsWith(`news:tune ${from.network.self} `));

  return {
    bench,
    until,
    settle,
    async member(options = {}) {
      const network = await settle(bench.createHost(options.limits));
      const member = await joinChain(network, options);
      await settle(network.start());
      return member;
    },
    joinToo: (member, options) => joinChain(member.network, options),
    async line(...members) {
      for (const [i, member] of members.entries()) {
        const before = members[i - 1];
        if (before === undefined) continue;
        await until('a dial is answered', async () => (await settle(member.network.dial(addressOf(before)))).ok);
        await until('two hosts of one chain are peers', () => member.joined.has(before.network.self) && before.joined.has(member.network.self));
      }
    },
    async tune(...members) {
      for (const from of members) {
        let count = 0;
        await until('gossip arrives', async () => {
          await settle(from.chain.publish('news', say(`tune ${from.network.self} ${count++}`)));
          return members.every((member) => member === from || hasGossipOf(member, from));
        });
      }
    },
  };
}

export function addressOf({ network }: Member): string {
  const [address] = network.addresses();
  if (address === undefined) throw new ComplianceError('COMPLIANCE_FAILED', 'a started host has no address');
  return address;
}

/** What a host knows of a peer. */
export function infoOf(member: Member, peer: Member): ReturnType<P2pNetwork['peers']>[number] | undefined {
  return member.network.peers().find(({ id }) => id === peer.network.self);
}

export function scoreOf(member: Member, peer: Member): number {
  return infoOf(member, peer)?.score ?? 0;
}

/** How often a text was heard. */
export function timesHeard(member: Member, text: string): number {
  return member.heard.filter((heard) => heard === text).length;
}

function handlersOf(options: MemberOptions, log: Pick<Member, 'heard' | 'joined' | 'left' | 'held'>, hold: () => Promise<void>): ChainHandlers {
  const topic = (name: string): TopicRule => ({
    bytesMax: 10_000,
    perPeerPerSecondMax: 10_000,
    async validate(_from, bytes): Promise<Judgement> {
      const text = utf8FromBytes(bytes.subarray(0, 100)) ?? '';
      log.heard.push(`${name}:${text}`);
      if (text.startsWith('throw')) throw new RangeError('a rule that throws');
      return text.startsWith('ignore') ? 'ignore' : text.startsWith('reject') ? 'reject' : 'accept';
    },
    ...options.topic,
  });
  const protocol = (serve: ProtocolRule['serve']): ProtocolRule => ({ requestBytesMax: 10_000, responseBytesMax: 10_000, concurrentPerPeerMax: 8, perPeerPerSecondMax: 10_000, ...options.protocol, serve });
  const echo = async (bytes: Uint8Array): Promise<Verdict<Uint8Array>> => {
    const text = utf8FromBytes(bytes.subarray(0, 100));
    if (text === 'throw') throw new RangeError('a rule that throws');
    if (text === 'no') return refuse('law-says-no', 'not this');
    return accept(text === 'much' ? new Uint8Array(5_000) : bytes);
  };
  return {
    // The last one is subscribed last: who hears it is known to have the others.
    topics: { sport: topic('sport'), news: topic('news') },
    protocols: {
      echo: protocol((_from, bytes) => echo(bytes)),
      hold: protocol(async (_from, bytes, signal) => {
        log.held.push(signal);
        await hold();
        return accept(bytes);
      }),
    },
    peerJoined: ({ id }) => void log.joined.add(id),
    peerLeft(id) {
      log.joined.delete(id);
      log.left.push(id);
    },
  };
}
