import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sealedHeaderFromBytes, sealedHeaderToBytes } from '@vsys/data-format';
import { toHex, type VirtualTime } from '@vsys/primitives';
import { transfer } from '@vsys/transaction';
import { type Client, createClient } from '../src/client.ts';
import { fromBase64, toBase64 } from '../src/client/base64.ts';
import type { RpcResult } from '../src/contract.ts';
import { apiOf, bytesOf, changing, failureOf, fill, type Lie, ofAge, serveLies, trustIn } from './client-support.ts';
import { newTime, rich, type Running, runChain, seats, signed } from './support.ts';

let time: VirtualTime;
let node: Running;
beforeEach(async () => {
  time = newTime();
  node = await runChain(time);
  await fill(time, node);
});
afterEach(async () => { await node[Symbol.asyncDispose](); });

/** What a client of a lying server meets. */
async function against<T>(lie: Lie, work: (client: Client) => Promise<T>, options: { timeoutMs?: number; answerBytesMax?: number } = {}): Promise<T> {
  await using served = await serveLies(apiOf(node), lie);
  using client = createClient({ url: served.url, trust: trustIn(node), ...options });
  return await work(client);
}
const find = (client: Client): Promise<unknown> => client.find(ofAge(7n));
const failedFind = (lie: Lie, options?: { timeoutMs?: number; answerBytesMax?: number }): ReturnType<typeof failureOf> => against(lie, (client) => failureOf(find(client)), options);

type Find = RpcResult<'db_find'>;
type Headers = RpcResult<'chain_headers'>;

test('the same server without a lie is believed', async () => {
  expect(await against((answer) => answer, find)).toMatchObject({ documents: { length: 4 } });
});

test.each(['collectionProof', 'rangeProof', 'documentsProof'] as const)('every changed byte of the %s is found out', async (name) => {
  let at = 0;
  let length = 1;
  const lie = changing<Find>('db_find', ({ answer, ...rest }) => {
    const bytes = bytesOf(answer[name]);
    length = bytes.length;
    bytes[at] = (bytes[at] as number) ^ 0x01;
    return { ...rest, answer: { ...answer, [name]: toBase64(bytes) } };
  });
  await against(lie, async (client) => {
    for (; at < length; at += 17) expect([at, await failureOf(find(client))]).toMatchObject([at, { code: 'CLIENT_PROOF_FAILED', data: { reason: expect.stringMatching(/^PROOF_/) } }]);
  });
  expect(length).toBeGreaterThan(100);
});

test('a block that was undone before its header could be followed is asked for again, and not for ever', async () => {
  for (const [undone, expected] of [[2, undefined], [9, { code: 'CLIENT_BEHIND' }]] as const) {
    let asked = 0;
    const lie = changing<Find>('db_find', ({ answer, block }) => ({ answer, block: ++asked <= undone ? { ...block, id: 'ab'.repeat(32) } : block }));
    const outcome = await against(lie, (client) => client.find(ofAge(7n)).then(({ documents }) => (documents.length > 0 ? undefined : 'nothing'), (error: unknown) => error));
    if (expected === undefined) expect(outcome).toBeUndefined();
    else expect(outcome).toMatchObject(expected);
    expect(asked).toBe(3);
  }
});

test('an answer cut short, of another block, or of a block that is not there shows nothing', async () => {
  const cut = changing<Find>('db_find', ({ answer, block }) => ({ block, answer: { ...answer, documentsProof: '' } }));
  expect(await failedFind(cut)).toMatchObject({ code: 'CLIENT_PROOF_FAILED', remedy: expect.stringContaining('another node') });
  // The block is a verified one, with another state root.
  const id = toHex(node.chain.treeView.get(node.chain.head.id)!.parent);
  const genesis = { height: 0, id: toHex(node.chain.genesis.id) };
  expect(await failedFind(changing<Find>('db_find', ({ answer }) => ({ answer, block: genesis })))).toMatchObject({ code: 'CLIENT_PROOF_FAILED', data: { reason: 'PROOF_ROOT', block: genesis } });
  expect(await failedFind(changing<Find>('db_find', ({ answer, block }) => ({ answer, block: { ...block, id: 'ab'.repeat(32) } })))).toMatchObject({ code: 'CLIENT_BEHIND' });
  expect(await failedFind(changing<Find>('db_find', ({ answer, block }) => ({ answer, block: { ...block, id } })))).toMatchObject({ code: 'CLIENT_BEHIND' });
  const other = changing<Find>('db_find', ({ answer }) => ({ answer, block: genesis }));
  expect(await against(other, (client) => failureOf(client.find(ofAge(7n), { at: 2 })))).toMatchObject({ code: 'CLIENT_BAD_ANSWER', message: expect.stringContaining('height') });
});

