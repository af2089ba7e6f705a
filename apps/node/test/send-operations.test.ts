import { expect, test } from '@jest/globals';
import { createSigner } from '@vsys/crypto';
import { chainId, type Transaction, transactionFromBytes, transactionId, transactionToBytes } from '@vsys/data-format';
import { toHex } from '@vsys/primitives';
import type { RpcErrorData, RpcEvent, SubmitResult, TransactionStatusJson } from '@vsys/rpc';
import { type Client, ClientError } from '@vsys/rpc/client';
import { feeCeiling, transfer } from '@vsys/transaction';
import { createSender, type Sender, type SenderOptions } from '../src/send-operations.ts';
import { feeBound } from '@vsys/client/cost';
import { createSpec } from '../src/spec-file.ts';

const ada = createSigner('ed25519', new Uint8Array(32).fill(1));
const spec = createSpec({ name: 'test', consensus: 'poa', slotMs: 1_000, genesisTimeMs: 1_000, seats: [ada], balances: [{ account: ada.account, amount: 1_000_000n }] });
const pay = [transfer(new Uint8Array(20).fill(9), 5n)];

/** What of a node matters to who sends: a pool, and blocks that are made when the test says so. */
class FakeNode {
  height = 7;
  sequence = 3n;
  poolMax = 100;
  readonly submitted: Transaction[] = [];
  readonly pool = new Map<string, Transaction>();
  readonly settled = new Map<string, TransactionStatusJson>();
  /** Others that hold a sequence in the pool. */
  readonly taken = new Set<bigint>();
  #heard: (() => void)[] = [];

  produce(code = ''): void {
    this.height += 1;
    for (const [id, { body }] of this.pool) {
      this.sequence = body.sequence + 1n;
      this.settled.set(id, { kind: 'included', height: this.height, blockId: 'ab'.repeat(32), index: 0, receipt: { status: code === '' ? 'ok' : 'failed', code, gasUsed: '1', feePaid: '2' } });
    }
    this.pool.clear();
    this.#tell();
  }
  drop(code: string): void {
    for (const id of this.pool.keys()) this.settled.set(id, { kind: 'dropped', code });
    this.pool.clear();
    this.#tell();
  }
  /** As a node that was started anew. */
  forget(): void {
    this.pool.clear();
    this.#tell();
  }
  /** When somebody waits for what happens next. */
  async untilAwaited(): Promise<void> {
    while (this.#heard.length === 0) await new Promise((resolve) => void setImmediate(resolve));
  }
  #tell(): void {
    for (const heard of this.#heard.splice(0)) heard();
  }
  #next = (): Promise<void> => new Promise((resolve) => void this.#heard.push(resolve));

  #submit(bytes: Uint8Array): SubmitResult {
    const read = transactionFromBytes(bytes);
    if (!read.ok) throw new Error(read.message);
    const { body, bodyBytes } = read.value;
    const id = toHex(transactionId(bodyBytes));
    const refused = (code: string, data?: RpcErrorData['data']): SubmitResult => ({ error: { code, message: code, remedy: 'as told', ...(data === undefined ? {} : { data }) } });
    if (this.pool.size >= this.poolMax) return refused('TX_POOL_FULL');
    if (body.sequence < this.sequence) return refused('TX_SEQUENCE_USED', { next: String(this.sequence) });
    if (this.taken.has(body.sequence)) return refused('TX_SEQUENCE_USED', { waiting: 'cd'.repeat(32) });
    if (body.lane === 9) return refused('TX_CANNOT_PAY');
    this.submitted.push(read.value);
    this.pool.set(id, read.value);
    return { id, status: 'pooled' };
  }

