import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { trustOf } from '@vsys/app-node/network';
import { createSeededRandom } from '@vsys/primitives';
import type { NodeStatus } from '@vsys/rpc';
import { createCaller } from '@vsys/rpc/client';
import { checkHistory } from './check-history.ts';
import { type Cluster, clientsMax, createCluster, type Machine, removeFolder } from './cluster.ts';
import { FaultError } from './fault-error.ts';
import type { FaultNetwork } from './fault-network.ts';
import { type Manifest, type Perturbation, problemOfManifest } from './manifest.ts';
import { createNamespaceNetwork } from './namespace-network.ts';
import { createProxyNetwork } from './proxy-network.ts';
import { repeat } from './repeat.ts';
import { calm } from './tcp-proxy.ts';
import { type NodeWatch, watchNode } from './watch-node.ts';
import { createWriteLoad, type Stage, type WriteLoad } from './write-load.ts';

export interface RunReport {
  /** What did not hold; none: all did. */
  readonly problems: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
  /** Kept when something did not hold. */
  readonly folder: string;
}

const TICK_MS = 400;
const SAMPLE_MS = 500;
const CALL_MS_MAX = 3_000;
/** After the healing, until all is final everywhere. Long, as the machine may be busy: it is waited for, not slept. */
const HEAL_MS_MAX = 180_000;
const UP_MS_MAX = 180_000;

/** Runs real node processes through a manifest under a load of transfers and documents, and holds what they say afterwards to what clients were told. */
export async function runManifest(manifest: Manifest, print: (line: string) => void, signal: AbortSignal = new AbortController().signal): Promise<RunReport> {
  const problem = problemOfManifest(manifest);
  if (problem !== undefined) throw new FaultError('FAULTS_USAGE', problem);
  const { nodes, seed, module, slotMs, chaosMs } = manifest;
  const folder = await mkdtemp(join(tmpdir(), 'vsys-faults-'));
  await using undo = new AsyncDisposableStack();
  const network = undo.use(manifest.network === 'namespaces' ? await createNamespaceNetwork(nodes.length) : await createProxyNetwork(nodes.length, seed));
  print(network.about);
  const genesisTimeMs = Math.floor(Date.now() / slotMs) * slotMs;
  const cluster = await createCluster({ folder, module, slotMs, nodes, places: network.places, genesisTimeMs });
  const { machines, spec, clients } = cluster;
  undo.defer(async () => void (await Promise.all(machines.map((machine) => machine.end('stop')))));
  const random = createSeededRandom(seed ^ 0x10ad);
  const load = createWriteLoad(spec, clients, random);
  const trust = await trustOf(spec);
  const problems: string[] = [];
  const watches = new Map<number, NodeWatch>();
  undo.defer(async () => void (await Promise.all([...watches.values()].map((watch) => watch.close()))));
  const say = (what: string): void => print(`  ${((Date.now() - beganMs) / 1_000).toFixed(1).padStart(6)} s  ${what}`);
  let beganMs = Date.now();

  const startMachine = async (machine: Machine): Promise<void> => {
    machine.onBroken = () => void problems.push(`${machine.name} ended by itself; its log is ${machine.logFile}`);
    await machine.start(signal);
    if (!watches.has(machine.index)) watches.set(machine.index, watchNode(machine.rpcUrl, trust));
  };
  await Promise.all(machines.filter(({ index }) => nodes[index]?.startHeight === 0).map(startMachine));
  await waitFor('the first block', UP_MS_MAX, signal, async () => (await statusOf(machines[0] as Machine))?.head.height !== 0);
  beganMs = Date.now();

  const samples = sampleFinals(machines, problems);
  undo.defer(() => samples.stop());
  const writing = keepWriting(load, machines, () => Date.now() < beganMs + chaosMs);
  undo.defer(() => writing.stop());
  const late = startLate(manifest, machines, startMachine, say, signal);
  const bypasses = new Set<string>();
  await Promise.all([
    ...manifest.perturbations.map((one) => perturb(one, { cluster, network, beganMs, say, startMachine, signal })),
    pauseUntil(beganMs + chaosMs, signal).then(async () => {
      const found = await network.bypass();
      if (found !== undefined) bypasses.add(found);
    }),
  ]);
  const healedMs = Date.now();
  say('healed');
  await late;
  await Promise.all(machines.map(async (machine) => {
    await machine.setClock(0);
    machine.unpause();
    await startMachine(machine);
  }));
  const statuses = async (): Promise<(NodeStatus | undefined)[]> => Promise.all(machines.map(statusOf));
  const settled = async (): Promise<boolean> => {
    if (problems.length > 0 || load.broken.length > 0) return true;
    if (load.writes.some(({ told }) => !told.has('final'))) return false;
    const all = await statuses();
    const top = Math.max(...load.writes.map(({ told }) => told.get('final')?.height ?? 0));
    return all.every((status) => status !== undefined && status.final.height >= top);
  };
  await waitFor('every write to be final at every node', HEAL_MS_MAX, signal, settled).catch(async (error: unknown) => {
    if (signal.aborted) throw error;
    const open = load.writes.filter(({ told }) => !told.has('final')).length;
    const all = await statuses();
    problems.push(`${HEAL_MS_MAX / 1_000} s after the healing ${open} of ${load.writes.length} writes are not final: ${all.map((status, i) => (status === undefined ? `node ${i} does not answer` : `node ${i} has head ${status.head.height} and final ${status.final.height}, ${status.peers} peers, ${status.pool.transactions} waiting`)).join('; ')}`);
  });
  const healMs = Date.now() - healedMs;
  await writing.stop();
  await samples.stop();
  say(`all ${load.writes.length} writes final at all nodes ${(healMs / 1_000).toFixed(1)} s after the healing`);
  let figures: Readonly<Record<string, number>> = {};
  if (problems.length === 0) {
    const checked = await checkHistory(machines.map(({ index, name, rpcUrl }) => ({ name, url: rpcUrl, watch: watches.get(index) })), trust, load, clientsMax);
    problems.push(...checked.problems);
    figures = { ...checked.figures };
  }
  // Which way the bytes went counts only when there was something to keep them from.
  if (bypasses.size > 0 && manifest.perturbations.some(({ kind }) => kind === 'cut' || kind === 'disconnect')) for (const one of bypasses) say(`${one}: a cut of such a pair cuts less than it says`);
  const all = [...watches.values()];
  const sum = (of: (watch: NodeWatch) => number): number => all.reduce((total, watch) => total + of(watch), 0);
  const tell = (stage: Stage): number => load.writes.filter(({ told }) => told.has(stage)).length;
  const starts = machines.reduce((total, machine) => total + machine.starts, 0);
  await undo.disposeAsync();
  if (problems.length === 0) await removeFolder(folder);
  return {
    problems, folder,
    figures: {
      ...figures, writes: load.writes.length, pooled: tell('pooled'), included: tell('included'), safe: tell('safe'), final: tell('final'), starts, samples: samples.count(), events: sum((watch) => watch.events), undone: sum((watch) => watch.undone), gaps: sum((watch) => watch.gaps), healSeconds: Math.round(healMs / 100) / 10,
    },
  };
}

