import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chainId, chainSpecFromBytes, createTransaction, sealedHeaderFromBytes, transactionToBytes } from '@vsys/data-format';
import { collectionOps, createDatabase, databaseId } from '@vsys/database/ops';
import { answerFromJson, queryFromJson, verifyAnswer } from '@vsys/database-query';
import { fromHex, toHex, type VirtualTime } from '@vsys/primitives';
import { verifyKeys } from '@vsys/state/proof';
import { balanceKey, transfer } from '@vsys/transaction';
import { type ChainApi, createChainApi, type TopicEvent } from '../src/server.ts';
import type { NodeStatus } from '../src/contract.ts';
import { methods } from '../src/methods.ts';
import { newTime, pass, rich, type Running, runChain, seats, signed, spec } from './support.ts';

const status = { version: '0.0.0' } as NodeStatus;
const database = databaseId(rich.account, 'world');
const query = { database: toHex(database), collection: 'people', filter: { age: 7 } };
const INDEX = { name: 'age', unique: false, fields: [{ path: 'age', direction: 1 as const }] };
const people = collectionOps(database, 'people');
const person = (i: number) => new Map<string, string | bigint>([['_id', `p${i}`], ['age', BigInt(i % 9)]]);

let time: VirtualTime;
let node: Running;
let api: ChainApi;
beforeEach(async () => {
  time = newTime();
  node = await runChain(time);
  api = createChainApi({ chain: node.chain, nodeStatus: () => status });
});
afterEach(async () => { await node[Symbol.asyncDispose](); });

/** The answer of a call that must succeed. */
async function ask<T = Record<string, unknown>>(method: string, params: unknown = {}): Promise<T> {
  const verdict = await api.call(method, params);
  if (!verdict.ok) throw new Error(`${method}: ${verdict.code}: ${verdict.message}`);
  return JSON.parse(JSON.stringify(verdict.value)) as T;
}
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
/** Lets what waits in promises and timers of the loop run. */
const settle = async (): Promise<void> => { for (let i = 0; i < 20; i++) await new Promise(setImmediate); };

async function fill(): Promise<void> {
  const transactions = [signed(0n, [createDatabase('world'), people.create([INDEX])]), signed(1n, [people.insert(Array.from({ length: 20 }, (_, i) => person(i)))])];
  const { results } = await ask<{ results: object[] }>('tx_submit', { transactions: transactions.map(({ bytes }) => bytes) });
  expect(results).toEqual(transactions.map(({ id }) => ({ id, status: 'pooled' })));
  await pass(time, [node], 3_000);
}

test('every call of the contract is answered or served as a subscription, and described', async () => {
  const { methods: described } = await ask<{ openrpc: string; methods: { name: string; params: object[]; errors: object[] }[] }>('rpc_discover');
  expect(described.map(({ name }) => name)).toEqual(Object.keys(methods));
  for (const name of Object.keys(methods)) {
    const verdict = await api.call(name, {});
    if (!verdict.ok) expect([name, verdict.code]).toEqual([name, name.endsWith('subscribe') ? 'RPC_METHOD' : 'RPC_PARAMS']);
  }
});

test('tells the chain, its spec, whose hash is the id, and headers that follow one another', async () => {
  await pass(time, [node], 5_000);
  const info = await ask<{ chainId: string; head: { height: number; id: string }; genesis: { id: string } }>('chain_info');
  const read = chainSpecFromBytes(bytesOf((await ask<{ spec: string }>('chain_spec')).spec));
  expect(toHex(chainId((read as { value: typeof spec }).value ?? spec))).toBe(info.chainId);
  const { headers } = await ask<{ headers: string[] }>('chain_headers', { locator: [info.genesis.id], max: 512 });
  expect(headers).toHaveLength(info.head.height);
  const last = sealedHeaderFromBytes(bytesOf(headers.at(-1) as string));
  expect(last).toMatchObject({ ok: true, value: { header: { height: info.head.height } } });
  const block = await ask<{ block: { id: string; height: number }; final: boolean }>('chain_block', { height: 2 });
  expect(await ask('chain_block', { id: block.block.id })).toEqual(block);
  expect(await ask('chain_block', { height: 0 })).toMatchObject({ block: { height: 0, id: info.genesis.id }, final: true, transactions: [] });
});