  async client(): Promise<Client> {
    const heads = (): RpcEvent => ({ subscription: 1, topic: 'heads', token: '', undone: [], applied: [] });
    const next = this.#next;
    const client: Pick<Client, 'account' | 'submit' | 'status' | 'waitFor' | 'subscribe'> = {
      account: async () => ({ balance: 1_000_000n, sequence: this.sequence, block: { height: this.height, id: 'ab'.repeat(32) } }),
      submit: async (transactions) => transactions.map((bytes) => this.#submit(bytes)),
      status: async (id) => this.settled.get(id) ?? { kind: this.pool.has(id) ? 'pooled' : 'unknown' },
      waitFor: async () => {
        await next();
        throw new ClientError('CLIENT_TIMEOUT', 'it is looked up again');
      },
      async *subscribe() {
        yield heads();
        await next();
        yield heads();
      },
    };
    return client as Client;
  }
}

async function senderTo(node: FakeNode, options: Partial<SenderOptions> = {}): Promise<Sender> {
  return createSender({ client: await node.client(), spec, signer: ada, ...options });
}
const sequences = (node: FakeNode): bigint[] => node.submitted.map(({ body }) => body.sequence);

test('signs for this chain, from the sequence of the account on, with a fee that the chain cannot find too low', async () => {
  const node = new FakeNode();
  const sender = await senderTo(node, { validBlocks: 50 });
  const sent = await Promise.all([sender.send(pay), sender.send(pay), sender.send(pay)]);
  expect(new Set(sent.map(({ id }) => id)).size).toBe(3);
  expect(sequences(node)).toEqual([3n, 4n, 5n]);
  for (const transaction of node.submitted) {
    const { body } = transaction;
    expect([toHex(body.chainId), toHex(body.payer), body.validUntil]).toEqual([toHex(chainId(spec)), toHex(ada.account), 57]);
    expect(body.feeMax).toBeGreaterThanOrEqual(feeCeiling(spec.fees, transactionToBytes(transaction).length, body.gasMax));
    expect(body.feeMax).toBeLessThanOrEqual(feeBound(spec, pay));
  }
  node.produce();
  expect(await sent[2]!.included()).toMatchObject({ height: 8 });
  await sender.idle();
});

test('waits when so many wait for a block', async () => {
  const node = new FakeNode();
  const sender = await senderTo(node, { waitingMax: 2 });
  const all = Promise.all(Array.from({ length: 5 }, () => sender.send(pay)));
  const counts: number[] = [];
  for (let block = 0; block < 3; block++) {
    await node.untilAwaited();
    while (node.pool.size === 0) await new Promise((resolve) => void setImmediate(resolve));
    counts.push(node.pool.size);
    node.produce();
  }
  await all;
  while (node.pool.size > 0) node.produce();
  await sender.idle();
  expect(Math.max(...counts)).toBeLessThanOrEqual(2);
  expect(sequences(node)).toEqual([3n, 4n, 5n, 6n, 7n]);
});

test('takes the next sequence when another program writes with the same key', async () => {
  const node = new FakeNode();
  const sender = await senderTo(node);
  node.sequence = 6n;
  node.taken.add(6n).add(7n);
  await sender.send(pay);
  expect([sequences(node), sender.sequence]).toEqual([[8n], 9n]);
});

test('tries again at the next block when the pool is full, and gives up in the end', async () => {
  const node = new FakeNode();
  node.poolMax = 0;
  const sender = await senderTo(node);
  const sent = sender.send(pay);
  await node.untilAwaited();
  expect(node.submitted).toHaveLength(0);
  node.poolMax = 1;
  node.produce();
  await sent;
  expect(node.submitted).toHaveLength(1);
  const hasty = await senderTo(new FakeNode(), { stalledMs: 0 });
  const full = new FakeNode();
  full.poolMax = 0;
  await expect((await senderTo(full, { stalledMs: 0 })).send(pay)).rejects.toMatchObject({ code: 'TX_POOL_FULL', remedy: 'as told' });
  await expect((await hasty.send(pay)).included()).rejects.toMatchObject({ code: 'CLIENT_TIMEOUT', remedy: expect.stringContaining('vsys node status') });
});

test('sends the same bytes again when a node has lost them', async () => {
  const node = new FakeNode();
  const sender = await senderTo(node);
  const sent = await sender.send(pay);
  const included = sent.included();
  await node.untilAwaited();
  node.forget();
  await node.untilAwaited();
  node.produce();
  expect(await included).toMatchObject({ kind: 'included' });
  expect(node.submitted.map(({ bodyBytes }) => toHex(transactionId(bodyBytes)))).toEqual([sent.id, sent.id]);
});

test('what failed in a block, was dropped or is refused is thrown with its code, and does not hold up the others', async () => {
  const node = new FakeNode();
  const sender = await senderTo(node);
  const failed = await sender.send(pay);
  node.produce('COIN_INSUFFICIENT');
  await expect(failed.included()).rejects.toMatchObject({ name: 'TransactionFailed', code: 'COIN_INSUFFICIENT', message: expect.stringContaining(failed.id) });
  const dropped = await sender.send(pay);
  node.drop('TX_EXPIRED');
  await expect(dropped.included()).rejects.toMatchObject({ name: 'ClientError', code: 'TX_EXPIRED' });
  const good = await sender.send(pay);
  node.produce();
  expect(await good.included()).toMatchObject({ kind: 'included' });
  await expect(sender.idle()).rejects.toMatchObject({ code: 'COIN_INSUFFICIENT' });
  await expect((await senderTo(node, { lane: 9 })).send(pay)).rejects.toMatchObject({ code: 'TX_CANNOT_PAY' });
});
