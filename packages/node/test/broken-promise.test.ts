import { describe, expect, test } from '@jest/globals';
import { type Container, containerPrefix } from '@vsys/container';
import { type ChainError, type FailureBundle, firstDifferingKey } from '@vsys/consensus';
import { type Block, blockFromBytes, blockId, type ChainSpec } from '@vsys/data-format';
import { createMemoryNetwork } from '@vsys/p2p';
import { accept, createVirtualTime, fromHex, toHex, utf8ToBytes } from '@vsys/primitives';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { balanceKey } from '@vsys/transaction';
import { createNode, type NodeParts } from '../src/index.ts';
import { makeBlocks, openTestChain } from './chain-run.ts';
import { createInlineVerifier, signed, START_MS, testChain, type TestChain } from './support.ts';

const AUTHOR = new Uint8Array(20).fill(7);
const KEY = new Uint8Array([...containerPrefix('odd'), 1]);

/** A container whose result comes from outside of the chain, which none may do. */
const oddContainer = (result: () => string): Container => ({
  name: 'odd', version: 1,
  check: () => accept(undefined),
  touches: () => [KEY],
  execute(_payload, { state }) {
    state.set(KEY, utf8ToBytes(result()));
    return accept(new Uint8Array());
  },
});

const plain = testChain('poa', 1);
const spec: ChainSpec = { ...plain.spec, fees: { ...plain.spec.fees, to: 'author' }, containers: [...plain.spec.containers, { name: 'odd', version: 1, params: new Uint8Array() }] };
const setup: TestChain = { ...plain, spec };
const transaction = (): Uint8Array => signed(spec, setup.rich, 0n, [{ container: 'odd', payload: new Uint8Array() }]);

/** Three blocks, of which the second has the odd transaction, made where the container said "as built". */
async function oddBlocks(time: ReturnType<typeof createVirtualTime>): Promise<Block[]> {
  return makeBlocks(setup, time, 3, { containers: [oddContainer(() => 'as built')] }, async (chain, height) => {
    if (height === 2) expect(await chain.submit([transaction()])).toMatchObject([{ ok: true }]);
  });
}

const caught = async (work: Promise<unknown>): Promise<ChainError> => work.then(() => { throw new RangeError('it was expected to fail'); }, (error: ChainError) => error);

