import { describe, expect, test } from '@jest/globals';
import { createInlineVerifier } from '@vsys/crypto';
import { blockId } from '@vsys/data-format';
import { createMemoryNetwork, type MemoryNetwork } from '@vsys/p2p';
import { createVirtualTime, noMetrics, toHex, type VirtualTime } from '@vsys/primitives';
import { type BlockLog, createMemoryBlockLog, createMemoryStore, type Store } from '@vsys/store';
import { createNode, type Node } from '../src/index.ts';
import { START_MS, type TestChain, testChain } from './support.ts';

/** A node with what survives it: its disk. */
interface Place {
  readonly name: string;
  readonly seat: number | undefined;
  readonly store: Store;
  readonly log: BlockLog;
  readonly records: Map<string, Uint8Array>;
  /** How far its clock is ahead. */
  readonly aheadMs: number;
  node: Node | undefined;
}

interface World { readonly time: VirtualTime; readonly net: MemoryNetwork; readonly setup: TestChain; readonly places: Place[]; readonly counts: Map<string, number>; hosts: number }

const world = (seed: number, loss = 0): World => {
  const time = createVirtualTime(START_MS + 10);
  return { time, net: createMemoryNetwork({ seed, time, delayMs: [1, 30], loss }), setup: testChain('bft', 4), places: [], counts: new Map(), hosts: 0 };
};

