import { expect, test } from '@jest/globals';
import { createVirtualTime, toHex } from '@vsys/primitives';
import { type Block, blockId } from '@vsys/data-format';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { makeBlocks, openTestChain } from './chain-run.ts';
import { START_MS, testChain } from './support.ts';

/** As `FINALISED_AT_ONCE_MAX` of the spec of consensus. */
const STEP = 64;
const BLOCKS = 3 * STEP + 10;

const setup = testChain('spos', 4, { more: { finality: 'depth' } });
const time = createVirtualTime(START_MS + 50);
const refOf = ({ header }: Block) => ({ height: header.height, id: blockId(header) });

test('many blocks become final in steps, between which others are imported; a crash in between loses none of them', async () => {
  const blocks = await makeBlocks(setup, time, BLOCKS + 2);
  const [store, log] = [createMemoryStore(), createMemoryBlockLog()];
  const chain = await openTestChain(setup, time, { store, log });
  for (const block of blocks.slice(0, BLOCKS)) expect(await chain.importBlock(block)).toMatchObject({ ok: true });
  expect(chain.final.height).toBe(0);
  const told: (number | string)[] = [];
  chain.listen((event) => {
    if (event.kind === 'final') told.push(event.final.height);
    if (event.kind === 'head') told.push('head');
  });
  const top = refOf(blocks[BLOCKS - 1] as Block);
  const first = chain.finalise(top);
  const imported = chain.importBlock(blocks[BLOCKS] as Block);
  await first;
  // The state of what is not final yet is read as before.
  expect((await chain.stateAt(BLOCKS - 1))?.at.height).toBe(BLOCKS - 1);
  expect((await chain.stateAt(STEP))?.at.height).toBe(STEP);
  expect(await imported).toMatchObject({ ok: true });
  expect(told.slice(0, 2)).toEqual([STEP, 'head']);
  // No step more after this one: as if the process had ended here.
  await chain.close();
  const reached = chain.final.height;
  expect(reached).toBeGreaterThanOrEqual(STEP);
  expect(reached).toBeLessThan(BLOCKS);
  expect(reached % STEP).toBe(0);

  const again = await openTestChain(setup, time, { store, log });
  expect([again.final.height, toHex(again.final.id)]).toEqual([top.height, toHex(top.id)]);
  expect(again.head.height).toBe(BLOCKS + 1);
  const next = refOf(blocks[BLOCKS] as Block);
  await again.finalise(next);
  expect(again.final.height).toBe(next.height);
  await again.close();
});

test('the last step tells the block that was asked for, and what is asked for meanwhile comes to its end too', async () => {
  const blocks = await makeBlocks(setup, time, BLOCKS);
  const chain = await openTestChain(setup, time, {});
  for (const block of blocks) await chain.importBlock(block);
  const heights: number[] = [];
  const isDone = new Promise<void>((resolve) => chain.listen((event) => {
    if (event.kind !== 'final') return;
    heights.push(event.final.height);
    if (event.final.height === BLOCKS) resolve();
  }));
  await Promise.all([chain.finalise(refOf(blocks[BLOCKS - 5] as Block)), chain.finalise(refOf(blocks[BLOCKS - 1] as Block))]);
  await isDone;
  expect(heights).toEqual([...new Set(heights)].toSorted((a, b) => a - b));
  expect(heights.at(-1)).toBe(BLOCKS);
  for (const [i, height] of heights.entries()) expect(height - (heights[i - 1] ?? 0)).toBeLessThanOrEqual(STEP);
  await chain.close();
});
