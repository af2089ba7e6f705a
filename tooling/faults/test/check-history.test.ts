import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trustOf } from '@vsys/app-node/network';
import { createSeededRandom } from '@vsys/primitives';
import type { Trust } from '@vsys/rpc/client';
import { checkHistory } from '../src/check-history.ts';
import { clientsMax, type Cluster, createCluster, type Machine, removeFolder } from '../src/cluster.ts';
import type { FaultNetwork } from '../src/fault-network.ts';
import type { ManifestNode } from '../src/manifest.ts';
import { createProxyNetwork } from '../src/proxy-network.ts';
import { type NodeWatch, watchNode } from '../src/watch-node.ts';
import { createWriteLoad, type Write, type WriteLoad } from '../src/write-load.ts';

// One real node under a load; then the checker is told of a history that is a little different, and must say so.

const nodes: readonly ManifestNode[] = [{ role: 'seat', startHeight: 0, sync: 'network' }];
let folder = '';
let network: FaultNetwork;
let cluster: Cluster;
let machine: Machine;
let load: WriteLoad;
let trust: Trust;
let watch: NodeWatch;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vsys-history-'));
  network = await createProxyNetwork(1, 1);
  const slotMs = 300;
  cluster = await createCluster({ folder, module: 'poa', slotMs, nodes, places: network.places, genesisTimeMs: Math.floor(Date.now() / slotMs) * slotMs });
  machine = cluster.machines[0] as Machine;
  trust = await trustOf(cluster.spec);
  await machine.start(new AbortController().signal);
  watch = watchNode(machine.rpcUrl, trust);
  load = createWriteLoad(cluster.spec, cluster.clients, createSeededRandom(3));
  for (let round = 0; round < 8 || load.writes.some(({ told }) => !told.has('final')); round++) await load.tick([machine.rpcUrl], round < 8);
}, 180_000);

afterAll(async () => {
  await watch.close();
  await machine.end('stop');
  await network[Symbol.asyncDispose]();
  await removeFolder(folder);
}, 60_000);

const check = async (changed: Partial<WriteLoad>, told: NodeWatch = watch): Promise<readonly string[]> =>
  (await checkHistory([{ name: 'node 0', url: machine.rpcUrl, watch: told }], trust, { ...load, sinkOf: load.sinkOf, ...changed }, clientsMax)).problems;

const changedWrite = (holds: (write: Write) => boolean, change: (write: Write) => Write): Partial<WriteLoad> => {
  const at = load.writes.findIndex(holds);
  return { writes: load.writes.map((write, i) => (i === at ? change(write) : write)) };
};

test('what is there is found', async () => {
  expect(await check({})).toEqual([]);
  expect(watch.events).toBeGreaterThan(2);
});

test.each<[string, () => Partial<WriteLoad>, RegExp]>([
  ['a write that no node has', () => changedWrite(({ what }) => what.kind === 'transfer', (write) => ({ ...write, id: 'ab'.repeat(32) })), /write abababababab, told final by node 0 at height \d+, is unknown/],
  ['a write that was told final in another block', () => changedWrite(() => true, (write) => ({ ...write, told: new Map([...write.told, ['final', { atMs: 0, node: 0, height: 1, blockId: 'cd'.repeat(32) }]]) })), /was told final at 1 cdcdcdcdcdcd and is at/],
  ['a transfer of another amount', () => changedWrite(({ what }) => what.kind === 'transfer', (write) => ({ ...write, what: { kind: 'transfer', amount: 1_000_000n } })), /client \d paid \d+ in transfers that are final, and \d+ are proven/],
  ['a document that is different', () => changedWrite(({ what }) => what.kind === 'insert', (write) => ({ ...write, what: { ...write.what, number: 77n } as Write['what'] })), /along number: /],
  ['a document that nobody inserted', () => changedWrite(({ what }) => what.kind === 'insert', (write) => ({ ...write, what: { kind: 'setup' } })), /along group: nobody inserted it/],
  ['an increment that was lost', () => changedWrite(({ what }) => what.kind === 'transfer', (write) => ({ ...write, what: { kind: 'count' } })), /\d increments are final, and the counter is/],
  ['what a client was told meanwhile', () => ({ broken: ['a node said so'] }), /a node said so/],
])('%s is told', async (_, change, words) => {
  expect((await check(change())).some((problem) => words.test(problem))).toBe(true);
});

test('subscriptions that told another chain are told', async () => {
  const [first] = watch.branch;
  const other = { height: Math.max(1, first?.height ?? 1), id: 'ef'.repeat(32) };
  const told = (part: Partial<NodeWatch>): NodeWatch => ({ branch: [], finals: [], events: 1, gaps: 0, undone: 0, broken: [], close: () => Promise.resolve(), ...part });
  expect(await check({}, told({ branch: [other] }))).toEqual([expect.stringContaining('never took it back')]);
  expect(await check({}, told({ finals: [other] }))).toEqual([expect.stringContaining('it told efefefefefef final')]);
  expect(await check({}, told({ broken: ['a gap'] }))).toEqual(['node 0: a gap']);
});