async function settle<T>(time: VirtualTime, promise: Promise<T>): Promise<T> {
  let open = true;
  void promise.finally(() => { open = false; });
  while (open) {
    time.advance(5);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return promise;
}

async function pass(time: VirtualTime, ms: number, until: () => boolean = () => false): Promise<void> {
  for (let passed = 0; passed < ms && !until(); passed += 25) {
    time.advance(25);
    for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function start(w: World, place: Place): Promise<void> {
  const { time, net, setup, places } = w;
  const { store, log, records, seat, aheadMs } = place;
  const durable = { load: async (name: string) => records.get(name), save: async (name: string, bytes: Uint8Array) => void records.set(name, bytes) };
  const node = await createNode({ spec: setup.spec }, {
    consensus: setup.module, containers: [], store, log, network: net.createHost(`h${w.hosts++}`), verifier: createInlineVerifier(), signers: seat === undefined ? [] : [setup.seats[seat]!], durable,
    clock: { nowMs: () => time.nowMs() + aheadMs }, timers: { setAt: (atMs, call) => time.setAt(atMs - aheadMs, call) },
    metrics: { ...noMetrics, count: (name, _help, by = 1) => void w.counts.set(name, (w.counts.get(name) ?? 0) + by) },
  });
  await node.start();
  place.node = node;
  for (const other of places) {
    if (other === place || other.node === undefined) continue;
    // A handshake that was lost is tried again; the peers of the others are enough.
    for (const address of other.node.network.addresses()) await settle(time, node.network.dial(address).catch(() => undefined));
  }
}

async function addPlace(w: World, seat: number | undefined, aheadMs = 0): Promise<Place> {
  const place: Place = { name: `p${w.places.length}`, seat, store: createMemoryStore(), log: createMemoryBlockLog(), records: new Map(), aheadMs, node: undefined };
  w.places.push(place);
  await start(w, place);
  return place;
}

const stop = async (w: World, place: Place): Promise<void> => {
  const { node } = place;
  place.node = undefined;
  if (node !== undefined) await settle(w.time, node.stop());
};
const running = ({ places }: World): Node[] => places.flatMap(({ node }) => (node === undefined ? [] : [node]));
const finals = (w: World): number[] => running(w).map(({ chain }) => chain.final.height);
const reached = (w: World, height: number) => (): boolean => Math.min(...finals(w)) >= height;

async function expectOneHistory(w: World): Promise<void> {
  const common = Math.min(...finals(w));
  for (let height = 1; height <= common; height++) {
    const ids = await Promise.all(running(w).map(async ({ chain }) => toHex(blockId((await chain.at(height))!.header))));
    expect([height, new Set(ids).size]).toEqual([height, 1]);
  }
}

describe('nodes under bft@1', () => {
  test.each([1, 2, 3])('decide one history though a tenth of all messages is lost (seed %i)', async (seed) => {
    const w = world(seed, 0.1);
    for (let seat = 0; seat < 4; seat++) await addPlace(w, seat);
    await pass(w.time, 120_000, reached(w, 8));
    expect(Math.min(...finals(w))).toBeGreaterThanOrEqual(8);
    await expectOneHistory(w);
    for (const place of w.places) await stop(w, place);
  });

  test('go on without one of four, stop without two, and go on when one is back', async () => {
    const w = world(4);
    for (let seat = 0; seat < 4; seat++) await addPlace(w, seat);
    await pass(w.time, 30_000, reached(w, 3));
    await stop(w, w.places[1]!);
    const withoutOne = Math.max(...finals(w));
    await pass(w.time, 60_000, reached(w, withoutOne + 6));
    expect(Math.min(...finals(w))).toBeGreaterThanOrEqual(withoutOne + 6);
    await stop(w, w.places[2]!);
    await pass(w.time, 2_000);
    const withoutTwo = Math.max(...finals(w));
    await pass(w.time, 10_000);
    expect(Math.max(...finals(w))).toBe(withoutTwo);
    await start(w, w.places[2]!);
    await pass(w.time, 120_000, reached(w, withoutTwo + 4));
    expect(Math.min(...finals(w))).toBeGreaterThanOrEqual(withoutTwo + 4);
    await expectOneHistory(w);
    for (const place of w.places) await stop(w, place);
  });

  test('all restarted at once go on from their disks, and none signs twice', async () => {
    const w = world(5);
    for (let seat = 0; seat < 4; seat++) await addPlace(w, seat);
    for (let restart = 0; restart < 3; restart++) {
      const from = Math.max(...finals(w));
      await pass(w.time, 60_000, reached(w, from + 3));
      // In the middle of a round as well.
      await pass(w.time, 25 * (restart + 1));
      for (const place of w.places) await stop(w, place);
      for (const place of w.places) await start(w, place);
    }
    expect(w.counts.get('vsys_consensus_evidence_total')).toBeUndefined();
    const from = Math.max(...finals(w));
    await pass(w.time, 120_000, reached(w, from + 3));
    expect(Math.min(...finals(w))).toBeGreaterThanOrEqual(from + 3);
    await expectOneHistory(w);
    for (const place of w.places) await stop(w, place);
  });

  test('one key on two nodes signs everything twice, and breaks nothing', async () => {
    const w = world(6);
    for (const seat of [0, 1, 2, 3]) await addPlace(w, seat);
    // Another clock, so that its blocks are others.
    await addPlace(w, 3, 37);
    await pass(w.time, 120_000, reached(w, 10));
    expect(Math.min(...finals(w))).toBeGreaterThanOrEqual(10);
    expect(w.counts.get('vsys_consensus_evidence_total')).toBeGreaterThan(0);
    await expectOneHistory(w);
    for (const place of w.places) await stop(w, place);
  });

  test('a node without a key follows, and catches up after a cut in which the others went on', async () => {
    const w = world(7);
    for (const seat of [0, 1, 2, 3, undefined]) await addPlace(w, seat);
    await pass(w.time, 30_000, reached(w, 3));
    w.net.partition([['h0', 'h1', 'h2', 'h3'], ['h4']]);
    await pass(w.time, 15_000);
    const [ahead, alone] = [w.places[0]!.node!.chain.final.height, w.places[4]!.node!.chain.final.height];
    expect(ahead).toBeGreaterThan(alone + 5);
    w.net.heal();
    await pass(w.time, 30_000, reached(w, ahead + 2));
    expect(w.places[4]!.node!.chain.final.height).toBeGreaterThanOrEqual(ahead + 2);
    await expectOneHistory(w);
    for (const place of w.places) await stop(w, place);
  });
});