test('takes transactions, tells what became of each, and is not moved by sending again', async () => {
  const good = signed(0n, [transfer(seats[0]!.account, 500n)]);
  const poor = createTransaction({ chainId: chainId(spec), payer: seats[1]!.account, lane: 0, sequence: 0n, validUntil: 100, feeMax: 1_000_000n, gasMax: 100_000n, operations: [transfer(rich.account, 1n)] }, [seats[1]!]);
  const transactions = [good.bytes, Buffer.from('not a transaction').toString('base64'), Buffer.from(transactionToBytes(poor)).toString('base64')];
  const { results } = await ask<{ results: { status?: string; error?: { code: string; remedy: string } }[] }>('tx_submit', { transactions });
  expect(results[0]).toEqual({ id: good.id, status: 'pooled' });
  for (const { error } of results.slice(1)) expect([error?.code, error?.remedy]).toEqual([expect.stringMatching(/^[A-Z]+_/), expect.any(String)]);
  expect(await ask('tx_submit', { transactions: [good.bytes] })).toEqual({ results: [{ id: good.id, status: 'known' }] });
  expect(await ask('tx_status', { id: good.id })).toEqual({ kind: 'pooled' });
  await pass(time, [node], 2_000);
  expect(await ask('tx_status', { id: good.id })).toMatchObject({ kind: 'included', receipt: { status: 'ok' } });
  expect(await ask('tx_status', { id: '00'.repeat(32) })).toEqual({ kind: 'unknown' });
  expect(await ask('account_get', { account: toHex(seats[0]!.account) })).toMatchObject({ balance: '500', sequence: '0' });
  expect(await ask('account_get', { account: toHex(seats[0]!.account), at: 0 })).toMatchObject({ balance: '0', block: { height: 0 } });
});

test('proves keys and rows under the root of the block that it names', async () => {
  await fill();
  const roots = new Map((await Promise.all([...Array(node.chain.head.height + 1).keys()].map((height) => node.chain.at(height)))).map((sealed) => [sealed!.header.height, sealed!.header.stateRoot]));
  const keys = [balanceKey(rich.account), balanceKey(seats[2]!.account)];
  const proven = await ask<{ block: { height: number }; proof: string }>('state_prove', { keys: keys.map(toHex) });
  const shown = verifyKeys(roots.get(proven.block.height)!, keys, bytesOf(proven.proof));
  expect(shown.ok && shown.value.map((value) => value !== undefined)).toEqual([true, false]);

  const found = await ask<{ block: { height: number }; answer: unknown }>('db_find', { query });
  const [read, answer] = [queryFromJson(query), answerFromJson(found.answer)];
  if (!read.ok || !answer.ok) throw new Error('unreadable');
  const verified = verifyAnswer(roots.get(found.block.height)!, read.value, answer.value);
  expect(verified.ok && verified.value.documents.map(({ document }) => document.get('_id')).toSorted()).toEqual(['p16', 'p7']);
  const claimed = await ask<{ documents: { _id: string }[]; tier: string }>('db_documents', { query });
  expect([claimed.tier, claimed.documents.map(({ _id }) => _id).toSorted()]).toEqual(['claimed', ['p16', 'p7']]);
  expect(await ask('db_explain', { query })).toMatchObject({ explanation: { via: 'index', index: 'age', tier: 'proven' } });
});

test.each<[string, string, unknown, string]>([
  ['an unknown method', 'chain_infos', {}, 'RPC_METHOD'],
  ['a name of every object', 'constructor', {}, 'RPC_METHOD'],
  ['a subscription without a socket', 'subscribe', { topic: 'heads' }, 'RPC_METHOD'],
  ['parameters by position', 'tx_status', ['00'], 'RPC_PARAMS'],
  ['a mistyped parameter', 'tx_status', { id: '00'.repeat(32), idd: 1 }, 'RPC_PARAMS'],
  ['capital hex', 'tx_status', { id: 'AB'.repeat(32) }, 'RPC_PARAMS'],
  ['base64 with a hole', 'tx_submit', { transactions: ['AA=A'] }, 'RPC_PARAMS'],
  ['too many transactions', 'tx_submit', { transactions: Array.from({ length: 257 }, () => 'AA==') }, 'RPC_LIMIT'],
  ['a fraction of a height', 'chain_block', { height: 1.5 }, 'RPC_PARAMS'],
  ['both height and id', 'chain_block', { height: 1, id: '00'.repeat(32) }, 'RPC_PARAMS'],
  ['a block of the future', 'chain_block', { height: 9_999 }, 'RPC_NOT_FOUND'],
  ['an unknown block', 'chain_block', { id: '00'.repeat(32) }, 'RPC_NOT_FOUND'],
  ['a state of the future', 'account_get', { account: '00'.repeat(20), at: 9_999 }, 'RPC_OUTSIDE_WINDOW'],
  ['a query that nests without end', 'db_find', { query: { ...query, filter: JSON.parse('{"a":'.repeat(200) + '1' + '}'.repeat(200)) as unknown } }, 'RPC_LIMIT'],
  ['a query that is none', 'db_find', { query: { ...query, filter: 3 } }, 'QUERY_MALFORMED'],
  ['documents of no collection', 'db_documents', { query }, 'QUERY_NO_COLLECTION'],
])('refuses %s', async (_, method, params, code) => {
  expect(await api.call(method, params)).toMatchObject({ ok: false, code });
});

