import { describe, expect, test } from '@jest/globals';
import type { Block } from '@vsys/data-format';
import { createVirtualTime, toHex } from '@vsys/primitives';
import { type BlockLog, createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { blockId } from '@vsys/data-format';
import { makeBlocks, openTestChain } from './chain-run.ts';
import { START_MS, testChain } from './support.ts';

const setup = testChain('spos', 4);
const time = createVirtualTime(START_MS + 50);
const options = { blocksAboveFinalMax: 4 };
const idsIn = async (log: BlockLog): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { bytes } of log.records(0)) ids.push(toHex(bytes));
  return ids;
};

describe('a tree that is full of blocks without finality', () => {
  test('refuses the next block before it enters the log, takes it when there is room, and the log replays', async () => {
    const blocks = await makeBlocks(setup, time, 8);
    const [store, log] = [createMemoryStore(), createMemoryBlockLog()];
    const chain = await openTestChain(setup, time, { store, log, options });
    for (const block of blocks.slice(0, 3)) expect(await chain.importBlock(block)).toMatchObject({ ok: true });
    const before = await idsIn(log);
    for (let again = 0; again < 3; again++) expect(await chain.importBlock(blocks[3] as Block)).toMatchObject({ ok: false, code: 'IMPORT_FULL', data: { retry: true, reason: 'TREE_FULL' } });
    expect(await idsIn(log)).toEqual(before);
    const [, second] = blocks as [Block, Block];
    await chain.finalise({ height: 2, id: blockId(second.header) });
    for (const block of blocks.slice(3, 5)) expect(await chain.importBlock(block)).toMatchObject({ ok: true });
    expect(await chain.importBlock(blocks[5] as Block)).toMatchObject({ ok: false, code: 'IMPORT_FULL' });
    // Five blocks, and that the second is final, which no header tells.
    expect(log.next).toBe(6);
    await chain.close();
    const again = await openTestChain(setup, time, { store, log, options });
    expect(toHex(again.head.id)).toBe(toHex(blockId((blocks[4] as Block).header)));
    await again.close();
  });

  test('with a lower limit than the log needs names the limit instead of losing blocks', async () => {
    const blocks = await makeBlocks(setup, time, 3);
    const log = createMemoryBlockLog();
    const chain = await openTestChain(setup, time, { log });
    for (const block of blocks) await chain.importBlock(block);
    await chain.close();
    await expect(openTestChain(setup, time, { log, options: { blocksAboveFinalMax: 2 } })).rejects.toMatchObject({ code: 'CHAIN_REPLAY', message: expect.stringContaining('limits of the tree') });
    const wide = await openTestChain(setup, time, { log });
    expect(wide.head.height).toBe(3);
    await wide.close();
  });
});
