import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { countCuts } from './count-cuts.ts';
import type { FaultNetwork } from './fault-network.ts';

const run = promisify(execFile);
const ip = async (...args: string[]): Promise<string> => (await run('ip', args)).stdout;

const P2P_PORT = 9_920;
const RPC_PORT = 9_922;
/** Of private addresses, where little else is. */
const NET = '10.231';
/** Names of what is made here begin with it, then with the process: what a process left behind that died is known by both. */
const NAME = 'vflt';

/** Why this machine has no namespaces for us; undefined when it has. */
export async function namespacesRefused(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `${process.platform} has no network namespaces`;
  if (process.getuid?.() !== 0) return 'only root makes network namespaces';
  const probe = `${NAME}${process.pid}-p`;
  try {
    await ip('netns', 'add', probe);
    await ip('link', 'add', `${NAME}${process.pid}p`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', probe);
    return undefined;
  } catch (error) {
    return `ip refuses: ${((error as { stderr?: string }).stderr ?? String(error)).trim().split('\n')[0]}`;
  } finally {
    await ip('netns', 'del', probe).catch(() => undefined);
  }
}

/**
 * A network namespace for each node, joined by a bridge. A node is cut off by its link going down, and one direction between two by a blackhole
 * route. There is no weather: the kernels we have met lack `netem`.
 */
export async function createNamespaceNetwork(nodes: number): Promise<FaultNetwork> {
  await sweep();
  await using undo = new AsyncDisposableStack();
  const mine = `${NAME}${process.pid}`;
  const bridge = `${mine}b`;
  const used = await ip('-o', 'addr');
  const free = Array.from({ length: 250 }, (_, i) => `${NET}.${(process.pid + i) % 250}`).find((net) => !used.includes(` ${net}.`));
  const subnet = free ?? `${NET}.0`;
  const addressOf = (node: number): string => `${subnet}.${10 + node}`;
  const namespaceOf = (node: number): string => `${mine}-${node}`;
  const linkOf = (node: number): string => `${mine}v${node}`;
  await ip('link', 'add', bridge, 'type', 'bridge');
  undo.defer(() => ip('link', 'del', bridge).then(() => undefined, () => undefined));
  await ip('addr', 'add', `${subnet}.1/24`, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  for (let node = 0; node < nodes; node++) {
    await ip('netns', 'add', namespaceOf(node));
    // The ends of its links go with it.
    undo.defer(() => ip('netns', 'del', namespaceOf(node)).then(() => undefined, () => undefined));
    await ip('link', 'add', linkOf(node), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespaceOf(node));
    await ip('link', 'set', linkOf(node), 'master', bridge, 'up');
    const inside = (...args: string[]): Promise<string> => ip('-n', namespaceOf(node), ...args);
    await inside('addr', 'add', `${addressOf(node)}/24`, 'dev', 'eth0');
    await inside('link', 'set', 'lo', 'up');
    await inside('link', 'set', 'eth0', 'up');
  }
  const cuts = countCuts(nodes, async (from, to, cut) => void (await ip('-n', namespaceOf(from), 'route', cut ? 'add' : 'del', 'blackhole', `${addressOf(to)}/32`)));
  const downs = new Map<number, number>();
  const turn = async (node: number, more: 1 | -1): Promise<void> => {
    const before = downs.get(node) ?? 0;
    downs.set(node, before + more);
    if (before === 0 || before + more === 0) await ip('link', 'set', linkOf(node), before === 0 ? 'down' : 'up');
  };
  const open = undo.move();
  return {
    cut: cuts.cut, join: cuts.join,
    disconnect: (node) => turn(node, 1),
    connect: (node) => turn(node, -1),
    about: 'network: a namespace for each node, veth and a bridge (cuts by blackhole routes in either direction, nodes cut off by their link going down)',
    places: Array.from({ length: nodes }, (_, node) => ({
      p2pListen: `/ip4/${addressOf(node)}/tcp/${P2P_PORT}`, rpcHost: addressOf(node), rpcPort: RPC_PORT, through: ['ip', 'netns', 'exec', namespaceOf(node)],
      peers: Array.from({ length: nodes }, (_other, to) => to).filter((to) => to !== node).map((to) => `/ip4/${addressOf(to)}/tcp/${P2P_PORT}`),
    })),
    setWeather() {
      throw new RangeError('namespaces have no weather here; use the proxy');
    },
    // All that leaves a namespace goes over its link.
    bypass: () => Promise.resolve(undefined),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Removes what processes left behind that were killed. */
async function sweep(): Promise<void> {
  const dead = (name: string): boolean => {
    const pid = new RegExp(`^${NAME}(\\d+)`).exec(name)?.[1];
    return pid !== undefined && !existsSync(`/proc/${pid}`);
  };
  for (const line of (await ip('netns', 'list')).split('\n')) {
    const name = line.split(' ')[0] ?? '';
    if (dead(name)) await ip('netns', 'del', name).catch(() => undefined);
  }
  for (const line of (await ip('-o', 'link', 'show', 'type', 'bridge')).split('\n')) {
    const name = /^\d+: ([^:@]+)/.exec(line)?.[1] ?? '';
    if (dead(name)) await ip('link', 'del', name).catch(() => undefined);
  }
}
