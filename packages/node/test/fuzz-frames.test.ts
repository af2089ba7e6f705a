import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Block, blockId, blockToBytes, bodyRoot, chainId, type Header, sealedHeaderToBytes } from '@vsys/data-format';
import { type Carrier, type CarrierEvents, createP2pHost, type P2pLimits } from '@vsys/p2p';
import { accept, concatBytes, createSeededRandom, createVirtualTime, type Logger, refuse, toHex, uint32ToBytes, utf8ToBytes, type VirtualTime } from '@vsys/primitives';
import { sealMessage } from '@vsys/consensus';
import type { Signer } from '@vsys/crypto';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { transfer } from '@vsys/transaction';
import { createNode, type Node } from '../src/index.ts';
import { makeBlocks } from './chain-run.ts';
import { mutate, pick, type Seeded } from './mutate.ts';
import { createInlineVerifier, signed, signers, START_MS, testChain } from './support.ts';

const FRAMES = 4_000;
const FRAMES_PER_PEER = 40;
const HEAP_BYTES_MAX = 48 << 20;

const setup = testChain('poa', 1);
const id = chainId(setup.spec);
const headOf = (kind: number, name = ''): Uint8Array => concatBytes(Uint8Array.of(1, kind), id, Uint8Array.of(name.length), utf8ToBytes(name));
const [HELLO, REQUEST, GOODBYE] = [0, 1, 2];
const list = (...items: readonly Uint8Array[]): Uint8Array => concatBytes(...items.flatMap((item) => [uint32ToBytes(item.length), item]));

/** A wire at whose other end sits whoever the test wants. */
class Wire {
  events: CarrierEvents | undefined;
  readonly connected = new Set<string>();
  /** What the node's own requests are answered with. */
  answer: (head: Uint8Array, body: Uint8Array) => Uint8Array = () => Uint8Array.of(0);
  ownHello: Uint8Array = new Uint8Array();
  topics: string[] = [];

  readonly carrier: Carrier = {
    self: 'us',
    addresses: () => [],
    start: async (events) => { this.events = events; },
    stop: async () => { for (const peer of this.connected) this.drop(peer); },
    dial: async () => refuse('P2P_DIAL_FAILED', 'nobody answers there'),
    hangUp: async (peer) => this.drop(peer),
    exchange: async (_peer, head, body) => {
      if (head[1] === HELLO) this.ownHello = body;
      return accept(this.answer(head, body));
    },
    subscribe: (topic) => void this.topics.push(topic),
    unsubscribe: () => undefined,
    publish: async () => undefined,
  };

  drop(peer: string): void {
    if (this.connected.delete(peer)) this.events?.disconnected(peer);
  }

  join(peer: string): boolean {
    if (this.events?.admits(peer).ok !== true) return false;
    this.connected.add(peer);
    this.events.connected(peer, { address: '/test', inbound: true });
    return true;
  }

  async exchange(peer: string, head: Uint8Array, body: Uint8Array): Promise<Uint8Array> {
    const opened = await (this.events as CarrierEvents).open(peer, head);
    return body.length > opened.bytesMax ? opened.drop('oversize') : opened.serve(body);
  }
}

interface World { time: VirtualTime; wire: Wire; node: Node; trouble: string[]; stop(): Promise<void> }

async function createWorld(limits: Partial<P2pLimits>): Promise<World> {
  const time = createVirtualTime(START_MS + 10);
  const trouble: string[] = [];
  const note = (message: string, fields?: unknown): void => void trouble.push(`${message} ${JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? value.stack : value))}`);
  const logger: Logger = { debug() {}, info() {}, warn: (message, fields) => { if (!/^peer|^catching/.test(message)) note(message, fields); }, error: note, scope: () => logger };
  const wire = new Wire();
  const network = createP2pHost(wire.carrier, { limits }, { clock: time, timers: time, logger });
  const node = await createNode({ spec: setup.spec }, {
    consensus: setup.module, containers: [], store: createMemoryStore(), log: createMemoryBlockLog(), network, verifier: createInlineVerifier(), signers: setup.seats,
    durable: { load: async () => undefined, save: async () => undefined }, clock: time, timers: time, logger,
  });
  await node.start();
  return { time, wire, node, trouble, async stop() { await node.stop(); await network.stop(); } };
}

