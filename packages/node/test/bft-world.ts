import { expect } from '@jest/globals';
import { createInlineVerifier, type Signer } from '@vsys/crypto';
import { blockId } from '@vsys/data-format';
import { createMemoryNetwork, type MemoryNetwork } from '@vsys/p2p';
import { createVirtualTime, noMetrics, toHex, type VirtualTime } from '@vsys/primitives';
import { type BlockLog, createMemoryBlockLog, createMemoryStore, type Store } from '@vsys/store';
import { createNode, type Node } from '../src/index.ts';
import { START_MS, type TestChain, testChain } from './support.ts';

/** A node with what survives it: its disk. */
export interface Place {
  readonly name: string;
  readonly signers: readonly Signer[];
  readonly reporter: Signer | undefined;
  readonly store: Store;
  readonly log: BlockLog;
  readonly records: Map<string, Uint8Array>;
  /** How far its clock is ahead. */
  readonly aheadMs: number;
  node: Node | undefined;
}

export interface World { readonly time: VirtualTime; readonly net: MemoryNetwork; readonly setup: TestChain; readonly places: Place[]; readonly counts: Map<string, number>; hosts: number }

export const world = (seed: number, loss = 0): World => {
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

export async function pass(time: VirtualTime, ms: number, until: () => boolean = () => false): Promise<void> {
  for (let passed = 0; passed < ms && !until(); passed += 25) {
    time.advance(25);
    for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve));
  }
}

export async function start(w: World, place: Place): Promise<void> {
  const { time, net, setup, places } = w;
  const { store, log, records, signers, reporter, aheadMs } = place;
  const durable = { load: async (name: string) => records.get(name), save: async (name: string, bytes: Uint8Array) => void records.set(name, bytes) };
  const node = await createNode({ spec: setup.spec }, {
    consensus: setup.module, containers: [], store, log, network: net.createHost(`h${w.hosts++}`), verifier: createInlineVerifier(), signers, durable, ...(reporter === undefined ? {} : { reporter }),
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

/** A node with the key of a seat, or with other keys, or with none. */
export async function addPlace(w: World, seat: number | undefined, { aheadMs = 0, signers = seat === undefined ? [] : [w.setup.seats[seat]!], reporter }: { readonly aheadMs?: number; readonly signers?: readonly Signer[]; readonly reporter?: Signer } = {}): Promise<Place> {
  const place: Place = { name: `p${w.places.length}`, signers, reporter, store: createMemoryStore(), log: createMemoryBlockLog(), records: new Map(), aheadMs, node: undefined };
  w.places.push(place);
  await start(w, place);
  return place;
}

export const stop = async (w: World, place: Place): Promise<void> => {
  const { node } = place;
  place.node = undefined;
  if (node !== undefined) await settle(w.time, node.stop());
};
export const running = ({ places }: World): Node[] => places.flatMap(({ node }) => (node === undefined ? [] : [node]));
export const finals = (w: World): number[] => running(w).map(({ chain }) => chain.final.height);
export const reached = (w: World, height: number) => (): boolean => Math.min(...finals(w)) >= height;

export async function expectOneHistory(w: World): Promise<void> {
  const common = Math.min(...finals(w));
  for (let height = 1; height <= common; height++) {
    const ids = await Promise.all(running(w).map(async ({ chain }) => toHex(blockId((await chain.at(height))!.header))));
    expect([height, new Set(ids).size]).toEqual([height, 1]);
  }
}
