import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connect } from 'node:net';
import { createSeededRandom, type Logger, toHex, type VirtualTime } from '@vsys/primitives';
import { transfer } from '@vsys/transaction';
import { WebSocket } from 'ws';
import type { NodeStatus } from '../src/contract.ts';
import { explainCode } from '../src/remedies.ts';
import { createChainApi, createRpcServer, type RpcServer } from '../src/server.ts';
import { database, fill } from './client-support.ts';
import { garble, pick, type Seeded, twist } from './fuzz-calls.ts';
import { newTime, pass, type Running, runChain, seats, signed } from './support.ts';

const CALLS = 1_500;

interface Answer { id?: unknown; result?: unknown; error?: { code: number; message: string; data: { code: string; remedy: string } } }

let time: VirtualTime;
let node: Running;
let server: RpcServer;
let url: string;
let trouble: string[];
let rejections: unknown[];
const onRejection = (reason: unknown): void => void rejections.push(reason);
beforeEach(async () => {
  rejections = [];
  process.on('unhandledRejection', onRejection);
  trouble = [];
  const logger: Logger = {
    debug() {}, info() {}, warn() {}, scope: () => logger,
    error: (message, fields) => void trouble.push(`${message} ${JSON.stringify(fields, (_, value: unknown) => (value instanceof Error ? value.stack : value))}`),
  };
  time = newTime();
  node = await runChain(time);
  await fill(time, node);
  const api = createChainApi({ chain: node.chain, nodeStatus: () => ({ version: '0.0.0' }) as NodeStatus, logger });
  server = createRpcServer({ host: '127.0.0.1', port: 0 }, { api, ready: () => ({ ready: true }), metricsText: async () => '', logger });
  ({ url } = await server.start());
});
afterEach(async () => {
  await server.stop();
  await node[Symbol.asyncDispose]();
  process.off('unhandledRejection', onRejection);
  expect([trouble, rejections]).toEqual([[], []]);
});

/** One good call of each method, to be made wrong. */
function goodCalls(): readonly { readonly method: string; readonly params: object }[] {
  const hash = toHex(node.chain.head.id);
  const query = { database: toHex(database), collection: 'people', filter: { age: { $gte: 3, $lt: 9 } }, sort: [{ path: 'age', direction: 1 }], limit: 5 };
  return [
    { method: 'chain_info', params: {} }, { method: 'chain_spec', params: {} }, { method: 'chain_headers', params: { locator: [hash], max: 10 } }, { method: 'chain_block', params: { id: hash } },
    { method: 'chain_block', params: { height: 1 } }, { method: 'tx_submit', params: { transactions: [signed(9n, [transfer(seats[0]!.account, 1n)]).bytes] } }, { method: 'tx_status', params: { id: hash } },
    { method: 'account_get', params: { account: toHex(seats[0]!.account), lane: 0, at: 1 } }, { method: 'state_prove', params: { keys: ['01', '0462'], at: 1 } }, { method: 'state_diff', params: { from: '01', to: '0a', since: 0, limit: 5, at: 1 } }, { method: 'db_find', params: { query } },
    { method: 'db_count', params: { query: { ...query, sort: undefined, limit: undefined } } }, { method: 'db_documents', params: { query, at: 2 } }, { method: 'db_explain', params: { query: { ...query, filter: { _id: 'x' } } } },
    { method: 'node_status', params: {} }, { method: 'rpc_discover', params: {} }, { method: 'subscribe', params: { topic: 'heads', after: hash } }, { method: 'subscribe', params: { topic: 'transaction', id: hash } }, { method: 'unsubscribe', params: { subscription: 1 } },
  ];
}

