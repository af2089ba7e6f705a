import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { accept, hasCode, type VirtualTime } from '@vsys/primitives';
import { WebSocket } from 'ws';
import type { NodeStatus } from '../src/contract.ts';
import { type ChainApi, createChainApi, createRpcServer, type Readiness, type RpcServer } from '../src/server.ts';
import { newTime, pass, type Running, runChain } from './support.ts';

let time: VirtualTime;
let node: Running;
let api: ChainApi;
let server: RpcServer;
let url: string;
let readiness: Readiness;
beforeEach(async () => {
  time = newTime();
  node = await runChain(time);
  api = createChainApi({ chain: node.chain, nodeStatus: () => ({ version: '0.0.0' }) as NodeStatus });
  readiness = { ready: true };
  server = createRpcServer({ host: '127.0.0.1', port: 0, corsOrigins: ['https://wallet.example'] }, { api, ready: () => readiness, metricsText: async () => 'vsys_up 1\n' });
  ({ url } = await server.start());
});
afterEach(async () => {
  await server.stop();
  await node[Symbol.asyncDispose]();
});

interface Answered { status: number; body: string; headers: Record<string, unknown> }

/** By hand: fetch lets nobody set Host. */
function send(text: string, { path = '/', method = 'POST', headers = {} }: { path?: string; method?: string; headers?: Record<string, string> } = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${url}${path}`, { method, headers }, (response) => {
      const chunks: Uint8Array[] = [];
      response.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString(), headers: response.headers }));
    });
    request.on('error', reject);
    request.end(text);
  });
}
const call = (method: string, params: object = {}, id: unknown = 1): string => JSON.stringify({ jsonrpc: '2.0', id, method, params });
const parsed = async (text: string): Promise<{ id: unknown; result?: unknown; error?: { code: number; data: { code: string; remedy: string } } }> => JSON.parse((await send(text)).body) as never;

test('answers one request, a batch in its order, and notifications with nothing', async () => {
  expect(await parsed(call('chain_info', {}, 'a'))).toMatchObject({ jsonrpc: '2.0', id: 'a', result: { name: 'test' } });
  const batch = JSON.parse((await send(`[${call('chain_info', {}, 1)},${call('nothing', {}, 2)},{"jsonrpc":"2.0","method":"chain_info"},3]`)).body) as { id: unknown }[];
  expect(batch.map(({ id }) => id)).toEqual([1, 2, null]);
  expect(batch[1]).toMatchObject({ error: { code: -32_601, data: { code: 'RPC_METHOD' } } });
  expect(await send('{"jsonrpc":"2.0","method":"chain_info"}')).toMatchObject({ status: 204, body: '' });
});

test.each<[string, string, number, string]>([
  ['no JSON', '{"jsonrpc":', -32_700, 'RPC_PARSE'],
  ['an empty body', '', -32_700, 'RPC_PARSE'],
  ['an empty batch', '[]', -32_600, 'RPC_REQUEST'],
  ['a long batch', JSON.stringify(Array.from({ length: 33 }, () => ({}))), -32_000, 'RPC_LIMIT'],
  ['no version', '{"id":1,"method":"chain_info"}', -32_600, 'RPC_REQUEST'],
  ['a method that is no string', '{"jsonrpc":"2.0","id":1,"method":1}', -32_600, 'RPC_REQUEST'],
  ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"chain_info"}', -32_600, 'RPC_REQUEST'],
  ['nesting without end', '['.repeat(100_000), -32_700, 'RPC_PARSE'],
  ['nesting without end in parameters', `{"jsonrpc":"2.0","id":1,"method":"db_find","params":{"query":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}}`, -32_000, 'RPC_LIMIT'],
  ['wrong parameters', call('tx_status', { id: 'xx' }), -32_602, 'RPC_PARAMS'],
])('refuses %s with a code and a remedy', async (_, text, code, name) => {
  expect((await parsed(text)).error).toEqual({ code, message: expect.any(String), data: expect.objectContaining({ code: name, remedy: expect.any(String) }) });
});

test('keeps hosts and origins away that it was not told of', async () => {
  expect(await send(call('chain_info'), { headers: { host: 'evil.example' } })).toMatchObject({ status: 403, body: expect.stringContaining('RPC_HOST') });
  expect(await send(call('chain_info'), { headers: { origin: 'https://evil.example' } })).toMatchObject({ status: 403, body: expect.stringContaining('RPC_HOST') });
  const wallet = await send(call('chain_info'), { headers: { host: 'localhost:1', origin: 'https://wallet.example' } });
  expect(wallet).toMatchObject({ status: 200, headers: { 'access-control-allow-origin': 'https://wallet.example' } });
  expect(await send('', { method: 'OPTIONS', headers: { origin: 'https://wallet.example' } })).toMatchObject({ status: 204, headers: { 'access-control-allow-headers': 'content-type' } });
  const socket = new WebSocket(url.replace('http', 'ws'), { origin: 'https://evil.example' });
  expect(await new Promise((resolve) => void socket.on('error', ({ message }) => resolve(message)))).toContain('403');
});

test('refuses a body above the limit, told or not, and goes on serving', async () => {
  const large = 'x'.repeat(16_777_217);
  const told = await send(large).catch(({ code }: { code: string }) => code);
  // The rest is not read, so that the sender may see its socket end before the answer.
  expect(typeof told === 'string' ? 413 : told.status).toBe(413);
  const streamed = await send(large, { headers: { 'transfer-encoding': 'chunked' } }).catch(() => ({ status: 413, body: '' }));
  expect(streamed.status).toBe(413);
  expect(await parsed(call('chain_info'))).toHaveProperty('result');
});

test('somebody who hangs up in the middle costs nothing', async () => {
  for (let i = 0; i < 20; i++) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await new Promise((resolve) => void socket.write('POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{"js', resolve));
    socket.destroy();
  }
  expect(await parsed(call('chain_info'))).toHaveProperty('result');
});

test('serves health, metrics and the document, and tells where they are', async () => {
  expect(await send('', { method: 'GET', path: '/health/live' })).toMatchObject({ status: 200, body: '{"live":true}' });
  expect(await send('', { method: 'GET', path: '/health/ready' })).toMatchObject({ status: 200 });
  readiness = { ready: false, reason: 'it is syncing' };
  expect(await send('', { method: 'GET', path: '/health/ready' })).toMatchObject({ status: 503, body: JSON.stringify(readiness) });
  expect(await send('', { method: 'GET', path: '/metrics' })).toMatchObject({ status: 200, body: 'vsys_up 1\n' });
  expect(JSON.parse((await send('', { method: 'GET', path: '/openrpc.json' })).body)).toMatchObject({ openrpc: '1.3.2' });
  expect(await send('', { method: 'GET', path: '/' })).toMatchObject({ status: 405, body: expect.stringContaining('/health/ready') });
  expect(await send('', { method: 'GET', path: '/../etc/passwd' })).toMatchObject({ status: 404 });
});

/** A socket whose messages are waited for one by one. */
async function open(): Promise<{ socket: WebSocket; next: () => Promise<Record<string, unknown>>; ask: (text: string) => Promise<Record<string, unknown>> }> {
  const socket = new WebSocket(url.replace('http', 'ws'));
  const messages: Record<string, unknown>[] = [];
  let wake: (() => void) | undefined;
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)) as Record<string, unknown>);
    wake?.();
  });
  await new Promise((resolve) => void socket.once('open', resolve));
  const next = async (): Promise<Record<string, unknown>> => {
    while (messages.length === 0) await new Promise<void>((resolve) => { wake = resolve; });
    return messages.shift() as Record<string, unknown>;
  };
  return { socket, next, ask: (text) => { socket.send(text); return next(); } };
}

test('sends events after the number of their subscription, until it is ended', async () => {
  const { socket, next, ask } = await open();
  expect(await ask(call('subscribe', { topic: 'heads' }, 7))).toEqual({ jsonrpc: '2.0', id: 7, result: { subscription: 1 } });
  expect(await next()).toMatchObject({ method: 'event', params: { subscription: 1, topic: 'heads', applied: [{ height: 0 }] } });
  await pass(time, [node], 1_500);
  expect(await next()).toMatchObject({ params: { applied: [{ height: 1 }] } });
  expect(await ask(call('unsubscribe', { subscription: 1 }))).toMatchObject({ result: { done: true } });
  expect(await ask(call('unsubscribe', { subscription: 1 }))).toMatchObject({ result: { done: false } });
  await pass(time, [node], 1_000);
  expect(await ask(call('chain_info'))).toMatchObject({ result: { head: { height: node.chain.head.height } } });
  socket.close();
});

test('limits subscriptions, refuses what is no text, and closes for a message above the limit', async () => {
  const { socket, next, ask } = await open();
  for (let i = 0; i < 64; i++) {
    expect(await ask(call('subscribe', { topic: 'final' }))).toHaveProperty('result');
    await next();
  }
  expect(await ask(call('subscribe', { topic: 'final' }))).toMatchObject({ error: { data: { code: 'RPC_LIMIT' } } });
  socket.send(Buffer.from([1, 2, 3]));
  expect(await next()).toMatchObject({ error: { data: { code: 'RPC_REQUEST' } } });
  const closed = new Promise((resolve) => void socket.once('close', resolve));
  socket.send('x'.repeat(16_777_217));
  expect(await closed).toBe(1_009);
});

test('steps over a busy port when it may, says so when it may not, and ends while a socket is open', async () => {
  const port = Number(new URL(url).port);
  const parts = { api: { call: async () => accept(1), subscribe: api.subscribe }, ready: () => readiness, metricsText: async () => '' };
  const refused = await createRpcServer({ host: '127.0.0.1', port }, parts).start().catch((error: unknown) => error);
  expect(hasCode(refused, 'RPC_PORT_BUSY')).toBe(true);
  const foreign = await createRpcServer({ host: '192.0.2.1', port }, parts).start().catch((error: unknown) => error);
  expect(hasCode(foreign, 'RPC_LISTEN')).toBe(true);
  const other = createRpcServer({ host: '127.0.0.1', port, portTries: 50 }, parts);
  expect((await other.start()).port).toBeGreaterThan(port);
  await other.stop();
  const { socket } = await open();
  const closed = new Promise((resolve) => void socket.once('close', resolve));
  await server.stop();
  await closed;
});
