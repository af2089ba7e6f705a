import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { chainId, createTransaction, transactionId, transactionToBytes } from '@vsys/data-format';
import { prefixEnd, toHex, type VirtualTime } from '@vsys/primitives';
import { collectionFromRecord, collectionKey, documentPrefix } from '@vsys/database/layout';
import { transfer } from '@vsys/transaction';
import { type Client, createClient, type ProvenChanges } from '../src/client.ts';
import { bytesOf, database, failureOf, fill, ofAge, people, person, serve, type Served, trustIn } from './client-support.ts';
import { newTime, pass, rich, type Running, runChain, seats, signed, spec } from './support.ts';

let time: VirtualTime;
let node: Running;
let served: Served;
let client: Client;
beforeEach(async () => {
  time = newTime();
  node = await runChain(time);
  await fill(time, node);
  served = await serve(node);
  client = createClient({ url: served.url, trust: trustIn(node) });
});
afterEach(async () => {
  client.close();
  await served[Symbol.asyncDispose]();
  await node[Symbol.asyncDispose]();
});

const namesOf = (documents: readonly { readonly document: ReadonlyMap<string, unknown> }[]): unknown[] => documents.map(({ document }) => document.get('_id'));
const head = (): { height: number; id: string } => ({ height: node.chain.head.height, id: toHex(node.chain.head.id) });

test('follows headers to the head of the node, and what is final', async () => {
  expect(client.followed.tip.height).toBe(0);
  expect(await client.follow()).toMatchObject({ tip: head(), tipTimeMs: node.chain.head.header.timeMs, final: { height: node.chain.final.height, id: toHex(node.chain.final.id) } });
  await pass(time, [node], 3_000);
  const [first, second] = await Promise.all([client.follow(), client.follow()]);
  expect(first.tip).toEqual(head());
  expect(second).toBe(first);
  expect(first.tip.height).toBeGreaterThan(4);
});

test('finds documents with what shows them, and counts', async () => {
  const found = await client.find(ofAge(7n));
  expect(namesOf(found.documents)).toEqual(['p007', 'p016', 'p025', 'p034']);
  expect(found).toMatchObject({ more: false, block: head(), explanation: { via: 'index', index: 'age', tier: 'proven' } });
  expect(found.cursor).toBeUndefined();
  expect(found.proofBytes).toBeGreaterThan(500);
  expect(await client.count(ofAge(7n))).toMatchObject({ count: 4n, block: head() });
  expect((await client.count({ database, collection: 'people', filter: new Map() })).count).toBe(40n);
  expect((await client.find(ofAge(70n))).documents).toEqual([]);
});

test('tells what keys of the state hold, and that others are not there', async () => {
  const keys = [collectionKey(database, 'people'), collectionKey(database, 'pets')];
  const { values: [there, absent], block, proofBytes } = await client.values(keys);
  expect(collectionFromRecord(there!).name).toBe('people');
  expect([absent, block]).toEqual([undefined, head()]);
  expect(proofBytes).toBeGreaterThan(100);
  expect((await client.values(keys, { at: 0 })).values).toEqual([undefined, undefined]);
  expect(await failureOf(client.values(Array.from({ length: 257 }, () => keys[0]!)))).toMatchObject({ code: 'RPC_LIMIT' });
});

test('goes through all answers of one block, whatever happens meanwhile', async () => {
  const at = node.chain.head.height;
  const names: unknown[] = [];
  for await (const { document } of client.findAll({ database, collection: 'people', filter: new Map(), limit: 7 })) {
    if (names.length === 3) {
      await node.chain.submit([bytesOf(signed(2n, [people.insert([person(500)])]).bytes)]);
      await pass(time, [node], 2_000);
    }
    names.push(document.get('_id'));
  }
  expect(node.chain.head.height).toBeGreaterThan(at);
  expect(names).toEqual(Array.from({ length: 40 }, (_, i) => person(i).get('_id')));
  const later: unknown[] = [];
  for await (const { document } of client.findAll({ database, collection: 'people', filter: new Map(), limit: 13 })) later.push(document.get('_id'));
  expect(later.at(-1)).toBe('p500');
  const pinned: unknown[] = [];
  for await (const { document } of client.findAll({ database, collection: 'people', filter: new Map(), limit: 1_000 }, { at })) pinned.push(document.get('_id'));
  expect(pinned).toEqual(names);
});