test('a count and an account are held to their proofs', async () => {
  const flip = (text: string): string => { const bytes = bytesOf(text); bytes[bytes.length - 1]! ^= 1; return toBase64(bytes); };
  expect(await against(changing<Find>('db_count', ({ block, answer }) => ({ block, answer: { ...answer, rangeProof: flip(answer.rangeProof) } })), (client) => failureOf(client.count(ofAge(7n))))).toMatchObject({ code: 'CLIENT_PROOF_FAILED' });
  expect(await against(changing<RpcResult<'state_prove'>>('state_prove', ({ block, proof }) => ({ block, proof: flip(proof) })), (client) => failureOf(client.account(rich.account)))).toMatchObject({ code: 'CLIENT_PROOF_FAILED' });
  // A proof of other keys, under the right root.
  const ask = apiOf(node);
  const poor = await ask.call('state_prove', { keys: ['00'.repeat(30)] });
  expect(await against(changing('state_prove', () => poor.ok && poor.value), (client) => failureOf(client.account(rich.account)))).toMatchObject({ code: 'CLIENT_PROOF_FAILED' });
});

test('a header with another state root is refused, and those before it are kept', async () => {
  const forge = (name: 'stateRoot' | 'seal'): Lie => changing<Headers>('chain_headers', ({ headers }) => ({
    headers: headers.map((one) => {
      const read = sealedHeaderFromBytes(bytesOf(one));
      if (!read.ok || read.value.header.height !== 3) return one;
      const { header, seal } = read.value;
      return toBase64(sealedHeaderToBytes(name === 'seal' ? { header, seal: seal.map((byte) => byte ^ 1) } : { header: { ...header, stateRoot: new Uint8Array(32).fill(7) }, seal }));
    }),
  }));
  for (const name of ['stateRoot', 'seal'] as const) {
    await against(forge(name), async (client) => {
      expect(await failureOf(client.follow())).toMatchObject({ code: 'CLIENT_HEADER_REFUSED', data: { reason: 'POA_SEAL' } });
      expect(client.followed.tip.height).toBe(2);
      expect(await failureOf(find(client))).toMatchObject({ code: 'CLIENT_HEADER_REFUSED' });
    });
  }
});

test('another chain is not followed, whatever it calls itself', async () => {
  expect(await failedFind(changing<RpcResult<'chain_info'>>('chain_info', (info) => ({ ...info, chainId: '11'.repeat(32) })))).toMatchObject({ code: 'CLIENT_WRONG_CHAIN' });
  // The same name, with other blocks: none of them is sealed for the one that is trusted.
  const foreign = changing<Headers>('chain_headers', ({ headers }) => ({
    headers: headers.map((one) => {
      const read = sealedHeaderFromBytes(bytesOf(one));
      return read.ok ? toBase64(sealedHeaderToBytes({ ...read.value, header: { ...read.value.header, chainId: new Uint8Array(32).fill(1) } })) : one;
    }),
  }));
  expect(await failedFind(foreign)).toMatchObject({ code: 'CLIENT_HEADER_REFUSED', data: { reason: 'HEADER_CHAIN' } });
});

const wholly = (told: string): Lie => (answer, method) => (method === 'db_find' ? told : answer);
const edited = (edit: (answer: string) => string): Lie => (answer, method) => (method === 'db_find' ? edit(answer) : answer);

test.each<[string, Lie]>([
  ['truncated JSON', edited((answer) => answer.slice(0, -1))],
  ['the answer to another call', edited((answer) => answer.replace(/"id":\d+/, '"id":999'))],
  ['an answer without an id', edited((answer) => answer.replace(/"id":\d+/, '"id":null'))],
  ['another protocol', edited((answer) => answer.replace('"2.0"', '"1.0"'))],
  ['nothing', wholly('')],
  ['a page', wholly('<html>busy</html>')],
  ['a batch', edited((answer) => `[${answer}]`)],
  ['no result', wholly('{"jsonrpc":"2.0","id":1}')],
  ['a result that is null', wholly('{"jsonrpc":"2.0","id":1,"result":null}')],
  ['an error without a code', wholly('{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"x"}}')],
  ['a code of the client', wholly('{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"x","data":{"code":"CLIENT_PROOF_FAILED","message":"","remedy":""}}}')],
  ['no block', changing<Find>('db_find', ({ answer }) => ({ answer }))],
  ['a height that is none', changing<Find>('db_find', ({ answer, block }) => ({ answer, block: { ...block, height: -1 } }))],
  ['proofs that are no base64', changing<Find>('db_find', ({ answer, block }) => ({ block, answer: { ...answer, rangeProof: '***' } }))],
  ['proofs that are numbers', changing<Find>('db_find', ({ answer, block }) => ({ block, answer: { ...answer, rangeProof: 1 } }))],
  ['headers that are none', changing<Headers>('chain_headers', () => ({ headers: ['AAAA'] }))],
  ['headers without end', changing<Headers>('chain_headers', ({ headers }) => ({ headers: Array.from({ length: 513 }, () => headers[0]) }))],
  ['no chain id', changing<RpcResult<'chain_info'>>('chain_info', () => ({ chainId: 7 }))],
])('takes %s for no answer', async (_, lie) => {
  expect(await failedFind(lie)).toMatchObject({ code: 'CLIENT_BAD_ANSWER', remedy: expect.any(String) });
});

