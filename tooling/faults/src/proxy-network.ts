import { readFile } from 'node:fs/promises';
import { findFreePort } from '@vsys/internet';
import { createSeededRandom } from '@vsys/primitives';
import { countCuts } from './count-cuts.ts';
import type { FaultNetwork } from './fault-network.ts';
import { calm, createTcpProxy, type TcpProxy } from './tcp-proxy.ts';

const HOST = '127.0.0.1';
/** Below the ports that the system gives out by itself; where to begin depends on the process, so that two runs rarely meet. */
const PORTS_FROM = 20_000;
const PORTS_SPAN = 10_000;
const TRIES_MAX = 500;

/** A proxy for each ordered pair of nodes, on loopback: `i` dials `j` through a proxy of the two. */
export async function createProxyNetwork(nodes: number, seed: number): Promise<FaultNetwork> {
  await using undo = new AsyncDisposableStack();
  const random = createSeededRandom(seed ^ 0x7c9);
  const ports = await freePorts(2 * nodes);
  const p2pPort = (node: number): number => ports[node] as number;
  const proxies = new Map<string, TcpProxy>();
  for (let from = 0; from < nodes; from++) {
    for (let to = 0; to < nodes; to++) {
      if (from !== to) proxies.set(`${from}>${to}`, undo.use(await createTcpProxy({ target: { host: HOST, port: p2pPort(to) }, random })));
    }
  }
  const proxyOf = (from: number, to: number): TcpProxy => proxies.get(`${from}>${to}`) as TcpProxy;
  // Whoever dialled: what `from` sends to `to` goes forth on its own connections, and back on those of `to`.
  const cuts = countCuts(nodes, async (from, to, cut) => {
    proxyOf(from, to).setCut('forth', cut);
    proxyOf(to, from).setCut('back', cut);
  });
  const open = undo.move();
  return {
    ...cuts,
    about: 'network: loopback, a TCP proxy of our own for each ordered pair of nodes (delay, retransmissions, resets, bandwidth, cuts in either direction)',
    places: Array.from({ length: nodes }, (_, node) => ({
      p2pListen: `/ip4/${HOST}/tcp/${p2pPort(node)}`, rpcHost: HOST, rpcPort: ports[nodes + node] as number, through: [],
      peers: Array.from({ length: nodes }, (_other, to) => to).filter((to) => to !== node).map((to) => `/ip4/${HOST}/tcp/${proxyOf(node, to).port}`),
    })),
    setWeather(weather) {
      for (const proxy of proxies.values()) proxy.setWeather(weather);
    },
    bypass: () => findBypass(new Set(ports.slice(0, nodes)), new Set([...proxies.values()].flatMap((proxy) => [...proxy.upstreamPorts()]))),
    async [Symbol.asyncDispose]() {
      for (const proxy of proxies.values()) proxy.setWeather(calm);
      await open.disposeAsync();
    },
  };
}

const ESTABLISHED = '01';

/** A node knows where its peers listen, so it could dial them itself: then a cut would cut nothing. Linux tells; elsewhere nobody looks. */
async function findBypass(nodePorts: ReadonlySet<number>, ours: ReadonlySet<number>): Promise<string | undefined> {
  const table = await readFile('/proc/net/tcp', 'utf8').catch(() => '');
  for (const line of table.split('\n').slice(1)) {
    const [, local, remote, state] = line.trim().split(/\s+/);
    if (local === undefined || remote === undefined || state !== ESTABLISHED) continue;
    const [from, to] = [local, remote].map((address) => Number.parseInt(address.split(':')[1] ?? '', 16)) as [number, number];
    if (nodePorts.has(to) && !ours.has(from)) return `a connection from port ${from} to port ${to} of a node goes around the proxies`;
  }
  return undefined;
}

async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  let from = PORTS_FROM + ((process.pid * 64) % PORTS_SPAN);
  while (ports.length < count) {
    const found = await findFreePort({ host: HOST, from, triesMax: TRIES_MAX });
    if (!found.ok) throw new RangeError(found.message);
    ports.push(found.value.port);
    from = found.value.port + 1;
  }
  return ports;
}