function wrongText(random: Seeded, calls: ReturnType<typeof goodCalls>): string {
  const { method, params } = pick(random, random.below(2) === 0 ? calls : calls.filter((call) => /^(db|state|tx)_/.test(call.method)));
  const call: unknown = { jsonrpc: '2.0', id: random.below(1_000), method, params: random.below(8) === 0 ? params : twist(random, params) };
  const text = JSON.stringify(random.below(10) === 0 ? twist(random, call) : random.below(20) === 0 ? [call, twist(random, call)] : call) ?? 'undefined';
  return random.below(8) === 0 ? garble(random, text) : text;
}

/** Each answer is a result, or a code that is explained; never an excuse. */
function checkAnswers(text: string, sent: string): void {
  const answers = [JSON.parse(text) as Answer | Answer[]].flat();
  for (const { error, result } of answers) {
    if (error === undefined) {
      expect(result).toBeDefined();
      continue;
    }
    const { code, remedy } = error.data;
    if (code === 'RPC_INTERNAL' || explainCode(code) === undefined || remedy.length < 7 || error.message === '') throw new Error(`${code} "${error.message}" answers ${sent.slice(0, 2_000)}`);
  }
}

async function stillServes(): Promise<void> {
  const { height } = node.chain.head;
  await pass(time, [node], 3_000);
  const answered = (await (await fetch(url, { method: 'POST', body: '{"jsonrpc":"2.0","id":1,"method":"chain_info"}' })).json()) as { result: { head: { height: number } } };
  expect(answered.result.head.height).toBeGreaterThan(height);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
}

describe.each([1, 2])('calls made wrong, from seed %d', (seed) => {
  test('over HTTP are answered with codes and remedies', async () => {
    const random = createSeededRandom(seed);
    const calls = goodCalls();
    for (let i = 0; i < CALLS; i++) {
      const text = wrongText(random, calls);
      const response = await fetch(url, { method: 'POST', body: text });
      expect([200, 204]).toContain(response.status);
      if (response.status === 200) checkAnswers(await response.text(), text);
    }
    await stillServes();
  }, 120_000);

  test('over a WebSocket are answered with codes and remedies, and events go on', async () => {
    const random = createSeededRandom(100 + seed);
    const calls = goodCalls();
    const socket = new WebSocket(url.replace('http', 'ws'));
    await new Promise((resolve) => void socket.once('open', resolve));
    let wrong: unknown;
    let answers = 0;
    let wake = (): void => {};
    socket.on('message', (data) => {
      const text = String(data);
      if (!text.startsWith('{"jsonrpc":"2.0","method":"event"')) {
        answers++;
        try {
          checkAnswers(text, 'what was sent to the socket');
        } catch (error) {
          wrong ??= error;
        }
      }
      wake();
    });
    for (let i = 0; i < CALLS / 30; i++) {
      for (let j = 0; j < 30; j++) socket.send(wrongText(random, calls));
      // A call with an id is always answered, so this one shows that all before it were handled.
      const before = answers;
      socket.send('{"jsonrpc":"2.0","id":"last","method":"chain_info"}');
      while (answers === before) await new Promise<void>((resolve) => { wake = resolve; });
      await pass(time, [node], 250);
    }
    expect(wrong).toBeUndefined();
    expect(socket.readyState).toBe(socket.OPEN);
    socket.close();
    await stillServes();
  }, 120_000);

  test('with bytes that are no HTTP at all cost their connection only', async () => {
    const random = createSeededRandom(200 + seed);
    const good = 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 46\r\n\r\n{"jsonrpc":"2.0","id":1,"method":"chain_info"}';
    const upgrade = 'GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
    for (let i = 0; i < 150; i++) {
      const text = random.below(3) === 0 ? Buffer.from(random.bytes(1 + random.below(400))) : Buffer.from(random.below(2) === 0 ? garble(random, pick(random, [good, upgrade])) : upgrade + Buffer.from(random.bytes(50)).toString('latin1'), 'latin1');
      await new Promise<void>((resolve) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1');
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
        socket.on('data', () => undefined);
        socket.end(text);
      });
    }
    await stillServes();
  }, 120_000);
});
