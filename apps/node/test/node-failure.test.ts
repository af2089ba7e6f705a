import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRouter } from '@vsys/container';
import { createChain, type FailureBundle, sealMessage } from '@vsys/consensus';
import { createInlineVerifier } from '@vsys/crypto';
import { type Block, blockId, blockToBytes, chainId } from '@vsys/data-format';
import { systemClock, toHex } from '@vsys/primitives';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { openFileBlockLog } from '@vsys/store-rocksdb';
import { createCoinContainer } from '@vsys/transaction';
import { containers } from '../src/containers.ts';
import { readKeyFile } from '../src/key-file.ts';
import { consensusModule } from '../src/modules.ts';
import { readSpecFile } from '../src/spec-file.ts';
import { createTestFolder, type TestFolder, vsys } from './support.ts';

const VSYS = fileURLToPath(new URL('../src/vsys.ts', import.meta.url));
const PORTS = ['--rpc-port', '0', '--p2p-listen', '/ip4/127.0.0.1/tcp/0'];

interface Ended { readonly code: number | null; readonly stdout: string; readonly stderr: string }
interface Running { readonly ended: Promise<Ended>; logged(words: string): Promise<void>; stop(): void }

const running = new Set<Running>();
afterEach(async () => {
  for (const one of running) one.stop();
  await Promise.allSettled([...running].map(({ ended }) => ended));
  running.clear();
});

/** `vsys node start`, as a process of its own. */
function startNode(folder: string, ...args: string[]): Running {
  const child = spawn(process.execPath, ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', VSYS, 'node', 'start', '--config', `${folder}/node.toml`, ...PORTS, ...args], { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: process.env.PATH, NO_COLOR: '1' } });
  let [stdout, stderr] = ['', ''];
  const checks = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    stdout += more;
    for (const check of checks) check();
  });
  child.stderr.setEncoding('utf8').on('data', (more: string) => void (stderr += more));
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
      for (const check of checks) check();
    });
  });
  const one: Running = {
    ended,
    logged: (words) => new Promise((resolve) => {
      const check = (): void => { if (stdout.includes(words) || child.exitCode !== null) resolve(); };
      checks.add(check);
      check();
    }),
    stop: () => void child.kill('SIGTERM'),
  };
  running.add(one);
  return one;
}

let folder: TestFolder;
beforeAll(async () => { folder = await createTestFolder(); });
afterAll(() => folder.remove());

/** Tried before the tests are named, as a test that is skipped says why. */
const mounted = ((): string | undefined => {
  const path = mkdtempSync(join(tmpdir(), 'vsys-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    rmdirSync(path);
    return undefined;
  }
})();

describe('a node whose disk is full', () => {
  if (mounted === undefined) {
    test.skip('ends (skipped: this machine does not let us mount a tmpfs)', () => {});
    return;
  }
  const path = mounted;
  afterAll(() => {
    execFileSync('umount', ['-l', path], { stdio: 'ignore' });
    rmdirSync(path);
  });

  test('ends with the code and the way out, also while its stdin is open, and goes on when there is room', async () => {
    const home = `${path}/chain`;
    expect(await vsys(path, ['init', home, '--consensus', 'poa'])).toMatchObject({ code: 0 });
    const first = startNode(home, '--stop-with-stdin');
    await first.logged('the node is up');
    const ballast = `${path}/ballast`;
    await writeFile(ballast, new Uint8Array(24 << 20)).catch(() => undefined);
    await truncate(ballast, Math.max(0, (await stat(ballast)).size - 8_000));
    const ended = await first.ended;
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error STORE_FULL: [^\n]*free space[^\n]*\n$/) });
    expect(ended.stdout).toContain('the node stops');
    await rm(ballast);
    const second = startNode(home, '--stop-with-stdin');
    await second.logged('the node is up');
    second.stop();
    expect(await second.ended).toMatchObject({ code: 0, stderr: '' });
  }, 90_000);
});

/** A block on genesis, rightly sealed by the seat, that promises a state which is not the one after it. */
async function falseBlock(home: string): Promise<Block> {
  const spec = await readSpecFile(`${home}/chain.json`);
  const { signer } = await readKeyFile(`${home}/seal.key`);
  const opened = consensusModule(spec.consensus.module).open(spec.consensus.params, chainId(spec));
  if (!opened.ok) throw new RangeError(opened.message);
  await using chain = await createChain({ spec }, { consensus: opened.value, router: createRouter([createCoinContainer(), ...containers]), store: createMemoryStore(), log: createMemoryBlockLog(), verifier: createInlineVerifier(), clock: systemClock });
  const built = await chain.build({ job: 'x', on: chain.genesis.id, timeMs: spec.genesisTimeMs + 1_000, ext: Uint8Array.of(0, 0), deadlineMs: 0 });
  if (built === undefined) throw new RangeError('nothing was built');
  const header = { ...built.block.header, stateRoot: new Uint8Array(32) };
  return { ...built.block, header, seal: signer.sign(sealMessage(blockId(header))) };
}

test('settings of the network that cannot be are refused with the way out, whatever else must be closed', async () => {
  const home = folder.file('ports');
  await vsys(folder.path, ['init', home, '--consensus', 'poa']);
  const holder = createServer();
  await new Promise<void>((resolve) => void holder.listen(0, '127.0.0.1', resolve));
  const taken = `/ip4/127.0.0.1/tcp/${(holder.address() as AddressInfo).port}`;
  expect(await startNode(home, '--p2p-listen', taken).ended).toMatchObject({ code: 3, stderr: expect.stringMatching(/^error P2P_LISTEN: cannot listen at [^\n]*the port is taken; [^\n]*give another port\n$/) });
  await new Promise((resolve) => void holder.close(resolve));
  expect(await startNode(home, '--p2p-peers', 'rubbish').ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error P2P_ADDRESS_INVALID: [^\n]*"rubbish"[^\n]*\n$/) });
}, 60_000);

test('a block of the log that does not execute as it did is refused at the start, and the evidence is kept', async () => {
  const home = folder.file('broken');
  await vsys(folder.path, ['init', home, '--consensus', 'poa']);
  const block = await falseBlock(home);
  const log = await openFileBlockLog(`${home}/data/blocks`);
  await log.append([blockToBytes(block)]);
  await log.close();
  for (let again = 0; again < 2; again++) {
    expect(await startNode(home).ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error CHAIN_REPLAY: [^\n]*sync again\n$/), stdout: expect.stringContaining('is kept') });
  }
  const names = await readdir(`${home}/data/failures`);
  expect(names).toHaveLength(1);
  const bundle = JSON.parse(await readFile(`${home}/data/failures/${names[0]}`, 'utf8')) as FailureBundle;
  expect(bundle).toMatchObject({ reason: 'STATE_ROOT', parent: { height: 0 }, block: { id: toHex(blockId(block.header)), bytes: toHex(blockToBytes(block)) } });
}, 60_000);
