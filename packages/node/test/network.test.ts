import { describe, expect, test } from '@jest/globals';
import { createInlineVerifier } from '@vsys/crypto';
import { blockId } from '@vsys/data-format';
import { createMemoryNetwork, type MemoryNetwork } from '@vsys/p2p';
import { createVirtualTime, toHex, type VirtualTime } from '@vsys/primitives';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { transfer } from '@vsys/transaction';
import { createNode, type Node } from '../src/index.ts';
import { signed, signers, START_MS, type ModuleKind, type TestChain, testChain } from './support.ts';

const durable = (): { load(name: string): Promise<Uint8Array | undefined>; save(name: string, bytes: Uint8Array): Promise<void> } => {
  const records = new Map<string, Uint8Array>();
  return { load: async (name) => records.get(name), save: async (name, bytes) => void records.set(name, bytes) };
};

interface World { time: VirtualTime; net: MemoryNetwork; setup: TestChain; nodes: Node[] }

async function addNode({ time, net, setup, nodes }: World, seat: number | undefined): Promise<Node> {
  const node = await createNode({ spec: setup.spec }, {
    consensus: setup.module, containers: [], store: createMemoryStore(), log: createMemoryBlockLog(), network: net.createHost(`n${nodes.length}`), verifier: createInlineVerifier(),
    signers: seat === undefined ? [] : [setup.seats[seat]!], durable: durable(), clock: time, timers: time,
  });
  await node.start();
  for (let i = 0; i < nodes.length; i++) await settle(time, node.network.dial(`/memory/n${i}`));
  nodes.push(node);
  return node;
}

/** Promises that are not waiting for a timer come to rest. */
const rest = async (): Promise<void> => { for (let i = 0; i < 40; i++) await new Promise((resolve) => setImmediate(resolve)); };

async function settle<T>(time: VirtualTime, promise: Promise<T>): Promise<T> {
  let open = true;
  void promise.finally(() => { open = false; });
  while (open) {
    time.advance(5);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return promise;
}

async function pass(time: VirtualTime, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 25) {
    time.advance(25);
    await rest();
  }
}

const world = (kind: ModuleKind, seats: number, seed = 1): World => {
  const time = createVirtualTime(START_MS + 10);
  return { time, net: createMemoryNetwork({ seed, time, delayMs: [1, 20] }), setup: testChain(kind, seats), nodes: [] };
};
const stopAll = async ({ time, nodes }: World): Promise<void> => { for (const node of nodes) await settle(time, node.stop()); };

describe.each(['spos', 'poa', 'bft'] as const)('four nodes under %s', (kind) => {
  test('agree, take transactions anywhere, and a late joiner catches up', async () => {
    const w = world(kind, 4);
    for (let seat = 0; seat < 4; seat++) await addNode(w, seat);
    await pass(w.time, 2_000);
    const [verdict] = await w.nodes[3]!.chain.submit([signed(w.setup.spec, w.setup.rich, 0n, [transfer(signers(1, 3)[0]!.account, 5n)])]);
    await pass(w.time, 8_000);
    const late = await addNode(w, undefined);
    await pass(w.time, 4_000);
    expect(late.chain.head.height).toBeGreaterThan(8);
    const final = Math.min(...w.nodes.map(({ chain }) => chain.final.height));
    expect(final).toBeGreaterThan(4);
    const roots = await Promise.all(w.nodes.map(async ({ chain }) => toHex((await chain.at(final))!.header.stateRoot)));
    expect(new Set(roots).size).toBe(1);
    expect(verdict!.ok && (await late.chain.status(verdict!.value.id)).kind).toBe('final');
    await stopAll(w);
  });

  test('a cut heals to one chain, and what was final stays', async () => {
    const w = world(kind, 4);
    for (let seat = 0; seat < 4; seat++) await addNode(w, seat);
    await pass(w.time, 5_000);
    w.net.partition([['n0', 'n1', 'n2'], ['n3']]);
    await pass(w.time, 12_000);
    const final = w.nodes.map(({ chain }) => chain.final);
    w.net.heal();
    await pass(w.time, 12_000);
    const common = Math.min(...w.nodes.map(({ chain }) => chain.final.height));
    const ids = await Promise.all(w.nodes.map(async ({ chain }) => toHex(blockId((await chain.at(common))!.header))));
    expect(new Set(ids).size).toBe(1);
    for (const [i, { chain }] of w.nodes.entries()) {
      const now = await chain.at(final[i]!.height);
      expect(toHex(now!.header.stateRoot)).toBe(toHex(final[i]!.header.stateRoot));
    }
    expect(common).toBeGreaterThan(final[0]!.height);
    await stopAll(w);
  });
});

test('refuses to compose what the spec does not ask for', async () => {
  const w = world('poa', 1);
  const other = testChain('spos', 1);
  await expect(addNode({ ...w, setup: { ...w.setup, module: other.module } }, 0)).rejects.toMatchObject({ code: 'NODE_MODULE', message: expect.stringContaining('poa@1') });
});
