/** `npm start`: a network of four node processes with real data, and answers that are checked. */
import { join, relative } from 'node:path';
import { accountToAddress, accountToHex } from '@vsys/crypto';
import { chainId } from '@vsys/data-format';
import { databaseId } from '@vsys/database/ops';
import { toHex } from '@vsys/primitives';
import type { ChainInfo, NodeStatus } from '@vsys/rpc';
import { createCaller, createClient } from '@vsys/rpc/client';
import { AppError } from './app-error.ts';
import { askCities } from './ask-cities.ts';
import { COLLECTION, DATABASE, readCities } from './cities.ts';
import { describeFinality } from './describe-finality.ts';
import { type Devnet, openDevnet } from './devnet.ts';
import { loadCities } from './load-cities.ts';
import { type MainJobOptions, readMainJobOptions } from './main-job-options.ts';
import { consensusModule } from './modules.ts';
import { type NodeProcess, startNodeProcess } from './node-process.ts';
import { pause } from './pause.ts';
import { reportError } from './report-error.ts';
import { trustOf } from './trust.ts';

/** Which of the four is loaded through, asked, and killed. */
const [LOADED, ASKED, KILLED] = [0, 1, 2] as const;
const AGREE_MS_MAX = 60_000;
const PORT_TRIES_MAX = 3;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const number = (value: number | bigint): string => value.toLocaleString('en-US');

async function main(signal: AbortSignal): Promise<void> {
  const options = await readMainJobOptions(process.argv.slice(2));
  for (let tries = 1; ; tries++) {
    try {
      return await runStory({ ...options, fresh: options.fresh && tries === 1 }, signal);
    } catch (error) {
      if (tries >= PORT_TRIES_MAX || !(error instanceof AppError) || error.code !== 'PORT_BUSY') throw error;
      print('somebody took a port in the meantime; looking for others');
    }
  }
}

async function runStory({ consensus, modules, rows, fresh, once }: MainJobOptions, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  await using devnet = await openDevnet(join(process.cwd(), '.vsys', consensus), consensus, { fresh, modules });
  for (const port of devnet.steppedOver) print(`port ${port} is busy: stepped over`);
  print(`${devnet.isNew ? 'new' : 'known'} chain "${devnet.spec.name}" under ${devnet.spec.consensus.module}, id ${toHex(chainId(devnet.spec))}`);
  await using network = await startNetwork(devnet, signal);
  const trust = await trustOf(devnet.spec);
  using loader = createClient({ url: urlOf(devnet, LOADED), trust });
  using asker = createClient({ url: urlOf(devnet, ASKED), trust });
  // What is under way ends at once when somebody wants to stop.
  signal.addEventListener('abort', () => [loader, asker].forEach((client) => client.close()), { once: true });

  const cities = readCities(rows);
  print(`loading ${number(cities.length)} cities through ${devnet.nodes[LOADED]?.name}, each into three indexes; ${devnet.nodes[KILLED]?.name} will be killed meanwhile`);
  const loadMs = performance.now();
  const { before, stored } = await loadCities(cities, { client: loader, spec: devnet.spec, owner: devnet.ada, signal, print, onProgress: network.killOnTheWay(cities.length) });
  const sent = Math.max(before, cities.length);
  print(`${before > 0 ? `${number(before)} were stored before; ` : ''}${number(sent)} sent, ${number(stored)} stored, in ${((performance.now() - loadMs) / 1_000).toFixed(1)} s`);
  if (stored !== BigInt(sent)) throw new AppError('REFUSED', `${number(sent)} cities were sent and the chain proves ${number(stored)}; start again with --fresh, and please report it`);
  await askCities(asker, databaseId(devnet.ada.account, DATABASE), print);
  await network.rejoined();
  const { height, stateRoot } = await network.agree();
  print(`all four report the same head at height ${height}, with the state root ${stateRoot}`);
  const { final, safe } = await network.status();
  print(`final is block ${number(final.height)}, safe is block ${number(safe.height)}; finality ${describeFinality(consensusModule(devnet.spec.consensus.module))}`);
  if (once) {
    print(`done in ${((performance.now() - startMs) / 1_000).toFixed(0)} s; the network is kept in ${relative(process.cwd(), devnet.folder)}`);
    return;
  }
  printWhatNext(devnet);
  await network.ended();
}

interface Network extends AsyncDisposable {
  /** To be called with how many rows are sent: kills a node half-way, and starts it again at three quarters. */
  killOnTheWay(total: number): (sent: number, print: (line: string) => void) => Promise<void>;
  /** Waits until the node that was killed has what the others have. */
  rejoined(): Promise<void>;
  /** Waits until all four tell the same head. */
  agree(): Promise<{ readonly height: number; readonly stateRoot: string }>;
  /** How far the node that was loaded holds the chain to stay. */
  status(): Promise<Pick<NodeStatus, 'final' | 'safe'>>;
  /** Waits for the end of the network; throws when a node ends by itself. */
  ended(): Promise<void>;
}

