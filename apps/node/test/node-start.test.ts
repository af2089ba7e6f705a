import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createTestFolder, type Outcome, type RunningVsys, startVsys, type TestFolder, vsys } from './support.ts';

const TIME_MS = 180_000;
const ANY_PORT = ['--rpc-port', '0', '--p2p-listen', '/ip4/127.0.0.1/tcp/0'];
let folder: TestFolder;
const run = (...args: readonly string[]): Promise<Outcome> => vsys(folder.path, args);

/** A node that is up, and where it takes calls. */
async function startNode(cwd: string, ...args: readonly string[]): Promise<RunningVsys & { readonly rpc: string }> {
  const running = startVsys(cwd, ['node', 'start', ...ANY_PORT, ...args]);
  const rpc = await running.until((stdout) => /"rpc":"(http:[^"]+)".*"msg":"the node is up"/.exec(stdout)?.[1]);
  return Object.assign(running, { rpc });
}

beforeAll(async () => {
  folder = await createTestFolder();
  expect((await run('init', 'chain')).code).toBe(0);
}, TIME_MS);
afterAll(() => folder.remove());

describe('a node that runs', () => {
  let node: Awaited<ReturnType<typeof startNode>>;
  beforeAll(async () => { node = await startNode(folder.path, '--config', 'chain/node.toml', '--stop-with-stdin'); }, TIME_MS);
  afterAll(async () => { await node.stop('SIGKILL'); });

  test('is alive and ready, and can be measured', async () => {
    const [live, ready, metrics] = await Promise.all(['/health/live', '/health/ready', '/metrics'].map((path) => fetch(node.rpc + path)));
    expect([live!.status, await live!.json()]).toEqual([200, { live: true }]);
    expect([ready!.status, await ready!.json()]).toEqual([200, { ready: true }]);
    expect(metrics!.headers.get('content-type')).toContain('text/plain');
    const text = await metrics!.text();
    for (const name of ['vsys_head_height', 'vsys_final_height', 'vsys_peers', 'vsys_pool_transactions', 'vsys_memory_resident_bytes']) expect(text).toMatch(new RegExp(`^${name} [0-9.e+]+$`, 'm'));
    expect((await fetch(`${node.rpc}/nothing`)).status).toBe(404);
  });

  test('tells how it is', async () => {
    const shown = await run('node', 'status', '--url', node.rpc);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    const spec = JSON.parse((await run('chain', 'spec', 'chain/chain.json', '--json')).stdout) as { chainId: string };
    expect(shown.stdout).toContain(spec.chainId);
    expect(shown.stdout).toMatch(/head +height \d+, made at \d{4}-\d\d-\d\dT/);
    expect(shown.stdout).toMatch(/consensus +module spos@1\n/);
    const status = JSON.parse((await run('node', 'status', '--json', '--url', node.rpc)).stdout) as { chainId: string; consensus: object; head: object };
    expect(status).toMatchObject({ chainId: spec.chainId, consensus: { module: 'spos@1', seats: 1 }, peers: 0 });
  }, TIME_MS);

  test('keeps others off its folder', async () => {
    const second = await vsys(folder.path, ['node', 'start', ...ANY_PORT, '--config', 'chain/node.toml']);
    expect(second.code).toBe(1);
    expect(second.stderr).toMatch(/^error STORE_LOCKED: .*\n$/);
    expect((await fetch(`${node.rpc}/health/live`)).status).toBe(200);
  }, TIME_MS);

  test('ends in order on SIGTERM, although its stdin stays open, and goes on with the same blocks', async () => {
    const head = async (url: string): Promise<number> => (JSON.parse((await run('node', 'status', '--json', '--url', url)).stdout) as { head: { height: number } }).head.height;
    const before = await head(node.rpc);
    expect(await node.stop('SIGTERM')).toBe(0);
    expect(node.stdout).toMatch(/"msg":"stopping: SIGTERM".*\n(?:.*\n)*.*"msg":"stopped"/);
    expect(await run('node', 'status', '--url', node.rpc)).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/^error CLIENT_UNREACHABLE: .*check the url/) });
    node = await startNode(folder.path, '--config', 'chain/node.toml', '--stop-with-stdin');
    expect(await head(node.rpc)).toBeGreaterThanOrEqual(before);
    node.process.stdin!.end();
    expect(await node.ended).toBe(0);
    expect(node.stdout).toContain('stopping: stdin ended');
  }, TIME_MS);
});

describe('a node that cannot run says why in one line', () => {
  test('a port that is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const refused = await run('node', 'start', '--config', 'chain/node.toml', '--rpc-port', String(port), '--p2p-listen', '/ip4/127.0.0.1/tcp/0');
    await new Promise((resolve) => server.close(resolve));
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(new RegExp(`^error RPC_PORT_BUSY: port ${port} .*rpc\\.port.*\n$`));
  }, TIME_MS);

  test('files that are not there, or of another chain', async () => {
    expect((await run('init', 'other')).code).toBe(0);
    expect(await run('node', 'start', '--config', 'none.toml')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error CONFIG_MISSING: /) });
    expect(await run('node', 'start', '--config', 'chain/node.toml', '--chain-spec', 'none.json')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error SPEC_FILE: /) });
    expect(await run('node', 'start', '--config', 'chain/node.toml', '--seal-keys', 'none.key')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error KEY_FILE: /) });
    const wrong = await run('node', 'start', ...ANY_PORT, '--config', 'chain/node.toml', '--chain-spec', 'other/chain.json');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error CHAIN_WRONG_DATA: /) });
  }, TIME_MS);
});

describe('vsys explain', () => {
  test('tells cause and remedy of a code, however it is typed', async () => {
    expect(await run('explain', 'tx_expired')).toMatchObject({ code: 0, stderr: '', stdout: 'code   TX_EXPIRED\nmeans  the height in validUntil is past\nto do  sign it again with a later validUntil\n' });
    expect(JSON.parse((await run('explain', 'DATA_ROW', '--json')).stdout)).toEqual({ code: 'DATA_ROW', cause: expect.any(String), remedy: expect.any(String) });
  }, TIME_MS);

  test('lists all of them, and suggests where one is mistyped', async () => {
    const all = (await run('explain')).stdout.trim().split('\n');
    expect(all.length).toBeGreaterThan(150);
    expect(all.some((line) => /^STORE_LOCKED +\S/.test(line))).toBe(true);
    expect(await run('explain', 'TX_EXPIERD')).toMatchObject({ code: 5, stdout: '', stderr: expect.stringContaining('did you mean TX_EXPIRED?') });
    expect(await run('explain', 'QQQQQQQQQQQQQQQQ')).toMatchObject({ code: 5, stderr: expect.stringContaining('vsys explain lists them all') });
  }, TIME_MS);
});