function follow(params: unknown, limit = Infinity): TopicEvent[] {
  const events: TopicEvent[] = [];
  const opened = api.subscribe(params, (event) => events.push(event) < limit);
  if (!opened.ok) throw new Error(opened.message);
  return events;
}
type Heads = Extract<TopicEvent, { topic: 'heads' }>;

test('follows heads and finality, and resumes after a token without a hole', async () => {
  const heads = follow({ topic: 'heads' }) as Heads[];
  const finals = follow({ topic: 'final' });
  const two = follow({ topic: 'heads' }, 2);
  await pass(time, [node], 6_000);
  await settle();
  expect(heads.map(({ applied }) => applied.map(({ height }) => height))).toEqual([...Array(node.chain.head.height + 1).keys()].map((height) => [height]));
  expect(two).toHaveLength(2);
  expect(finals.at(-1)).toMatchObject({ final: { height: node.chain.final.height } });
  const resumed = follow({ topic: 'heads', after: heads[2]!.token }) as Heads[];
  await settle();
  expect(resumed[0]!.applied).toEqual(heads.slice(3).flatMap(({ applied }) => applied));
  expect(resumed[0]!.token).toBe(toHex(node.chain.head.id));
  const lost = follow({ topic: 'heads', after: '11'.repeat(32) });
  await settle();
  expect(lost).toEqual([{ topic: 'gap', reason: expect.any(String) }]);
});

test('tells undone blocks, also to one who resumes from a block that is no more', async () => {
  await using lonely = await runChain(time, seats.slice(2));
  const alone = createChainApi({ chain: lonely.chain, nodeStatus: () => status });
  const seen: Heads[] = [];
  const opened = alone.subscribe({ topic: 'heads' }, (event) => seen.push(event as Heads) > 0);
  await pass(time, [node, lonely], 7_000);
  const before = seen.at(-1)!.token;
  const undoneHeight = lonely.chain.head.height;
  if (opened.ok) opened.value.close();
  for (const block of node.published) await lonely.chain.importBlock(block);
  expect(toHex(lonely.chain.head.id)).toBe(toHex(node.chain.head.id));
  const after: Heads[] = [];
  alone.subscribe({ topic: 'heads', after: before }, (event) => after.push(event as Heads) > 0);
  await settle();
  const [{ undone, applied, token } = { undone: [], applied: [], token: '' }] = after;
  expect(undone.map(({ height }) => height)).toEqual([...Array(undoneHeight).keys()].map((i) => undoneHeight - i));
  expect(applied.map(({ height }) => height)).toEqual([...Array(node.chain.head.height).keys()].map((i) => i + 1));
  expect(token).toBe(toHex(fromHex(applied.at(-1)!.id)));
});

test('tells each state of a transaction once and ends with the last', async () => {
  const { bytes, id } = signed(0n, [transfer(seats[0]!.account, 1n)]);
  const events = follow({ topic: 'transaction', id }) as Extract<TopicEvent, { topic: 'transaction' }>[];
  await settle();
  await ask('tx_submit', { transactions: [bytes] });
  await pass(time, [node], 12_000);
  await settle();
  const kinds = events.map(({ status: { kind } }) => kind);
  expect(kinds.at(-1)).toBe('final');
  expect(new Set(kinds).size).toBe(kinds.length);
  expect(kinds).toContain('included');
});
