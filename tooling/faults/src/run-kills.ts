import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { trustOf } from '@vsys/app-node/network';
import { createSeededRandom } from '@vsys/primitives';
import { createCaller } from '@vsys/rpc/client';
import { checkHistory } from './check-history.ts';
import { clientsMax, createCluster, type Machine, removeFolder } from './cluster.ts';
import { FaultError } from './fault-error.ts';
import type { ManifestNode } from './manifest.ts';
import { DATA_FOLDER_VARIABLE, KILL_ARMED_VARIABLE, KILL_AT_VARIABLE, WRITES_FILE_VARIABLE } from './preload/variables.ts';
import { createProxyNetwork } from './proxy-network.ts';
import { readLedger } from './read-ledger.ts';
import { repeat } from './repeat.ts';
import { watchNode } from './watch-node.ts';
import { createWriteLoad } from './write-load.ts';

export interface KillsOptions {
  readonly module: string;
  /** All places; or three of a block's life, for a test that runs with every change. */
  readonly places: 'all' | 'sample';
}

export interface KillsReport {
  readonly problems: readonly string[];
  readonly kills: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
}

const SLOT_MS = 400;
const NODES: readonly ManifestNode[] = [{ role: 'seat', startHeight: 0, sync: 'network' }, { role: 'observer', startHeight: 0, sync: 'network' }];
const TICK_MS = 150;
const DEATH_MS_MAX = 90_000;
const SETTLE_MS_MAX = 120_000;

/**
 * Kills the node of the only seat with SIGKILL before and after each of its durable writes, from the first of a new folder to those of a block's life, and starts it
 * again with its clock set back, so that the slot in which it died comes a second time. An observer beside it hears all that it publishes.
 */
export async function runKills({ module, places }: KillsOptions, print: (line: string) => void, signal: AbortSignal = new AbortController().signal): Promise<KillsReport> {
  const block = await killAtBlocks(module, places, print, signal);
  if (places === 'sample' || block.problems.length > 0) return block;
  const birth = around(block.birth);
  const problems = await killAtBirth(module, birth, print, signal);
  return { ...block, kills: [...block.kills, ...birth], problems };
}

function around(writes: readonly string[]): readonly string[] {
  return writes.flatMap((write) => [`before ${write}`, `after ${write}`]);
}

/** Each in a folder of its own, as what a folder needs once is not written again; the next start must make a node of what is there. */
async function killAtBirth(module: string, places: readonly string[], print: (line: string) => void, signal: AbortSignal): Promise<readonly string[]> {
  const problems: string[] = [];
  await using rig = await createRig(module);
  await rig.arm();
  for (const place of places) {
    for (const left of [join(rig.seat.folder, 'data'), rig.ledgerFile]) await rm(left, { recursive: true, force: true });
    if (!(await dies(rig.launch(place)))) {
      problems.push(`${place}: the node did not come there in ${DEATH_MS_MAX / 1_000} s`);
      await rig.seat.end('kill');
      continue;
    }
    try {
      await rig.launch().ready(signal);
      await reaches(rig.seat, (await heightOf(rig.seat)) + 1, signal);
      print(`killed ${place} of a new folder, and it came up again`);
    } catch (error) {
      problems.push(`${place} of a new folder: ${String(error)}; its log is ${rig.seat.logFile}`);
    }
    await rig.seat.end('kill');
    problems.push(...readLedger(await readFile(rig.ledgerFile, 'utf8')).problems);
  }
  if (problems.length === 0) await removeFolder(rig.folder);
  return problems;
}

async function dies({ ended }: ReturnType<Machine['launch']>): Promise<boolean> {
  const late = new AbortController();
  const died = await Promise.race([ended.then(() => true), pause(DEATH_MS_MAX, false, { signal: late.signal }).catch(() => false)]);
  late.abort();
  return died;
}

