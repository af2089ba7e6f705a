import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import type { Followed, Given, Shown } from './page.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const STORY_MS_MAX = 180_000;
const vsys = ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', fileURLToPath(new URL('../../../apps/node/src/vsys.ts', import.meta.url))];

let folder: string;
let pages: Server;
let node: ChildProcess;
let given: Given;
let browser: Browser;

const here = existsSync(CHROMIUM) ? describe : describe.skip;

here('the client in a real Chromium (skipped where there is none at CHROMIUM or /usr/bin/chromium)', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vsys-browser-'));
    const bundled = await build({ entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))], bundle: true, write: false, platform: 'browser', format: 'iife', target: 'es2023', conditions: ['@vsys/source'], logLevel: 'silent' });
    const script = bundled.outputFiles[0]?.text ?? '';
    pages = createServer((request, response) => {
      const isScript = request.url === '/page.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html').end(isScript ? script : '<!doctype html><meta charset="utf-8"><title>V</title><script src="/page.js"></script>');
    });
    await new Promise<void>((resolve) => void pages.listen(0, '127.0.0.1', resolve));
    const url = await startNode(`http://127.0.0.1:${(pages.address() as AddressInfo).port}`);
    const owner = JSON.parse(await command('key', 'show', 'seal.key', '--json')) as { account: string };
    const at = ['--url', url, '--spec', 'chain.json', '--key', 'seal.key'];
    await command('db', 'create', 'shop', ...at);
    await command('db', 'create-collection', 'shop', 'teas', ...at);
    await command('db', 'insert', 'shop', 'teas', '[{"_id":1,"name":"Sencha"},{"_id":2,"name":"Assam"}]', ...at);
    // Somebody who is trusted hands these out; here it is the test.
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'chain_spec', params: {} }) });
    const { result } = await response.json() as { result: { spec: string; genesis: string } };
    const hex = (base64: string): string => Buffer.from(base64, 'base64').toString('hex');
    given = { url, spec: hex(result.spec), genesis: hex(result.genesis), owner: owner.account.slice(2).toLowerCase() };
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
    });
  }, STORY_MS_MAX);

  afterAll(async () => {
    await browser?.close();
    node?.stdin?.end();
    if (node !== undefined && node.exitCode === null) await new Promise((resolve) => node.once('exit', resolve));
    pages?.close();
    await rm(folder, { recursive: true, force: true });
  }, STORY_MS_MAX);

  test('follows the headers, verifies what is there and what is not, refuses a changed proof, and hears of new heads', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
    const shown = await page.evaluate((one) => (globalThis as unknown as { run(one: Given): Promise<Shown> }).run(one), given);
    expect(shown).toMatchObject({ names: ['Sencha'], absent: 0, count: '2', unknownCollection: 'QUERY_NO_COLLECTION', heads: 2 });
    expect(shown.changed).toMatch(/^CLIENT_/);
    expect(shown.headers).toBeGreaterThan(1);
    expect(shown.proofBytes).toBeGreaterThan(100);
    expect(complaints).toEqual([]);
  }, STORY_MS_MAX);

  test('goes on after a reload from the checkpoint that the page kept, and refuses one that was changed', async () => {
    const page = await browser.newPage();
    const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}/`;
    await page.goto(origin);
    const goOn = (): Promise<Followed> => page.evaluate((one) => (globalThis as unknown as { goOn(one: Given): Promise<Followed> }).goOn(one), given);
    const first = await goOn();
    expect(first).toMatchObject({ began: 0, lowest: 1, count: '2' });
    await page.reload();
    // A block on top, so that there is a header to be sent.
    await command('db', 'create', 'reloaded', '--url', given.url, '--spec', 'chain.json', '--key', 'seal.key');
    const second = await goOn();
    expect(second).toMatchObject({ lowest: second.began + 1, count: '2' });
    // What the one seat votes on a block comes with the next header, and makes the block below it final.
    expect(second.began).toBeGreaterThanOrEqual(first.tip - 2);
    expect(second.tip).toBeGreaterThan(first.tip);
    await page.evaluate(() => {
      const kept = localStorage.getItem('checkpoint') ?? '';
      localStorage.setItem('checkpoint', `${kept.slice(0, 100)}${kept[100] === '0' ? '1' : '0'}${kept.slice(101)}`);
    });
    await page.reload();
    await expect(goOn()).rejects.toThrow('the checkpoint is damaged');
    await page.close();
  }, STORY_MS_MAX);

  test('a page of another origin gets no answer', async () => {
    const stranger = createServer((_, response) => void response.setHeader('content-type', 'text/html').end('<!doctype html><link rel="icon" href="data:,">'));
    await new Promise<void>((resolve) => void stranger.listen(0, '127.0.0.1', resolve));
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`);
    const got = await page.evaluate((url) => fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"jsonrpc":"2.0","id":1,"method":"chain_info","params":{}}' }).then((answer) => answer.text(), String), given.url);
    expect(got).toMatch(/TypeError/);
    await page.close();
    stranger.close();
  }, STORY_MS_MAX);
});

async function startNode(origin: string): Promise<string> {
  await command('init', '.');
  node = spawn(process.execPath, [...vsys, 'node', 'start', '--rpc-port', '0', '--p2p-listen', '/ip4/127.0.0.1/tcp/0', '--rpc-cors-origins', origin, '--stop-with-stdin'], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: node.stdout as NodeJS.ReadableStream })) {
    const { msg, rpc } = JSON.parse(line) as { msg: string; rpc?: string };
    if (msg === 'the node is up' && rpc !== undefined) {
      node.stdout?.resume();
      return rpc;
    }
  }
  throw new Error('the node ended before it was up');
}

async function command(...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [...vsys, ...args], { cwd: folder, env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') } })).stdout;
}