const rest = async (): Promise<void> => { for (let i = 0; i < 20; i++) await new Promise((resolve) => setImmediate(resolve)); };

/** Blocks that are canonical bytes and say something else than they should. */
function twisted(random: Seeded, block: Block): Block {
  const change: Partial<Header>[] = [
    { height: Number.MAX_SAFE_INTEGER }, { height: 0 }, { height: block.header.height + 1 + random.below(5) }, { timeMs: 0 }, { timeMs: Number.MAX_SAFE_INTEGER }, { parent: random.bytes(32) }, { chainId: random.bytes(32) },
    { gasUsed: 0xffff_ffff_ffff_ffffn }, { ext: new Uint8Array() }, { ext: random.bytes(1 + random.below(40)) }, { stateRoot: random.bytes(32) }, { historyRoot: random.bytes(32) }, { nextSeatSetRoot: random.bytes(32) },
    { mainReference: { chainId: random.bytes(32), height: 3, blockId: random.bytes(32) } }, { version: 2 }, { bodyRoot: random.bytes(32) },
  ];
  switch (random.below(5)) {
    case 0: return { ...block, seal: random.bytes(random.below(100)) };
    case 1: return { ...block, transactions: [...block.transactions, random.bytes(random.below(50))] };
    case 2: return sealed({ ...block, header: { ...block.header, ...pick(random, change) } });
    case 3: {
      const transactions = [...block.transactions, random.bytes(random.below(50))];
      return sealed({ ...block, header: { ...block.header, bodyRoot: bodyRoot(transactions) }, transactions });
    }
    default: return { ...block, header: { ...block.header, ...pick(random, change) } };
  }
}

/** As an authority that misbehaves would seal it. */
function sealed(block: Omit<Block, 'seal'>): Block {
  return { ...block, seal: (setup.seats[0] as Signer).sign(sealMessage(blockId(block.header))) };
}