/** A block is signed and nowhere; it is final in memory alone; a mark is written and not in force. */
const SAMPLE = /^before (?:blocks\/\S+ write|store batch|signer\/\S*KEY\.record rename)$/;

interface Rig extends AsyncDisposable {
  readonly seat: Machine;
  readonly observer: Machine;
  readonly folder: string;
  readonly ledgerFile: string;
  readonly spec: Awaited<ReturnType<typeof createCluster>>['spec'];
  readonly clients: Awaited<ReturnType<typeof createCluster>>['clients'];
  launch(killAt?: string): ReturnType<Machine['launch']>;
  arm(): Promise<void>;
  disarm(): Promise<void>;
}

async function createRig(module: string): Promise<Rig> {
  const folder = await mkdtemp(join(tmpdir(), 'vsys-kills-'));
  const network = await createProxyNetwork(NODES.length, 1);
  const { machines, spec, clients } = await createCluster({ folder, module, slotMs: SLOT_MS, nodes: NODES, places: network.places, genesisTimeMs: Math.floor(Date.now() / SLOT_MS) * SLOT_MS });
  const [seat, observer] = machines as [Machine, Machine];
  const ledgerFile = join(folder, 'ledger');
  const armedFile = join(folder, 'armed');
  return {
    seat, observer, folder, ledgerFile, spec, clients,
    launch: (killAt) => seat.launch({
      preloads: ['kill-at-write'],
      environment: { [DATA_FOLDER_VARIABLE]: join(seat.folder, 'data'), [WRITES_FILE_VARIABLE]: ledgerFile, [KILL_ARMED_VARIABLE]: armedFile, ...(killAt === undefined ? {} : { [KILL_AT_VARIABLE]: killAt }) },
    }),
    arm: () => writeFile(armedFile, ''),
    disarm: () => rm(armedFile, { force: true }),
    async [Symbol.asyncDispose]() {
      await Promise.all([seat.end('kill'), observer.end('stop')]);
      await network[Symbol.asyncDispose]();
    },
  };
}

/** Two lives that are killed at no such place: the first tells what a new folder needs, the second what a block needs once the node stands. */
async function findWrites(rig: Rig, signal: AbortSignal): Promise<{ readonly birth: readonly string[]; readonly block: readonly string[] }> {
  const live = async (blocks: number): Promise<string> => {
    const process = rig.launch();
    await process.ready(signal);
    await reaches(rig.seat, (await heightOf(rig.seat)) + blocks, signal);
    await rig.seat.end('kill');
    return readFile(rig.ledgerFile, 'utf8');
  };
  const first = await live(3);
  const second = (await live(5)).slice(first.length);
  // From a signature on, so without what the start itself writes; the log is opened under its own name now.
  return { birth: readLedger(first).writes, block: readLedger(second.slice(second.indexOf('\nsign '))).writes };
}