describe('a block that does not execute as promised', () => {
  test('of a stranger is refused at the stranger\'s cost, and the chain goes on', async () => {
    const time = createVirtualTime(START_MS + 50);
    const blocks = await oddBlocks(time);
    const failures: unknown[] = [];
    const log = createMemoryBlockLog();
    const chain = await openTestChain(setup, time, { log, containers: [oddContainer(() => 'otherwise')], onFailure: (error) => failures.push(error) });
    expect(await chain.importBlock(blocks[0] as Block)).toMatchObject({ ok: true });
    expect(await chain.importBlock(blocks[1] as Block)).toMatchObject({ ok: false, code: 'IMPORT_EXECUTION', data: { reason: 'STATE_ROOT' } });
    expect([failures, log.next, chain.head.height]).toEqual([[], 1, 1]);
    await chain.close();
  });

  test('and was made here stops the chain, with a bundle that names the first key that differs from run to run', async () => {
    const time = createVirtualTime(START_MS + 50);
    const blocks = await oddBlocks(time);
    let runs = 0;
    const failures: unknown[] = [];
    const log = createMemoryBlockLog();
    const chain = await openTestChain(setup, time, { log, containers: [oddContainer(() => `run ${runs++}`)], onFailure: (error) => failures.push(error) });
    await chain.importBlock(blocks[0] as Block, 'own');
    const error = await caught(chain.importBlock(blocks[1] as Block, 'own'));
    expect(error).toMatchObject({ code: 'CHAIN_BROKEN', data: { reason: 'STATE_ROOT', height: 2 } });
    expect(failures).toEqual([error]);
    const bundle = error.bundle as FailureBundle;
    expect(bundle).toMatchObject({ format: 1, reason: 'STATE_ROOT', firstDifferingKey: toHex(KEY), parent: { height: 1, stateRoot: toHex((blocks[0] as Block).header.stateRoot) } });
    const carried = blockFromBytes(fromHex(bundle.block.bytes));
    expect(carried.ok && toHex(blockId(carried.value.header))).toBe(toHex(blockId((blocks[1] as Block).header)));
    // Nothing of it is in the log, and nothing more is taken.
    expect(log.next).toBe(1);
    await expect(chain.importBlock(blocks[1] as Block)).rejects.toMatchObject({ code: 'CHAIN_FAILED', cause: error });
    await expect(chain.submit([transaction()])).rejects.toMatchObject({ code: 'CHAIN_FAILED' });
    expect(failures).toHaveLength(1);
    await chain.close();
  });

  test('and is in the log stops the opening, and a node keeps the bundle under a name that stays the same', async () => {
    const time = createVirtualTime(START_MS + 50);
    const net = createMemoryNetwork({ seed: 1, time });
    const blocks = await oddBlocks(time);
    const log = createMemoryBlockLog();
    const before = await openTestChain(setup, time, { log, containers: [oddContainer(() => 'as built')] });
    for (const block of blocks) await before.importBlock(block);
    await before.close();
    const kept = new Map<string, string>();
    const records = new Map<string, Uint8Array>();
    const compose = (result: string, host: string, change: Partial<NodeParts> = {}): Promise<unknown> => createNode({ spec }, {
      consensus: setup.module, containers: [oddContainer(() => result)], store: createMemoryStore(), log, network: net.createHost(host), verifier: createInlineVerifier(), signers: [],
      durable: { load: async (name) => records.get(name), save: async (name, bytes) => void records.set(name, bytes) }, clock: time, timers: time,
      keepBundle: async (name, text) => { kept.set(name, text); return name; }, ...change,
    });
    for (const host of ['a', 'b']) expect(await caught(compose('another release', host))).toMatchObject({ code: 'CHAIN_REPLAY', message: expect.stringContaining('sync again') });
    expect(kept.size).toBe(1);
    const bundle = JSON.parse([...kept.values()][0] as string) as FailureBundle;
    expect(bundle).not.toHaveProperty('firstDifferingKey');
    expect(bundle.runs[0]).toEqual(bundle.runs[1]);
    // All that the block writes is there, the fees of its author too.
    expect(bundle.runs[0]!.writes.map(({ key }) => key)).toEqual(expect.arrayContaining([toHex(KEY), toHex(balanceKey(setup.seats[0]!.account)), toHex(balanceKey(setup.rich.account))]));

    // The machine where it was right gets the same bundle but for its writes: compared, they name the key.
    const error = await caught(compose('a third release', 'c', { keepBundle: () => Promise.reject(new Error('disk full')) }));
    expect(firstDifferingKey((error.bundle as FailureBundle).runs[0]!.writes, bundle.runs[0]!.writes)).toBe(toHex(KEY));
    const sound = await openTestChain(setup, time, { log, containers: [oddContainer(() => 'as built')] });
    expect(sound.head.height).toBe(3);
    await sound.close();
  });

  test('has a bundle of the run that failed, its fees paid to the author too', async () => {
    const params = plain.module.paramsFromJson({ periodMs: 1_000, authorities: plain.seats.map(({ publicKey }) => ({ account: toHex(AUTHOR), key: toHex(publicKey.bytes) })) });
    if (!params.ok) throw new RangeError(params.message);
    const paying: TestChain = { ...setup, spec: { ...spec, fees: { perByte: 1n, perGas: 1n, to: 'author' }, consensus: { ...spec.consensus, params: params.value } } };
    const time = createVirtualTime(START_MS + 50);
    const blocks = await makeBlocks(paying, time, 1, { containers: [oddContainer(() => 'as built')] }, async (chain) => {
      await chain.submit([signed(paying.spec, setup.rich, 0n, [{ container: 'odd', payload: new Uint8Array() }])]);
    });
    const chain = await openTestChain(paying, time, { containers: [oddContainer(() => 'otherwise')] });
    const error = await caught(chain.importBlock(blocks[0] as Block, 'own'));
    const keys = (error.bundle as FailureBundle).runs[0]?.writes.map(({ key }) => key);
    expect(keys).toContain(toHex(balanceKey(AUTHOR)));
    await chain.close();
  });
});