async function startNetwork(devnet: Devnet, signal: AbortSignal): Promise<Network> {
  const start = (i: number): NodeProcess => startNodeProcess(devnet.nodes[i] as Devnet['nodes'][number]);
  await using undo = new AsyncDisposableStack();
  const processes = devnet.nodes.map((_, i) => start(i));
  undo.defer(async () => void (await Promise.all(processes.map((one) => one.stop()))));
  await Promise.all(processes.map((one) => one.ready(signal)));
  for (const [i, { name, pid }] of processes.entries()) print(`${name} is up as process ${pid}: RPC ${urlOf(devnet, i)}, libp2p on TCP port ${devnet.nodes[i]?.p2pPort}`);
  const infoOf = (i: number): Promise<ChainInfo> => createCaller({ url: urlOf(devnet, i) })('chain_info', {}, { signal });
  let killed: { readonly height: number } | undefined;
  let restartedMs: number | undefined;

  const kill = async (tell: (line: string) => void): Promise<void> => {
    const victim = processes[KILLED] as NodeProcess;
    const { head: { height } } = await infoOf(KILLED);
    await victim.kill();
    killed = { height };
    tell(`${victim.name} was killed with SIGKILL at height ${height}; the other three go on`);
  };
  const restart = (tell: (line: string) => void): void => {
    processes[KILLED] = start(KILLED);
    restartedMs = performance.now();
    tell(`${devnet.nodes[KILLED]?.name} is started again as process ${processes[KILLED]?.pid}`);
  };
  const open = undo.move();
  return {
    killOnTheWay: (total) => async (sent, tell) => {
      if (killed === undefined && 2 * sent >= total) await kill(tell);
      if (restartedMs === undefined && 4 * sent >= 3 * total) restart(tell);
    },
    async rejoined() {
      await processes[KILLED]?.ready(signal);
      const { head: target } = await infoOf(LOADED);
      await waitFor('the killed node to catch up', signal, async () => (await infoOf(KILLED)).head.height >= target.height);
      print(`${devnet.nodes[KILLED]?.name} is back at height ${target.height}, ${((performance.now() - (restartedMs ?? 0)) / 1_000).toFixed(1)} s after its start: it made up for ${target.height - (killed?.height ?? 0)} blocks`);
    },
    async agree() {
      let heads: readonly ChainInfo['head'][] = [];
      await waitFor('the four nodes to agree on a head', signal, async () => {
        heads = (await Promise.all(processes.map((_, i) => infoOf(i)))).map(({ head }) => head);
        return heads.every(({ id }) => id === heads[0]?.id);
      });
      const [first] = heads as [ChainInfo['head']];
      if (heads.some(({ stateRoot }) => stateRoot !== first.stateRoot)) throw new AppError('REFUSED', `the nodes have one head and differ in its state: ${heads.map(({ stateRoot }) => stateRoot).join(', ')}`);
      return first;
    },
    status: () => createCaller({ url: urlOf(devnet, LOADED) })('node_status', {}, { signal }),
    async ended() {
      const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      const gone = processes.map(async ({ ended, name }) => {
        await ended;
        if (!signal.aborted) throw new AppError('NODE_ENDED', `${name} ended by itself; its log is ${devnet.nodes.find((node) => node.name === name)?.logFile}`);
      });
      await Promise.race([stopped, ...gone]);
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function urlOf(devnet: Devnet, i: number): string {
  return (devnet.nodes[i] as Devnet['nodes'][number]).rpcUrl;
}

function printWhatNext({ nodes, ada, adaKeyFile, folder }: Devnet): void {
  const [first, second] = nodes as [Devnet['nodes'][number], Devnet['nodes'][number]];
  const at = (file: string): string => relative(process.cwd(), file);
  const owner = accountToAddress(ada.account, 'T');
  const query = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'db_documents', params: { query: { database: toHex(databaseId(ada.account, DATABASE)), collection: COLLECTION, filter: { country: 'AD' }, limit: 3 } } });
  print(`
The network stays up: ${first.rpcUrl} answers JSON-RPC, /health/ready, /metrics and /openrpc.json. Its files are in ${at(folder)}.
All coins are on the account ${accountToHex(ada.account)}, address ${owner}; anybody can derive its key, which is ${at(adaKeyFile)}.
In another terminal, from here:
  npm run vsys -- node status --config ${at(first.configFile)}
  npm run vsys -- db find ${DATABASE} ${COLLECTION} '{"country":"AD"}' --sort '-population' --limit 3 --owner ${owner} --config ${at(second.configFile)}
  npm run vsys -- chain spec ${at(join(folder, 'chain.json'))} --config ${at(first.configFile)}
  curl -s ${first.rpcUrl} -H 'content-type: application/json' -d '${query}'
End it with Ctrl-C; npm start goes on where it stopped.`);
}

async function waitFor(what: string, signal: AbortSignal, isDone: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + AGREE_MS_MAX;
  while (!(await isDone())) {
    if (performance.now() > endMs) throw new AppError('NETWORK', `waited ${AGREE_MS_MAX / 1_000} s for ${what}; start again, what is stored is kept`);
    await pause(50, signal);
  }
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort());
try {
  await main(stop.signal);
  if (stop.signal.aborted) print('stopped');
} catch (error) {
  if (stop.signal.aborted) print('stopped before the end; what is stored is kept, and npm start goes on from there');
  process.exitCode = stop.signal.aborted ? 130 : reportError(error);
}
