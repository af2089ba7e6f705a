import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyFile, createSpec, type NodeProcess, publicSecret, startNodeProcess, writeConfigText } from '@vsys/app-node/network';
import { createSigner, type Signer } from '@vsys/crypto';
import { type ChainSpec, chainSpecToJson } from '@vsys/data-format';
import type { NodePlace } from './fault-network.ts';
import type { ManifestNode } from './manifest.ts';
import { CLOCK_FILE_VARIABLE } from './preload/variables.ts';

export const SOURCE_ARGS: readonly string[] = ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning'];
export const clientsMax = 3;

/** One machine of the run: its folder, and the process on it when there is one. */
export interface Machine {
  readonly index: number;
  readonly name: string;
  readonly folder: string;
  readonly rpcUrl: string;
  readonly logFile: string;
  /** The process, ready or not. */
  readonly process: NodeProcess | undefined;
  /** Starts it, and is done when it is ready. */
  start(signal: AbortSignal): Promise<void>;
  /** Starts it and does not wait: it may die before it is ready. */
  launch(extra?: LaunchExtra): NodeProcess;
  /** SIGKILL, or in order. */
  end(how: 'kill' | 'stop'): Promise<void>;
  pause(): void;
  unpause(): void;
  setClock(skewMs: number): Promise<void>;
  /** Begins with another one's block log, as a file copy of a running node. */
  copyLog(from: Machine): Promise<void>;
  /** Called when the process ended by itself. */
  onBroken: (() => void) | undefined;
  readonly starts: number;
}

export interface LaunchExtra {
  /** Modules of `preload/`, loaded before the node beside the one of the clock. */
  readonly preloads: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Cluster {
  readonly spec: ChainSpec;
  readonly clients: readonly Signer[];
  readonly machines: readonly Machine[];
}

export interface ClusterOptions {
  readonly folder: string;
  readonly module: string;
  readonly slotMs: number;
  readonly nodes: readonly ManifestNode[];
  readonly places: readonly NodePlace[];
  readonly genesisTimeMs: number;
}

const FUNDS = 1_000_000_000_000n;
const READY_MS_MAX = 120_000;
export const preload = (name: string): string => `--import=${new URL(`./preload/${name}.ts`, import.meta.url).href}`;

/** Writes keys, spec and configs of all nodes. No process runs yet. */
export async function createCluster({ folder, module, slotMs, nodes, places, genesisTimeMs }: ClusterOptions): Promise<Cluster> {
  const clients = Array.from({ length: clientsMax }, (_, i) => createSigner('ed25519', publicSecret(`client ${i}`)));
  const seats = nodes.flatMap(({ role }, i) => (role === 'seat' ? [createSigner('ed25519', publicSecret(`seat ${i}`))] : []));
  const spec = createSpec({ name: 'faults', consensus: module, slotMs, genesisTimeMs, seats, balances: clients.map(({ account }) => ({ account, amount: FUNDS })) });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'chain.json'), chainSpecToJson(spec));
  const machines = await Promise.all(nodes.map(async ({ role }, index) => {
    const place = places[index] as NodePlace;
    const home = join(folder, `node-${index}`);
    await mkdir(home, { recursive: true });
    await createKeyFile(join(home, 'p2p.key'), 'ed25519', publicSecret(`peer ${index}`));
    if (role === 'seat') await createKeyFile(join(home, 'seal.key'), 'ed25519', publicSecret(`seat ${index}`));
    await writeFile(join(home, 'node.toml'), writeConfigText({
      'chain.spec': '../chain.json', 'p2p.listen': [place.p2pListen], 'p2p.peers': [...place.peers], 'rpc.host': place.rpcHost, 'rpc.port': place.rpcPort,
      'seal.keys': role === 'seat' ? ['seal.key'] : [], 'log.level': 'info',
    }));
    return createMachine(index, home, place);
  }));
  return { spec, clients, machines };
}

function createMachine(index: number, folder: string, { rpcHost, rpcPort, through }: NodePlace): Machine {
  const name = `node ${index}`;
  const rpcUrl = `http://${rpcHost}:${rpcPort}`;
  const logFile = join(folder, 'node.log');
  const clockFile = join(folder, 'clock');
  let running: NodeProcess | undefined;
  let starts = 0;
  const machine: Machine = {
    index, name, folder, rpcUrl, logFile, onBroken: undefined,
    get process() { return running; },
    get starts() { return starts; },
    async start(signal) {
      if (running === undefined) await machine.launch().ready(signal);
    },
    launch({ preloads, environment } = { preloads: [], environment: {} }) {
      starts++;
      const started = startNodeProcess({
        name, configFile: join(folder, 'node.toml'), rpcUrl, logFile, through, execArgv: [...SOURCE_ARGS, ...['perturb-clock', ...preloads].map(preload)], environment: { [CLOCK_FILE_VARIABLE]: clockFile, ...environment }, readyMsMax: READY_MS_MAX,
      });
      running = started;
      void started.ended.then(() => {
        if (running !== started) return;
        running = undefined;
        machine.onBroken?.();
      });
      return started;
    },
    async end(how) {
      const ending = running;
      running = undefined;
      // One that is frozen does not hear that it shall end.
      ending?.signal('SIGCONT');
      await (how === 'kill' ? ending?.kill() : ending?.stop());
    },
    pause: () => running?.signal('SIGSTOP'),
    unpause: () => running?.signal('SIGCONT'),
    async setClock(skewMs) {
      await writeFile(clockFile, String(skewMs));
      running?.signal('SIGUSR2');
    },
    async copyLog(from) {
      const to = join(folder, 'data', 'blocks');
      await mkdir(to, { recursive: true });
      await cp(join(from.folder, 'data', 'blocks'), to, { recursive: true, filter: (path) => !path.includes('LOCK') });
    },
  };
  return machine;
}

/** Removes what a run leaves; not called when it failed, so that there is something to look at. */
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