let rejections: unknown[];
const onRejection = (reason: unknown): void => void rejections.push(reason);
beforeEach(() => {
  rejections = [];
  process.on('unhandledRejection', onRejection);
});
afterEach(() => {
  process.off('unhandledRejection', onRejection);
  expect(rejections).toEqual([]);
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const heapBytes = (): number => {
  collect();
  return process.memoryUsage().heapUsed;
};

describe.each([[1, true], [2, true], [3, false], [4, false]])('frames made wrong, from seed %d, with bans: %s', (seed, bans) => {
  test('cost their senders, and the node goes on making blocks in bounded memory', async () => {
    const random = createSeededRandom(seed);
    const strangers = await makeBlocks(setup, createVirtualTime(START_MS + 20), 6, {}, async (chain, height) => {
      await chain.submit([signed(setup.spec, setup.rich, BigInt(height - 1), [transfer(signers(1, 3)[0]!.account, 5n)])]);
    });
    const { time, wire, node, trouble, stop } = await createWorld(bans ? {} : { banScore: -1e9 });
    const [blocks, transactions] = wire.topics as [string, string];
    expect([blocks, transactions].map((topic) => topic.split('/').at(-1))).toEqual(['blocks', 'transactions']);
    const payment = (sequence: number): Uint8Array => signed(setup.spec, setup.rich, BigInt(sequence), [transfer(signers(1, 3)[0]!.account, 5n)]);
    const messages = [
      ...strangers.map(blockToBytes), ...Array.from({ length: 20 }, () => blockToBytes(twisted(random, pick(random, strangers)))), list(payment(0), payment(1)), list(payment(900), random.bytes(80)),
      ...strangers.map((block) => list(sealedHeaderToBytes(block))), list(...strangers.map(({ header }) => blockId(header))), list(...Array.from({ length: 64 }, () => random.bytes(32))), new Uint8Array(40), list(...strangers.map(blockToBytes)),
    ];
    const names = ['head', 'headers', 'bodies', 'pool', 'nothing', '', 'head/', '../x'];
    const wrong = (): Uint8Array => (random.below(4) === 0 ? pick(random, messages) : mutate(random, pick(random, messages), pick(random, messages)));
    // What the node asks for itself is answered as badly.
    wire.answer = (head, body) => {
      if (head[1] === HELLO) return random.below(3) === 0 ? concatBytes(Uint8Array.of(0), mutate(random, body, pick(random, messages))) : concatBytes(Uint8Array.of(0), body);
      return random.below(3) === 0 ? wrong() : concatBytes(Uint8Array.of(0), wrong());
    };

    let banned = 0;
    let lowest = 0;
    let heapAfterFirst = 0;
    let answerBytesMost = 0;
    for (let frame = 0; frame < FRAMES; frame++) {
      const peer = `p${Math.floor(frame / FRAMES_PER_PEER)}`;
      if (frame === FRAMES >> 2) heapAfterFirst = heapBytes();
      if (frame % FRAMES_PER_PEER === 0) {
        expect(wire.join(peer)).toBe(true);
        await rest();
        await wire.exchange(peer, headOf(HELLO), wire.ownHello);
      }
      if (wire.connected.has(peer)) {
        switch (random.below(6)) {
          case 0: answerBytesMost = Math.max(answerBytesMost, (await wire.exchange(peer, random.below(2) === 0 ? mutate(random, headOf(REQUEST, pick(random, names)), random.bytes(40)) : headOf(REQUEST, pick(random, names)), wrong())).length); break;
          case 1: await wire.exchange(peer, headOf(HELLO), mutate(random, wire.ownHello, pick(random, messages))); break;
          case 2: await wire.exchange(peer, headOf(random.below(20) === 0 ? GOODBYE : REQUEST, 'headers'), wrong()); break;
          case 3: await wire.events?.judge(peer, transactions, wrong()); break;
          case 4: {
            // On the head, in its time, so that all that was not twisted holds.
            const { id: on, header: { timeMs } } = node.chain.head;
            const built = await node.chain.build({ job: 'x', on, timeMs: timeMs + 1_000, ext: Uint8Array.of(0, 0), deadlineMs: 0 });
            if (built !== undefined) await wire.events?.judge(peer, blocks, blockToBytes(twisted(random, sealed(built.block))));
            break;
          }
          default: await wire.events?.judge(peer, blocks, wrong());
        }
      } else if (frame % FRAMES_PER_PEER === FRAMES_PER_PEER - 1) banned++;
      if (frame % 10 === 0) {
        time.advance(100);
        await rest();
      }
      lowest = Math.min(lowest, ...node.network.peers().map(({ score }) => score));
      if (frame % FRAMES_PER_PEER !== FRAMES_PER_PEER - 1) continue;
      // It leaves while what it sent is still judged.
      const last = wire.events?.judge(peer, blocks, blockToBytes(sealed({ ...(strangers[0] as Block), header: { ...(strangers[0] as Block).header, height: 1_000_000 } })));
      wire.drop(peer);
      await last;
    }
    expect(trouble).toEqual([]);
    // Whoever is gone is forgotten, with all that it claimed.
    expect([node.sync.status().peers, node.sync.status().targetHeight]).toEqual([0, node.chain.head.height]);
    expect(heapBytes() - heapAfterFirst).toBeLessThan(HEAP_BYTES_MAX);
    // Nearly all were thrown out, and stay out.
    if (bans) expect(banned).toBeGreaterThan(0.8 * FRAMES / FRAMES_PER_PEER);
    else expect(lowest).toBeLessThan(-300);
    expect(wire.join('p1')).toBe(!bans);
    wire.drop('p1');
    expect(answerBytesMost).toBeLessThan(9 << 20);

    const { height } = node.chain.head;
    for (let waited = 0; node.chain.head.height < height + 3; waited++) {
      expect(waited).toBeLessThan(100);
      time.advance(250);
      await rest();
    }
    expect(await Promise.race([node.failed, 'sound'])).toBe('sound');
    expect(toHex((await node.chain.stateAt())!.view.root)).toBe(toHex(node.chain.head.header.stateRoot));
    await stop();
  }, 120_000);
});
