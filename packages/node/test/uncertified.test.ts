import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createRouter } from '@vsys/container';
import { type Chain, type ChainEvent, createChain } from '@vsys/consensus';
import { type Block, blockId } from '@vsys/data-format';
import { createVirtualTime, toHex } from '@vsys/primitives';
import { type BlockLog, createMemoryBlockLog, createMemoryStore, type Store } from '@vsys/store';
import { createCoinContainer, transfer } from '@vsys/transaction';
import { bftHands } from './bft-hands.ts';
import { createInlineVerifier, signed, signers, START_MS } from './support.ts';

const CHAIN_ID = new Uint8Array(32);
const { setup, propose, proposalOn, certificateOf } = bftHands(() => CHAIN_ID);
const time = createVirtualTime(START_MS + 60_000);

async function open(store: Store, log: BlockLog): Promise<Chain> {
  const consensus = setup.module.open(setup.spec.consensus.params, CHAIN_ID);
  if (!consensus.ok) throw new Error(consensus.message);
  return createChain({ spec: setup.spec }, { consensus: consensus.value, router: createRouter([createCoinContainer()]), store, log, verifier: createInlineVerifier(), clock: time });
}

describe('a block that waits for its certificate', () => {
  let store: Store;
  let log: BlockLog;
  let chain: Chain;
  let block: Block;
  let events: ChainEvent[];
  beforeEach(async () => {
    [store, log] = [createMemoryStore(), createMemoryBlockLog()];
    chain = await open(store, log);
    await chain.submit([signed(setup.spec, setup.rich, 0n, [transfer(signers(1, 3)[0]!.account, 5n)])]);
    block = await proposalOn(chain);
    events = [];
    chain.listen((event) => void events.push(event));
  });
  afterEach(() => chain.close());
  const id = () => blockId(block.header);

  test('is not taken from a stranger, and costs nothing before its body is looked at', async () => {
    const nonsense = { ...block, transactions: [new Uint8Array(9)] };
    expect(await chain.importBlock(nonsense)).toMatchObject({ ok: false, code: 'IMPORT_UNCERTIFIED', data: { retry: true } });
    expect([log.next, await chain.has(id())]).toEqual([0, false]);
    expect(await chain.importBlock({ ...block, seal: block.seal.with(9, block.seal[9]! ^ 1) })).toMatchObject({ code: 'IMPORT_HEADER', data: { reason: 'BFT_SEAL' } });
  });

  test('is executed as a candidate, and is neither head nor built on nor served', async () => {
    expect(await chain.importBlock(block, 'candidate')).toMatchObject({ ok: true });
    expect([chain.head.height, chain.isUncertified(id()), log.next]).toEqual([0, true, 1]);
    expect(events.map(({ kind }) => kind)).toEqual(['block']);
    expect(await chain.headersAfter([chain.genesis.id], 9)).toEqual([]);
    expect(await chain.importBlock(block, 'candidate')).toMatchObject({ code: 'IMPORT_KNOWN' });
    const child: Block = { ...block, header: { ...block.header, height: 2, parent: id(), timeMs: block.header.timeMs + 1_000 } };
    for (const seal of [block.seal, certificateOf(child)]) expect(await chain.importBlock({ ...child, seal }, 'candidate')).toMatchObject({ code: 'IMPORT_UNKNOWN_PARENT', data: { retry: true } });
  });

  test('a candidate that does not execute as it says is refused', async () => {
    const lie = { ...block, header: { ...block.header, gasUsed: 0n } };
    expect(await chain.importBlock({ ...lie, seal: propose(lie) }, 'candidate')).toMatchObject({ code: 'IMPORT_EXECUTION' });
    expect(log.next).toBe(0);
  });

  test.each([['by its certificate', false], ['come again with it', true]])('is head %s, with another seal and the same id', async (_, again) => {
    await chain.importBlock(block, 'candidate');
    const seal = certificateOf(block);
    expect(await chain.certify(id(), certificateOf(block, [0, 1]))).toMatchObject({ ok: false, code: 'IMPORT_HEADER', data: { reason: 'BFT_CERTIFICATE' } });
    expect(await chain.certify(id(), block.seal)).toMatchObject({ code: 'IMPORT_KNOWN' });
    expect(await (again ? chain.importBlock({ ...block, transactions: [], seal }) : chain.certify(id(), seal))).toMatchObject({ ok: true, value: { height: 1 } });
    expect([chain.head.height, toHex(chain.head.id), chain.isUncertified(id())]).toEqual([1, toHex(id()), false]);
    expect(events.map(({ kind }) => kind)).toEqual(['block', 'head', 'block']);
    expect((await chain.at(1))?.seal).toEqual(seal);
    expect(await chain.blockById(id())).toEqual({ ...block, seal });
    expect(await chain.certify(id(), certificateOf(block, [1, 2, 3]))).toMatchObject({ code: 'IMPORT_KNOWN' });
    await chain.finalise({ id: id(), height: 1 });
    expect(await chain.blockById(id())).toEqual({ ...block, seal });
    expect((await chain.headersAfter([chain.genesis.id], 9)).map(({ seal: served }) => served)).toEqual([seal]);
  });

  test('of two in one height, the certified one is head and the other is forgotten', async () => {
    const other = await proposalOn(chain, 1);
    await chain.importBlock(block, 'candidate');
    await chain.importBlock(other, 'candidate');
    await chain.certify(blockId(other.header), certificateOf(other));
    await chain.finalise({ id: blockId(other.header), height: 1 });
    expect(await chain.has(id())).toBe(false);
    expect(await chain.certify(id(), certificateOf(block))).toMatchObject({ code: 'IMPORT_UNKNOWN_PARENT' });
    expect(chain.head.height).toBe(1);
  });

  test('a certificate for a block that is not here says so', async () => {
    expect(await chain.certify(id(), certificateOf(block))).toMatchObject({ ok: false, code: 'IMPORT_UNKNOWN_PARENT', data: { retry: true } });
  });

  test.each([['with its store', true], ['from the log alone', false]])('still waits after a crash, and one that was certified is head and final, %s', async (_, keep) => {
    await chain.importBlock(block, 'candidate');
    let again = await open(keep ? store : createMemoryStore(), log);
    expect([again.head.height, again.isUncertified(id())]).toEqual([0, true]);
    await again.certify(id(), certificateOf(block));
    const next = await proposalOn(again);
    await again.importBlock(next, 'candidate');
    again = await open(keep ? store : createMemoryStore(), log);
    expect([again.head.height, again.final.height, again.isUncertified(blockId(next.header))]).toEqual([1, 1, true]);
    expect(await again.blockById(id())).toEqual({ ...block, seal: certificateOf(block) });
    expect(await again.importBlock({ ...next, seal: certificateOf(next) })).toMatchObject({ ok: true });
    await again.finalise({ id: blockId(next.header), height: 2 });
    again = await open(keep ? store : createMemoryStore(), log);
    expect([again.head.height, again.final.height]).toEqual([2, 2]);
  });
});