interface Perturbed {
  readonly cluster: Cluster;
  readonly network: FaultNetwork;
  readonly beganMs: number;
  readonly say: (what: string) => void;
  readonly startMachine: (machine: Machine) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Does one thing at its time, and takes it back. */
async function perturb(one: Perturbation, { cluster: { machines }, network, beganMs, say, startMachine, signal }: Perturbed): Promise<void> {
  await pauseUntil(beganMs + one.fromMs, signal);
  const until = (): Promise<void> => pauseUntil(beganMs + ('untilMs' in one ? one.untilMs : one.fromMs), signal);
  const machine = 'node' in one ? (machines[one.node] as Machine) : (machines[0] as Machine);
  switch (one.kind) {
    case 'kill':
      say(`${machine.name} is killed`);
      await machine.end('kill');
      await until();
      say(`${machine.name} is started again`);
      return startMachine(machine);
    case 'restart':
      say(`${machine.name} is stopped and started`);
      await machine.end('stop');
      return startMachine(machine);
    case 'pause':
      say(`${machine.name} is frozen`);
      machine.pause();
      await until();
      machine.unpause();
      return say(`${machine.name} goes on`);
    case 'disconnect':
      say(`${machine.name} is cut off`);
      await network.disconnect(one.node);
      await until();
      await network.connect(one.node);
      return say(`${machine.name} is connected again`);
    case 'cut': {
      const [first, second] = one.sides;
      const pairs = first.flatMap((a) => second.flatMap((b) => (one.oneWay ? [[a, b] as const] : [[a, b] as const, [b, a] as const])));
      say(`cut: ${first.join()} ${one.oneWay ? 'do not reach' : 'and'} ${second.join()}`);
      for (const [from, to] of pairs) await network.cut(from, to);
      await until();
      for (const [from, to] of pairs) await network.join(from, to);
      return say(`joined: ${first.join()} and ${second.join()}`);
    }
    case 'clock':
      say(`the clock of ${machine.name} is wrong by ${one.skewMs} ms`);
      await machine.setClock(one.skewMs);
      await until();
      say(`the clock of ${machine.name} is right again${one.restarts ? ', with a restart' : ''}`);
      if (one.restarts) await machine.end('kill');
      await machine.setClock(0);
      return one.restarts ? startMachine(machine) : undefined;
    case 'weather':
      say(`weather: ${JSON.stringify(one.weather)}`);
      network.setWeather(one.weather);
      await until();
      network.setWeather(calm);
      return say('the weather is calm');
  }
}

/** Starts nodes when the chain has the height that the manifest gives them. */
async function startLate({ nodes }: Manifest, machines: readonly Machine[], startMachine: (machine: Machine) => Promise<void>, say: (what: string) => void, signal: AbortSignal): Promise<void> {
  await Promise.all(nodes.map(async ({ startHeight, sync }, index) => {
    const machine = machines[index] as Machine;
    if (startHeight === 0) return;
    await waitFor(`height ${startHeight}`, UP_MS_MAX, signal, async () => (await Promise.all(machines.map(statusOf))).some((status) => (status?.head.height ?? 0) >= startHeight));
    if (sync === 'log') await machine.copyLog(machines[0] as Machine);
    say(`${machine.name} joins ${sync === 'log' ? 'with a copy of the block log of node 0' : 'with nothing'}`);
    await startMachine(machine);
  }));
}

async function statusOf({ rpcUrl, process }: Machine): Promise<NodeStatus | undefined> {
  if (process === undefined) return undefined;
  try {
    return await createCaller({ url: rpcUrl, timeoutMs: CALL_MS_MAX })('node_status', {});
  } catch {
    return undefined;
  }
}

/** Asks all nodes for their final block, again and again: it never falls, and no two differ at one height. */
function sampleFinals(machines: readonly Machine[], problems: string[]): { stop(): Promise<void>; count(): number } {
  const ids = new Map<number, { readonly id: string; readonly node: string }>();
  const heights = new Map<number, number>();
  let count = 0;
  const loop = repeat(SAMPLE_MS, async () => {
    for (const machine of machines) {
      const { starts } = machine;
      const status = await statusOf(machine);
      if (status === undefined) continue;
      count++;
      const { final: { height, id } } = status;
      const other = ids.get(height);
      if (other !== undefined && other.id !== id) problems.push(`final conflict at height ${height}: ${machine.name} holds ${id.slice(0, 12)}, ${other.node} held ${other.id.slice(0, 12)}`);
      ids.set(height, { id, node: machine.name });
      // What was final and not stored yet is decided again after a kill, by the same blocks.
      if (starts === machine.starts && height < (heights.get(machine.index) ?? 0) && !status.syncing && status.uptimeMs > 10_000) problems.push(`final of ${machine.name} fell from ${heights.get(machine.index)} to ${height}`);
      heights.set(machine.index, Math.max(height, heights.get(machine.index) ?? 0));
    }
  });
  return { stop: loop.stop, count: () => count };
}

function keepWriting(load: WriteLoad, machines: readonly Machine[], isNew: () => boolean): { stop(): Promise<void> } {
  return repeat(TICK_MS, () => load.tick(machines.map(({ rpcUrl, process }) => (process === undefined ? undefined : rpcUrl)), isNew()));
}

async function pauseUntil(atMs: number, signal: AbortSignal): Promise<void> {
  await pause(Math.max(0, atMs - Date.now()), undefined, { signal });
}

async function waitFor(what: string, msMax: number, signal: AbortSignal, isDone: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + msMax;
  while (!(await isDone())) {
    signal.throwIfAborted();
    if (Date.now() > endMs) throw new FaultError('FAULTS_SETUP', `waited ${msMax / 1_000} s for ${what}`);
    await pause(150, undefined, { signal });
  }
}
