import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createVirtualTime, toHex, type VirtualTime } from '@vsys/primitives';
import { transfer } from '@vsys/transaction';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Client, clientLimits, createClient } from '../src/client.ts';
import type { BlockRefJson, RpcEvent } from '../src/contract.ts';
import { apiOf, bytesOf, failureOf, serve, type Served, trustIn } from './client-support.ts';
import { newTime, pass, type Running, runChain, seats, signed } from './support.ts';

let time: VirtualTime;
let node: Running;
let served: Served;
let client: Client;
beforeEach(async () => {
  time = newTime();
  node = await runChain(time);
  served = await serve(node);
  client = createClient({ url: served.url, trust: trustIn(node) });
});
afterEach(async () => {
  client.close();
  await served[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

type Heads = Extract<RpcEvent, { topic: 'heads' }>;
type Events = AsyncGenerator<RpcEvent, void, void>;
const nextOf = async (events: Events): Promise<RpcEvent> => (await events.next()).value as RpcEvent;
const refsOf = (events: readonly RpcEvent[]): BlockRefJson[] => events.flatMap((event) => (event as Heads).applied.map(({ height, id }) => ({ height, id })));

test('tells heads as they come, and ends quietly when told to', async () => {
  const stop = new AbortController();
  const heads = client.subscribe({ topic: 'heads' }, { signal: stop.signal });
  expect(await nextOf(heads)).toMatchObject({ topic: 'heads', undone: [], applied: [{ height: 0 }], token: toHex(node.chain.head.id) });
  await pass(time, [node], 2_500);
  expect(await nextOf(heads)).toMatchObject({ applied: [{ height: 1 }] });
  const waiting = (async () => { for await (const event of heads) if (event.topic === 'heads' && event.token === toHex(node.chain.head.id)) stop.abort(); })();
  await waiting;
  expect(await heads.next()).toEqual({ value: undefined, done: true });
});

test('goes on after the last head told when the node comes back, with nothing missing and nothing twice', async () => {
  const heads = client.subscribe({ topic: 'heads' });
  const told: RpcEvent[] = [await nextOf(heads)];
  await pass(time, [node], 1_500);
  told.push(await nextOf(heads));
  for (let round = 0; round < 3; round++) {
    const { port } = served;
    await served[Symbol.asyncDispose]();
    await pass(time, [node], round * 2_000);
    served = await serve(node, port);
    // The first round comes back to the same head: it is not told again, the one after it is.
    const next = nextOf(heads);
    if (round === 0) await pass(time, [node], 1_000);
    told.push(await next);
    while (refsOf(told).at(-1)!.id !== toHex(node.chain.head.id)) told.push(await nextOf(heads));
  }
  const ids = await Promise.all(Array.from({ length: node.chain.head.height }, async (_, i) => toHex((await node.chain.at(i + 2))?.header.parent ?? node.chain.head.id)));
  expect(refsOf(told).slice(1)).toEqual(ids.map((id, i) => ({ height: i + 1, id })));
});

test('tells what was undone while it was away', async () => {
  await using others = await runChain(time, seats.slice(1));
  await using one = await runChain(time, seats.slice(0, 1));
  await pass(time, [one, others], 4_000);
  const api = apiOf(one);
  let split = await serve(one, 0, api);
  using follower = createClient({ url: split.url, trust: trustIn(one) });
  const heads = follower.subscribe({ topic: 'heads' });
  expect(await nextOf(heads)).toMatchObject({ applied: [{ height: 1 }] });
  const undone = toHex(one.chain.head.id);
  await split[Symbol.asyncDispose]();
  for (const block of others.published) await one.chain.importBlock(block);
  await one.engine.idle();
  split = await serve(one, split.port, api);
  expect(await nextOf(heads)).toMatchObject({ undone: [{ height: 1, id: undone }], applied: others.published.map(({ header }) => ({ height: header.height })), token: toHex(others.chain.head.id) });
  follower.close();
  await split[Symbol.asyncDispose]();
});

test('tells what is final, and ends after the last status of a transaction, over a broken connection too', async () => {
  const finals = client.subscribe({ topic: 'final' });
  expect(await nextOf(finals)).toMatchObject({ topic: 'final', final: { height: 0 } });
  const { bytes, id } = signed(0n, [transfer(seats[0]!.account, 1n)]);
  await client.submit([bytesOf(bytes)]);
  const statuses = client.subscribe({ topic: 'transaction', id });
  expect(await nextOf(statuses)).toMatchObject({ topic: 'transaction', status: { kind: 'pooled' } });
  const { port } = served;
  await served[Symbol.asyncDispose]();
  served = await serve(node, port);
  const rest: string[] = [];
  const over = (async () => { for await (const event of statuses) rest.push(event.topic === 'transaction' ? event.status.kind : event.topic); })();
  const final = nextOf(finals);
  await pass(time, [node], 4_000);
  expect(await final).toMatchObject({ topic: 'final' });
  await over;
  expect(rest.filter((kind) => kind !== 'included')).toEqual(['final']);
});

test('refusals of the node are thrown', async () => {
  expect(await failureOf(client.subscribe({ topic: 'transaction', id: 'x' }).next())).toMatchObject({ code: 'RPC_PARAMS' });
  client.close();
  expect(await failureOf(client.subscribe({ topic: 'heads' }).next())).toMatchObject({ code: 'CLIENT_CLOSED' });
});

/** A WebSocket server that says what a test wants. */
async function scripted(connected: (socket: WebSocket, params: Record<string, unknown>, count: number) => void): Promise<Served> {
  const server: Server = createServer();
  const sockets = new WebSocketServer({ server });
  let count = 0;
  sockets.on('connection', (socket) => socket.once('message', (data) => connected(socket, (JSON.parse(String(data)) as { params: Record<string, unknown> }).params, ++count)));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`, port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
const accepted = '{"jsonrpc":"2.0","id":1,"result":{"subscription":4}}';
const eventOf = (params: object): string => JSON.stringify({ jsonrpc: '2.0', method: 'event', params: { subscription: 4, ...params } });
const headOf = (height: number): object => ({ topic: 'heads', token: String(height).padStart(64, '0'), undone: [], applied: [{ height, id: String(height).padStart(64, '0'), header: '' }] });
const at = (url: string, options: object = {}): Client => createClient({ url, trust: trustIn(node), ...options });

test.each<[string, string]>([
  ['no JSON', 'hello'],
  ['an event of another topic', eventOf({ topic: 'final', final: { height: 1, id: '00'.repeat(32) } })],
  ['a token that is none', eventOf({ ...headOf(1), token: 'x' })],
  ['blocks that are none', eventOf({ ...headOf(1), applied: [{ height: 1 }] })],
])('%s from a server ends the subscription with CLIENT_BAD_ANSWER', async (_, message) => {
  await using liar = await scripted((socket) => { socket.send(accepted); socket.send(message); });
  using lied = at(liar.url);
  expect(await failureOf(lied.subscribe({ topic: 'heads' }).next())).toMatchObject({ code: 'CLIENT_BAD_ANSWER' });
});

test('gives up on a server that does not answer the subscription, and hears no events of others', async () => {
  await using silent = await scripted(() => undefined);
  using waiting = at(silent.url, { timeoutMs: 40 });
  expect(await failureOf(waiting.subscribe({ topic: 'heads' }).next())).toMatchObject({ code: 'CLIENT_TIMEOUT' });
  await using strange = await scripted((socket) => { socket.send(accepted); socket.send(JSON.stringify({ jsonrpc: '2.0', method: 'event', params: { subscription: 5, ...headOf(1) } })); socket.send(eventOf(headOf(2))); });
  using hearing = at(strange.url);
  expect(await nextOf(hearing.subscribe({ topic: 'heads' }))).toMatchObject({ applied: [{ height: 2 }] });
});

test('tells a gap, then goes on from what is now', async () => {
  const asked: Record<string, unknown>[] = [];
  await using forgetful = await scripted((socket, params, count) => {
    asked.push(params);
    socket.send(accepted);
    if (count === 1) { socket.send(eventOf(headOf(1))); socket.close(); }
    else if (count === 2) socket.send(eventOf({ topic: 'gap', reason: 'too far back' }));
    else socket.send(eventOf(headOf(900)));
  });
  using follower = at(forgetful.url);
  const heads = follower.subscribe({ topic: 'heads' });
  expect([await nextOf(heads), await nextOf(heads), await nextOf(heads)]).toMatchObject([{ topic: 'heads' }, { topic: 'gap', reason: 'too far back' }, { applied: [{ height: 900 }] }]);
  expect(asked).toEqual([{ topic: 'heads' }, { topic: 'heads', after: '1'.padStart(64, '0') }, { topic: 'heads' }]);
});

test('events that nobody reads are not gathered without end: the rest is asked for again', async () => {
  const asked: unknown[] = [];
  const closed: Promise<void>[] = [];
  await using flood = await scripted((socket, params, count) => {
    asked.push(params.after);
    closed.push(new Promise((resolve) => void socket.once('close', () => resolve())));
    socket.send(accepted);
    for (let i = 1; i <= clientLimits.eventsWaitingMax + 500 && count === 1; i++) socket.send(eventOf(headOf(i)));
    if (count === 2) socket.send(eventOf(headOf(Number(params.after) + 1)));
  });
  using reader = at(flood.url);
  const heads = reader.subscribe({ topic: 'heads' });
  const told = [await nextOf(heads)];
  await closed[0];
  while (asked.length < 2) told.push(await nextOf(heads));
  expect(refsOf(told).map(({ height }) => height)).toEqual(told.map((_, i) => i + 1));
  // Those that waited, and the few that were read before they were so many.
  const heard = Number(asked[1]);
  expect(told.length).toBe(heard + 1);
  expect(heard).toBeGreaterThanOrEqual(clientLimits.eventsWaitingMax);
  expect(heard).toBeLessThan(clientLimits.eventsWaitingMax + 500);
});

test('waits longer before each new connection, and not above the limit', async () => {
  const virtual = createVirtualTime(1_000);
  const waits: number[] = [];
  let isOver = (): void => undefined;
  const over = new Promise<void>((resolve) => { isOver = resolve; });
  // Waits between connections are noted and cut short; those that bound a call are left alone.
  const timers = {
    setAt(atMs: number, callback: () => void): () => void {
      const ms = atMs - virtual.nowMs();
      if (ms === clientLimits.timeoutMs || ms === clientLimits.idleMs) return () => undefined;
      waits.push(ms);
      if (waits.length === 10) isOver();
      else queueMicrotask(callback);
      return () => undefined;
    },
  };
  await using moody = await scripted((socket, _, count) => {
    if (count === 1) { socket.send(accepted); socket.send(eventOf(headOf(1))); }
    socket.close();
  });
  using patient = at(moody.url, { clock: virtual, timers });
  const heads = patient.subscribe({ topic: 'heads' });
  await nextOf(heads);
  const next = heads.next();
  await over;
  patient.close();
  expect(await next).toEqual({ value: undefined, done: true });
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
});

test('asks for a sign of life after a silence, and makes a new connection when none comes', async () => {
  const idle: (() => void)[] = [];
  const timers = {
    setAt(atMs: number, callback: () => void): () => void {
      if (atMs === clientLimits.idleMs) idle.push(callback);
      else if (atMs !== clientLimits.timeoutMs) queueMicrotask(callback);
      return () => undefined;
    },
  };
  const sockets: WebSocket[] = [];
  await using mute = await scripted((socket, _, count) => {
    sockets.push(socket);
    socket.send(accepted);
    socket.send(eventOf(headOf(count)));
  });
  using listener = at(mute.url, { timers, clock: { nowMs: () => 0 } });
  const heads = listener.subscribe({ topic: 'heads' });
  expect(await nextOf(heads)).toMatchObject({ applied: [{ height: 1 }] });
  const silence = (): void => (idle.pop() as () => void)();
  // An event was heard since the start; then nothing, so it asks; the answer counts as life.
  silence();
  const asked = new Promise((resolve) => void sockets[0]!.once('message', (data) => resolve(JSON.parse(String(data)))));
  silence();
  expect(await asked).toMatchObject({ method: 'chain_info' });
  sockets[0]!.send('{"jsonrpc":"2.0","id":2,"result":{}}');
  sockets[0]!.send(eventOf(headOf(7)));
  expect(await nextOf(heads)).toMatchObject({ applied: [{ height: 7 }] });
  for (let quiet = 0; quiet < 3; quiet++) silence();
  expect(await nextOf(heads)).toMatchObject({ applied: [{ height: 2 }] });
  expect(sockets).toHaveLength(2);
});