test('an answer can be kept and checked by another client, once it knows the header', async () => {
  const query = ofAge(3n);
  const raw = JSON.parse(JSON.stringify(await client.ask(query))) as Awaited<ReturnType<Client['ask']>>;
  const other = createClient({ url: served.url, trust: trustIn(node) });
  expect(other.verifyFind(query, raw)).toMatchObject({ ok: false, code: 'CLIENT_BEHIND' });
  await other.follow();
  const verdict = other.verifyFind(query, raw);
  expect(verdict.ok && namesOf(verdict.value.documents)).toEqual(['p003', 'p012', 'p021', 'p030', 'p039']);
  expect(other.verifyFind(ofAge(4n), raw)).toMatchObject({ ok: false, code: 'CLIENT_PROOF_FAILED', data: { reason: expect.stringContaining('PROOF_') } });
  other.close();
});

test('shows what changed between two heights, all of it, in parts of any size', async () => {
  const from = documentPrefix(database, 'people');
  const range = { from, to: prefixEnd(from) as Uint8Array };
  const whole = await client.changes(range, 0, 1_000);
  expect(whole).toMatchObject({ since: { height: 0 }, block: head(), end: undefined });
  expect(whole.changes.length).toBe(40);
  expect(whole.changes.every(({ before, after }) => before === undefined && after !== undefined)).toBe(true);
  const parts = [];
  for (let next: Uint8Array | undefined = from; next !== undefined;) {
    const part: ProvenChanges = await client.changes({ ...range, from: next }, 0, 15);
    parts.push(part.changes.length);
    next = part.end;
  }
  expect(parts).toEqual([15, 15, 10]);
  const { height } = head();
  expect((await client.changes(range, height, 10)).changes).toEqual([]);
  expect((await client.changes(range, height, 1_000, { at: 0 })).changes.every(({ after }) => after === undefined)).toBe(true);
  expect(await failureOf(client.changes(range, 1_000, 10))).toMatchObject({ code: 'RPC_OUTSIDE_WINDOW' });
  expect(await failureOf(client.changes(range, 0, 1_001))).toMatchObject({ code: 'RPC_PARAMS' });
});

test('shows what an account has, and that there is none', async () => {
  const state = await client.account(rich.account);
  expect(state).toMatchObject({ sequence: 2n, block: head() });
  expect(state.balance).toBeLessThan(1_000_000_000_000n);
  expect(await client.account(rich.account, { lane: 3 })).toMatchObject({ balance: state.balance, sequence: 0n });
  expect(await client.account(seats[0]!.account)).toMatchObject({ balance: 0n, sequence: 0n });
  expect(await client.account(rich.account, { at: 0 })).toMatchObject({ balance: 1_000_000_000_000n, sequence: 0n, block: { height: 0 } });
});

test('lets through what the node refuses with, and shows refusals of a query itself', async () => {
  expect(await failureOf(client.find(ofAge(7n), { at: 1_000 }))).toMatchObject({ code: 'RPC_OUTSIDE_WINDOW', remedy: expect.stringContaining('head'), data: { head: node.chain.head.height } });
  expect(await failureOf(client.find({ ...ofAge(7n), collection: 'nobody' }))).toMatchObject({ code: 'QUERY_NO_COLLECTION' });
  expect(await failureOf(client.find({ ...ofAge(7n), filter: new Map([['name', 'x']]) }))).toMatchObject({ code: 'QUERY_NOT_PROVABLE', data: { index: { name: 1 } } });
  expect(await failureOf(client.find({ ...ofAge(7n), limit: 0 }))).toMatchObject({ code: 'QUERY_LIMIT' });
  expect(await failureOf(client.call('chain_block', { height: 1_000 }))).toMatchObject({ code: 'RPC_NOT_FOUND' });
  expect(await client.call('db_documents', { query: { database: toHex(database), collection: 'people', filter: { age: 7 } } })).toMatchObject({ tier: 'claimed', more: false });
});

