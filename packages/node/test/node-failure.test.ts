import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMemoryNetwork, type MemoryNetwork } from '@vsys/p2p';
import { createVirtualTime, toHex, type VirtualTime } from '@vsys/primitives';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { createNodeLogFiles, openDurableFiles, openFileBlockLog, openStore } from '@vsys/store-rocksdb';
import { transfer } from '@vsys/transaction';
import { createNode, type Node, type NodeParts } from '../src/index.ts';
import { type DiskFault, failingFiles, failingRecords, failingStore } from './failing-disk.ts';
import { createInlineVerifier, signed, signers, START_MS, type TestChain, testChain } from './support.ts';

interface Running { readonly node: Node; close(): Promise<void> }

/** A seat's node with real files in the folder, that fail as told. */
async function openSeat(setup: TestChain, folder: string, time: VirtualTime, net: MemoryNetwork, name: string, fault: DiskFault, change: Partial<NodeParts> = {}): Promise<Running> {
  const store = await openStore(join(folder, 'store'));
  const log = await openFileBlockLog(join(folder, 'blocks'), { files: failingFiles(createNodeLogFiles(join(folder, 'blocks')), fault) });
  const network = net.createHost(name);
  const close = async (): Promise<void> => {
    await network.stop();
    await log.close();
    await store.close();
  };
  try {
    const node = await createNode({ spec: setup.spec }, {
      consensus: setup.module, containers: [], store: failingStore(store, fault), log, network, verifier: createInlineVerifier(), signers: setup.seats,
      durable: failingRecords(await openDurableFiles(join(folder, 'signer')), fault), clock: time, timers: time, ...change,
    });
    await node.start();
    return { node, async close() { await node.stop(); await close(); } };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Lets time pass until it holds, at most four times as fast as outside: the files are real, and a slot must leave them time to sync. */
async function until(time: VirtualTime, holds: () => boolean | Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 60_000;
  for (let lastMs = Date.now(); !(await holds()); ) {
    const nowMs = Date.now();
    if (nowMs > endMs) throw new RangeError('it does not come to hold');
    time.advance(Math.min(100, 4 * (nowMs - lastMs)));
    lastMs = nowMs;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

let folder: string;
let rejections: unknown[];
const onRejection = (reason: unknown): void => void rejections.push(reason);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vsys-node-'));
  rejections = [];
  process.on('unhandledRejection', onRejection);
});
afterEach(async () => {
  process.off('unhandledRejection', onRejection);
  await rm(folder, { recursive: true, force: true });
  expect(rejections).toEqual([]);
});

const isFinal = async (node: Node, id: Uint8Array): Promise<boolean> => (await node.chain.status(id)).kind === 'final';

async function send(setup: TestChain, node: Node, sequence: bigint): Promise<Uint8Array> {
  const [verdict] = await node.chain.submit([signed(setup.spec, setup.rich, sequence, [transfer(signers(1, 3)[0]!.account, 5n)])]);
  if (verdict?.ok !== true) throw new RangeError(`not taken: ${verdict?.code}`);
  return verdict.value.id;
}

describe.each([
  ['a full disk under the block log', { write: 'ENOSPC' }, 'STORE_FULL', /free space/],
  ['a block log that cannot sync', { sync: 'EIO' }, 'BLOCK_LOG_FAILED', /check the disk/],
  ['a block log that cannot write', { write: 'EIO' }, 'BLOCK_LOG_FAILED', /check the disk/],
  ['a full disk under the store', { batch: 'ENOSPC' }, 'STORE_FULL', /free space/],
  ['a full disk under the signer\'s records', { save: 'ENOSPC' }, 'STORE_FULL', /free space/],
] as const)('%s', (_, broken: DiskFault, code, remedy) => {
  test.each(['poa', 'spos'] as const)('stops a node under %s with a code and the way out; when it is repaired, the node goes on and has lost nothing', async (kind) => {
    const setup = testChain(kind, 1);
    const time = createVirtualTime(START_MS + 10);
    const net = createMemoryNetwork({ seed: 1, time });
    const fault: DiskFault = {};
    const first = await openSeat(setup, folder, time, net, 'a', fault);
    const early = await send(setup, first.node, 0n);
    await until(time, () => isFinal(first.node, early));
    const { final } = first.node.chain;
    Object.assign(fault, broken);
    await send(setup, first.node, 1n);
    let failure: Awaited<Node['failed']> | undefined;
    void first.node.failed.then((found) => { failure = found; });
    await until(time, () => failure !== undefined);
    expect(failure?.error).toMatchObject({ code, message: expect.stringMatching(remedy) });
    expect(failure?.bundle).toBeUndefined();
    // Nothing is taken any more, and no timer produces.
    await expect(first.node.chain.submit([])).rejects.toMatchObject({ code: 'CHAIN_CLOSED' });
    const stoppedAt = first.node.chain.head.height;
    for (let i = 0; i < 20; i++) time.advance(1_000);
    expect(first.node.chain.head.height).toBe(stoppedAt);
    await first.close();

    const second = await openSeat(setup, folder, time, net, 'b', {});
    expect(second.node.chain.final.height).toBeGreaterThanOrEqual(final.height);
    expect(toHex((await second.node.chain.at(final.height))!.header.stateRoot)).toBe(toHex(final.header.stateRoot));
    expect(await isFinal(second.node, early)).toBe(true);
    const late = await send(setup, second.node, 1n);
    await until(time, () => isFinal(second.node, late));
    await second.close();
  }, 180_000);
});

test('a disk that is full before the first block refuses the start with the way out, and takes it when there is room', async () => {
  const setup = testChain('poa', 1);
  const time = createVirtualTime(START_MS + 10);
  const net = createMemoryNetwork({ seed: 1, time });
  const fault: DiskFault = { batch: 'ENOSPC' };
  await expect(openSeat(setup, folder, time, net, 'a', fault)).rejects.toMatchObject({ code: 'STORE_FULL', message: expect.stringMatching(/free space/) });
  fault.batch = undefined;
  const { node, close } = await openSeat(setup, folder, time, net, 'b', fault);
  await until(time, () => node.chain.head.height > 1);
  await close();
}, 180_000);

test('a peer whose disk fails stops alone, and the others go on', async () => {
  const setup = testChain('poa', 1);
  const time = createVirtualTime(START_MS + 10);
  const net = createMemoryNetwork({ seed: 1, time });
  const fault: DiskFault = {};
  const maker = await openSeat(setup, join(folder, 'a'), time, net, 'a', {});
  const follower = await openSeat(setup, join(folder, 'b'), time, net, 'b', fault, { signers: [] });
  void follower.node.network.dial('/memory/a');
  await until(time, () => follower.node.chain.head.height > 3);
  let failed = false;
  void follower.node.failed.then(() => { failed = true; });
  fault.write = 'ENOSPC';
  await until(time, () => failed);
  const { height } = maker.node.chain.head;
  await until(time, () => maker.node.chain.head.height > height + 3);
  await follower.close();
  await maker.close();
});

test('a stop while the failure stops the node waits for it, and a stopped node reports no failure', async () => {
  const setup = testChain('poa', 1);
  const time = createVirtualTime(START_MS + 10);
  const net = createMemoryNetwork({ seed: 1, time });
  const { node, close } = await openSeat(setup, folder, time, net, 'a', {});
  await until(time, () => node.chain.head.height > 1);
  await Promise.all([node.stop(), node.stop()]);
  await expect(node.chain.submit([])).rejects.toMatchObject({ code: 'CHAIN_CLOSED' });
  expect(await Promise.race([node.failed, 'nothing'])).toBe('nothing');
  await close();
});

test('records of another chain\'s signer are refused by name, and damaged ones say what to do', async () => {
  const time = createVirtualTime(START_MS + 10);
  const net = createMemoryNetwork({ seed: 1, time });
  const [one, other] = [testChain('poa', 1), testChain('spos', 1)];
  const durable = await openDurableFiles(join(folder, 'signer'));
  let hosts = 0;
  const compose = (setup: TestChain): Promise<Node> => createNode({ spec: setup.spec }, {
    consensus: setup.module, containers: [], store: createMemoryStore(), log: createMemoryBlockLog(), network: net.createHost(`n${hosts++}`), verifier: createInlineVerifier(), signers: setup.seats, durable, clock: time, timers: time,
  });
  await (await compose(one)).stop();
  await expect(compose(other)).rejects.toMatchObject({ code: 'NODE_SIGNER_DATA', message: expect.stringContaining('another data folder') });
  await (await compose(one)).stop();
  const name = `ed25519:${toHex(one.seats[0]!.publicKey.bytes)}`;
  await durable.save(name, Uint8Array.of(1, 2, 3));
  await expect(compose(one)).rejects.toMatchObject({ code: 'GUARD_MARKS', message: expect.stringContaining('restore') });
});
