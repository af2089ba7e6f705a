import { afterEach, describe, expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { FaultNetwork } from '../src/fault-network.ts';
import { createNamespaceNetwork, namespacesRefused } from '../src/namespace-network.ts';
import { createProxyNetwork } from '../src/proxy-network.ts';

// Real processes: each listens where a node would, dials the others where a node would, and counts what it hears from whom.
const TALKER = `
const net = require('node:net');
const [self, listen, ...peers] = process.argv.slice(1);
const [host, port] = listen.split(':');
const heard = {};
net.createServer((socket) => {
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (more) => {
    text += more;
    const lines = text.split('\\n');
    text = lines.pop();
    for (const from of lines) { heard[from] = (heard[from] ?? 0) + 1; }
  });
}).listen(Number(port), host, () => console.log('up'));
const say = (peer) => {
  const [to, at] = peer.split(':');
  const socket = net.connect(Number(at), to);
  const timer = setInterval(() => socket.write(self + '\\n'), 40);
  socket.on('error', () => {}).on('close', () => { clearInterval(timer); setTimeout(say, 40, peer); });
};
peers.forEach(say);
setInterval(() => console.log(JSON.stringify(heard)), 40);
`;

let undo = new AsyncDisposableStack();
afterEach(async () => {
  await undo.disposeAsync();
  undo = new AsyncDisposableStack();
});

interface Talker { readonly heard: () => Readonly<Record<string, number>>; next(): Promise<void> }

const place = (address: string): string => address.replace(/^\/ip4\/([^/]+)\/tcp\/(\d+)$/, '$1:$2');

async function startTalkers({ places }: FaultNetwork): Promise<Talker[]> {
  return Promise.all(places.map(async ({ p2pListen, peers, through }, i) => {
    const [program = process.execPath, ...args] = [...through, process.execPath, '-e', TALKER, String(i), place(p2pListen), ...peers.map(place)];
    const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    undo.defer(async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    });
    let heard: Record<string, number> = {};
    const told = new EventTarget();
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const line = text.trim().split('\n').at(-1) as string;
      if (line.startsWith('{')) heard = JSON.parse(line) as Record<string, number>;
      told.dispatchEvent(new Event('told'));
    });
    const next = (): Promise<void> => once(told, 'told').then(() => undefined);
    await next();
    return { heard: () => heard, next };
  }));
}

/** Waits until a talker hears what is asked for. */
async function until(talker: Talker, holds: (heard: Readonly<Record<string, number>>) => boolean): Promise<void> {
  while (!holds(talker.heard())) await talker.next();
}

/** When `control` came so often again, from whom it is heard. What is quiet over all that time is cut. */
async function hears(talker: Talker, of: string, control: string): Promise<boolean> {
  // What was under way when it was cut still comes.
  for (let rounds = 0; rounds < 3; rounds++) await talker.next();
  const before = talker.heard();
  await until(talker, (heard) => (heard[control] ?? 0) >= (before[control] ?? 0) + 15);
  return (talker.heard()[of] ?? 0) > (before[of] ?? 0);
}

async function judge(network: FaultNetwork): Promise<void> {
  const [zero, one, two] = (await startTalkers(network)) as [Talker, Talker, Talker];
  for (const [talker, others] of [[zero, ['1', '2']], [one, ['0', '2']], [two, ['0', '1']]] as const) await until(talker, (heard) => others.every((other) => (heard[other] ?? 0) > 0));
  await network.cut(0, 1);
  expect(await hears(one, '0', '2')).toBe(false);
  expect(await network.bypass()).toBeUndefined();
  // A second cut of the pair, whose end does not end the first.
  await network.cut(0, 1);
  await network.join(0, 1);
  expect(await hears(one, '0', '2')).toBe(false);
  await network.join(0, 1);
  const before = one.heard();
  await until(one, (heard) => (heard['0'] ?? 0) > (before['0'] ?? 0) + 5);
  await network.disconnect(2);
  expect(await hears(zero, '2', '1')).toBe(false);
  await network.connect(2);
  const alone = zero.heard();
  await until(zero, (heard) => (heard['2'] ?? 0) > (alone['2'] ?? 0) + 5);
}

test('proxies cut one direction and whole nodes, and join them again', async () => {
  const network = undo.use(await createProxyNetwork(3, 1));
  await judge(network);
}, 60_000);

const refused = await namespacesRefused();
describe('namespaces', () => {
  (refused === undefined ? test : test.skip)(`cut one direction and whole nodes, and join them again${refused === undefined ? '' : ` (skipped: ${refused})`}`, async () => {
    const network = undo.use(await createNamespaceNetwork(3));
    await judge(network);
    expect(() => network.setWeather({ delayMsMin: 0, delayMsMax: 0, loss: 0, resets: 0, bytesPerSecond: 0 })).toThrow(RangeError);
  }, 60_000);
});