test('sends any number of transactions, and waits for what becomes of them', async () => {
  const to = seats[1]!.account;
  const sent = Array.from({ length: 300 }, (_, i) => signed(BigInt(2 + i), [transfer(to, 1n)]));
  const results = await client.submit([...sent.map(({ bytes }) => bytesOf(bytes)), Uint8Array.of(1, 2, 3)]);
  expect(results.slice(0, 300)).toEqual(sent.map(({ id }) => ({ id, status: 'pooled' })));
  expect(results[300]).toMatchObject({ error: { code: 'TX_MALFORMED', remedy: expect.any(String) } });
  const { id } = sent[0]!;
  expect(await client.status(id)).toEqual({ kind: 'pooled' });
  const included = client.waitFor(id, 'included');
  const final = client.waitFor(id, 'final');
  // Gas allows twenty in a block.
  await pass(time, [node], 17_000);
  expect(await included).toMatchObject({ receipt: { status: 'ok' } });
  expect(await final).toMatchObject({ kind: 'final', index: 0, receipt: { status: 'ok' } });
  expect((await client.account(to)).balance).toBe(300n);
});

test('does not wait longer than told, nor for what was dropped', async () => {
  const never = 'ab'.repeat(32);
  expect(await failureOf(client.waitFor(never, 'final', { timeoutMs: 30 }))).toMatchObject({ code: 'CLIENT_TIMEOUT' });
  const stop = new AbortController();
  const waiting = client.waitFor(never, 'final', { signal: stop.signal });
  stop.abort({ code: 'ENOUGH' });
  expect(await failureOf(waiting)).toMatchObject({ code: 'ENOUGH' });
  // It waits for a sequence that never comes, until it expires.
  const body = { chainId: chainId(spec), payer: rich.account, lane: 0, sequence: 9n, validUntil: node.chain.head.height + 2, feeMax: 10_000n, gasMax: 1_000n, operations: [transfer(seats[1]!.account, 1n)] };
  const late = createTransaction(body, [rich]);
  const [pooled] = await client.submit([transactionToBytes(late)]);
  const { id } = pooled as { id: string };
  expect(id).toBe(toHex(transactionId(late.bodyBytes)));
  const dropped = failureOf(client.waitFor(id, 'included'));
  await pass(time, [node], 4_000);
  expect(await dropped).toMatchObject({ code: 'TX_EXPIRED', remedy: expect.stringContaining('validUntil') });
  expect(await failureOf(client.waitFor('xyz', 'final'))).toMatchObject({ code: 'RPC_PARAMS' });
});

test('refuses a trust that does not belong together, and a url that is none', () => {
  const trust = trustIn(node);
  expect(() => createClient({ url: served.url, trust: { ...trust, spec: { ...spec, name: 'another' } } })).toThrow(expect.objectContaining({ code: 'CLIENT_WRONG_CHAIN' }));
  expect(() => createClient({ url: 'ftp://localhost', trust })).toThrow(expect.objectContaining({ code: 'CLIENT_UNREACHABLE' }));
  expect(() => createClient({ url: 'localhost:1', trust })).toThrow(expect.objectContaining({ code: 'CLIENT_UNREACHABLE' }));
});

test('gives up what is under way when it is closed, and when a signal says so', async () => {
  const waiting = client.waitFor('cd'.repeat(32), 'final');
  const stop = new AbortController();
  stop.abort({ code: 'ENOUGH' });
  expect(await failureOf(client.find(ofAge(1n), { signal: stop.signal }))).toMatchObject({ code: 'ENOUGH' });
  client.close();
  expect(await failureOf(waiting)).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect(await failureOf(client.follow())).toMatchObject({ code: 'CLIENT_CLOSED', remedy: 'make another client' });
});