async function killAtBlocks(module: string, which: KillsOptions['places'], print: (line: string) => void, signal: AbortSignal): Promise<KillsReport & { readonly birth: readonly string[] }> {
  const rig = await createRig(module);
  await using undo = new AsyncDisposableStack();
  undo.use(rig);
  const { seat, observer } = rig;
  const problems: string[] = [];
  const trust = await trustOf(rig.spec);
  await observer.start(signal);
  const watch = watchNode(observer.rpcUrl, trust);
  undo.defer(() => watch.close());
  const load = createWriteLoad(rig.spec, rig.clients, createSeededRandom(5));
  let writing = true;
  const loop = repeat(TICK_MS, () => load.tick([seat.process === undefined ? undefined : seat.rpcUrl, observer.rpcUrl], writing));
  undo.defer(() => loop.stop());
  let skewMs = 0;
  let told: { readonly height: number; readonly id: string } | undefined;
  const { birth, block } = await findWrites(rig, signal);
  print(`${module}: ${birth.length} durable writes of a new folder, ${block.length} of a block's life: ${block.join(', ')}`);
  const places = around(block).filter((place) => which === 'all' || SAMPLE.test(place));
  for (const place of places) {
    await rig.disarm();
    const beganMs = Date.now();
    const process = rig.launch(place);
    const up = await Promise.race([process.ended.then(() => false), process.ready(signal).then(() => true, () => false)]);
    if (!up) {
      problems.push(`${place}: the node ended before it was ready; its log is ${seat.logFile}`);
      break;
    }
    const startMs = Date.now() - beganMs;
    await keepsFinal(seat, told, problems, place);
    await reaches(seat, (await heightOf(seat)) + 1, signal);
    told = await finalOf(seat);
    await rig.arm();
    if (!(await dies(process))) {
      problems.push(`${place}: the node did not come there in ${DEATH_MS_MAX / 1_000} s`);
      await seat.end('kill');
    }
    print(`killed ${place}`);
    // When the next life is up, by its own clock it is in the slot before the one in which this one died.
    skewMs -= startMs + SLOT_MS;
    await seat.setClock(skewMs);
  }
  await rig.disarm();
  writing = false;
  if (problems.length === 0) {
    await rig.launch().ready(signal);
    const endMs = Date.now() + SETTLE_MS_MAX;
    const settled = async (): Promise<boolean> => load.writes.every(({ told: stages }) => stages.has('final')) && (await finalOf(observer)).height >= Math.max(0, ...load.writes.map(({ told: stages }) => stages.get('final')?.height ?? 0));
    while (!(await settled())) {
      if (Date.now() > endMs) {
        problems.push(`${load.writes.filter(({ told: stages }) => !stages.has('final')).length} of ${load.writes.length} writes are not final ${SETTLE_MS_MAX / 1_000} s after the last kill`);
        break;
      }
      await pause(100, undefined, { signal });
    }
  }
  await loop.stop();
  const ledger = readLedger(await readFile(rig.ledgerFile, 'utf8'));
  problems.push(...ledger.problems);
  let figures: Readonly<Record<string, number>> = {};
  if (problems.length === 0) {
    const checked = await checkHistory([{ name: 'the seat', url: seat.rpcUrl, watch: undefined }, { name: 'the observer', url: observer.rpcUrl, watch }], trust, load, clientsMax);
    problems.push(...checked.problems);
    figures = { ...checked.figures };
  }
  await undo.disposeAsync();
  if (problems.length === 0) await removeFolder(rig.folder);
  return { birth, problems, kills: places, figures: { ...figures, writes: load.writes.length, signatures: ledger.signatures, starts: seat.starts } };
}

/** What it told final before it was killed is on its chain. */
async function keepsFinal(seat: Machine, told: { readonly height: number; readonly id: string } | undefined, problems: string[], place: string): Promise<void> {
  if (told === undefined) return;
  const { block } = await createCaller({ url: seat.rpcUrl })('chain_block', { height: told.height });
  if (block.id !== told.id) problems.push(`after the kill that came before "${place}": ${told.id.slice(0, 12)} was final at height ${told.height}, now ${block.id.slice(0, 12)} is there`);
}

async function finalOf({ rpcUrl }: Machine): Promise<{ readonly height: number; readonly id: string }> {
  return (await createCaller({ url: rpcUrl })('chain_info', {})).final;
}

async function heightOf({ rpcUrl }: Machine): Promise<number> {
  return (await createCaller({ url: rpcUrl })('chain_info', {})).head.height;
}

async function reaches(machine: Machine, height: number, signal: AbortSignal): Promise<void> {
  const endMs = Date.now() + DEATH_MS_MAX;
  while ((await heightOf(machine)) < height) {
    if (Date.now() > endMs) throw new FaultError('FAULTS_SETUP', `${machine.name} did not reach height ${height} in ${DEATH_MS_MAX / 1_000} s; its log is ${machine.logFile}`);
    await pause(30, undefined, { signal });
  }
}