test('tells refusals in one line, with the code and remedy of the node', async () => {
  const refusal = { jsonrpc: '2.0', id: null, error: { code: -32_000, message: 'x', data: { code: 'RPC_BUSY', message: `a\u001b[31m\nb${'c'.repeat(5_000)}`, remedy: 'wait', data: { left: 3 } } } };
  const { message, ...rest } = await failedFind(wholly(JSON.stringify(refusal)));
  expect(rest).toEqual({ code: 'RPC_BUSY', remedy: 'wait', data: { left: 3 } });
  expect(message).toMatch(/^a \[31m bc+$/);
  expect(message.length).toBeLessThan(1_001);
});

test('gives up on a server that is silent, stops in the middle, sends without end, or is not there', async () => {
  expect(await failedFind(() => true, { timeoutMs: 40 })).toMatchObject({ code: 'CLIENT_TIMEOUT' });
  expect(await failedFind((answer, _, response) => { response.write(answer.slice(0, 20)); return true; }, { timeoutMs: 40 })).toMatchObject({ code: 'CLIENT_TIMEOUT' });
  expect(await failedFind((answer, _, response) => { response.writeHead(200, { 'content-length': 1_000 }).write(answer.slice(0, 20)); response.destroy(); return true; })).toMatchObject({ code: 'CLIENT_UNREACHABLE' });
  expect(await failedFind(wholly('x'.repeat(20_000)), { answerBytesMax: 10_000 })).toMatchObject({ code: 'CLIENT_BAD_ANSWER', message: expect.stringContaining('10000 bytes') });
  const gone = await serveLies(apiOf(node), (answer) => answer);
  await gone[Symbol.asyncDispose]();
  const client = createClient({ url: gone.url, trust: trustIn(node) });
  expect(await failureOf(client.find(ofAge(1n)))).toMatchObject({ code: 'CLIENT_UNREACHABLE' });
  expect(await failureOf(client.subscribe({ topic: 'final' }).next())).toMatchObject({ code: 'CLIENT_UNREACHABLE' });
});

test('results of transactions are those of the ones sent', async () => {
  const [one, two] = [signed(2n, [transfer(seats[0]!.account, 1n)]), signed(3n, [transfer(seats[0]!.account, 1n)])];
  type Results = RpcResult<'tx_submit'>;
  const submit = (lie: Lie): ReturnType<typeof failureOf> => against(lie, (client) => failureOf(client.submit([bytesOf(one.bytes), bytesOf(two.bytes)])));
  expect(await submit(changing<Results>('tx_submit', ({ results }) => ({ results: results.toReversed() })))).toMatchObject({ code: 'CLIENT_BAD_ANSWER' });
  expect(await submit(changing<Results>('tx_submit', ({ results }) => ({ results: results.slice(1) })))).toMatchObject({ code: 'CLIENT_BAD_ANSWER' });
  expect(await submit(changing<Results>('tx_submit', ({ results }) => ({ results: results.map((result) => ({ ...result, status: 'final' })) })))).toMatchObject({ code: 'CLIENT_BAD_ANSWER' });
  for (const status of [{ kind: 'done' }, { kind: 'dropped', code: 'a code' }, { kind: 'included', height: 1 }, null]) {
    expect(await against(changing('tx_status', () => status ?? 'none'), (client) => failureOf(client.status(one.id)))).toMatchObject({ code: 'CLIENT_BAD_ANSWER' });
  }
});

test('base64 comes back the same, and is taken in one form only', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 0xff);
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
  }
  const long = new Uint8Array(300_000).fill(3);
  expect(fromBase64(toBase64(long))).toEqual(long);
  for (const text of ['A', 'AA', 'AAA', 'A===', 'AAAA\n', 'AA-_', '=AAA', 'AA==AAAA']) expect([text, fromBase64(text)]).toEqual([text, undefined]);
});
