import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createTestFolder, type Outcome, type TestFolder } from './support.ts';

const program = fileURLToPath(new URL('../src/main-job.ts', import.meta.url));
const command = ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', program];

let folder: TestFolder;
beforeEach(async () => { folder = await createTestFolder(); });
afterEach(() => folder.remove());

function run(args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...command, ...args], { cwd: folder.path }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }));
  });
}

/** Starts it to stay up, and reads its lines until one matches. */
async function startUntil(args: readonly string[], line: RegExp): Promise<{ child: ChildProcess; lines: string[]; rest: Promise<void> }> {
  const child = spawn(process.execPath, [...command, ...args], { cwd: folder.path, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  await new Promise<void>((resolve, reject) => {
    reader.on('line', (text) => {
      lines.push(text);
      if (line.test(text)) resolve();
    }).once('close', () => reject(new Error(`it ended after: ${lines.join('\n')}`)));
  });
  return { child, lines, rest: once(reader, 'close').then(() => {}) };
}

/** Processes of nodes, as the lines of the main job name them. */
const pidsOf = (lines: readonly string[]): number[] => lines.flatMap((line) => [.../ as process (\d+)/.exec(line) ?? []].slice(1).map(Number));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** As `npm start` names it: a module that this program does not bring. Here and not with the example, as two networks at a time take each other's ports while a node is down. */
const EXAMPLE = fileURLToPath(new URL('../../../examples/consensus-pow/src/index.ts', import.meta.url));

test.each([
  ['spos', /finality by votes/], ['poa', /finality by depth: each node's own promise, of so many seals/], ['bft', /finality with the block/],
  ['pow', /finality by depth: each node's own promise, for cuts of the network that are shorter/],
])('the main job stores, proves, survives a SIGKILL and agrees under %s, and goes on where it stopped', async (consensus, finality) => {
  const first = await run(['--modules', EXAMPLE, '--once', '--consensus', consensus, '--rows', '600']);
  expect([first.code, first.code === 0 ? '' : first.stdout + first.stderr]).toEqual([0, '']);
  expect(first.stdout).toContain('600 sent, 600 stored');
  expect(first.stdout).toContain('Andorra la Vella');
  expect(first.stdout).toContain('proven that there is none');
  expect(first.stdout.match(/refuses it: CLIENT_PROOF_FAILED/g)).toHaveLength(3);
  expect(first.stdout).toMatch(/node-3 was killed with SIGKILL at height \d+[^]*node-3 is started again[^]*node-3 is back at height \d+/);
  expect(first.stdout).toMatch(/all four report the same head at height \d+, with the state root [0-9a-f]{64}/);
  expect(first.stdout).toMatch(finality);
  const pids = pidsOf(first.stdout.split('\n'));
  expect(pids).toHaveLength(5);
  expect(pids.filter(isAlive)).toEqual([]);
  const second = await run(['--modules', EXAMPLE, '--once', '--consensus', consensus, '--rows', '900']);
  expect(second.stdout).toContain('known chain');
  expect(second.stdout).toContain('600 were stored before; 900 sent, 900 stored');
}, 300_000);

test('stays up until it is told to stop, steps over a busy port, and lets nobody else into its folder', async () => {
  const busy = createServer().listen(9_930, '127.0.0.1');
  const held = await once(busy, 'listening').then(() => true, () => false);
  const { child, lines, rest } = await startUntil(['--rows', '100'], /^End it with Ctrl-C/);
  try {
    if (held) expect(lines).toContain('port 9930 is busy: stepped over');
    expect(await run(['--once'])).toMatchObject({ code: 1, stderr: expect.stringContaining('error STORE_LOCKED') });
    const url = /RPC (http:\S+),/.exec(lines.find((line) => line.startsWith('node-4')) as string)?.[1] as string;
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/^vsys_head_height \d+$/m);
    child.kill('SIGINT');
    await rest;
    expect(lines.at(-1)).toBe('stopped');
    expect(pidsOf(lines).filter(isAlive)).toEqual([]);
  } finally {
    child.kill('SIGKILL');
    busy.close();
  }
}, 120_000);

test('killed half-way it leaves no node behind, and the next run stores what is missing', async () => {
  const { child, lines } = await startUntil(['--rows', '5000'], /node-3 was killed/);
  child.kill('SIGKILL');
  const pids = pidsOf(lines);
  // Their stdin ended with it: they stop by themselves.
  for (const endMs = Date.now() + 60_000; pids.some(isAlive) && Date.now() < endMs;) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(pids.filter(isAlive)).toEqual([]);
  expect((await run(['--once', '--rows', '5000'])).stdout).toMatch(/5,000 sent, 5,000 stored/);
}, 300_000);

test('refuses wrong options with what is right', async () => {
  for (const rows of ['many', '0', '1e3']) expect(await run(['--rows', rows])).toMatchObject({ code: 2, stderr: expect.stringContaining('--rows is a whole number from 1, or all') });
  expect(await run(['--consensus', 'pow'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--consensus is one of spos, poa, bft') });
});
