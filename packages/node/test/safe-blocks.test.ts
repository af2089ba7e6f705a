import { describe, expect, test } from '@jest/globals';
import { type Block, blockId } from '@vsys/data-format';
import { createVirtualTime, toHex } from '@vsys/primitives';
import { transfer } from '@vsys/transaction';
import { makeBlocks, openTestChain } from './chain-run.ts';
import { signed, signers, START_MS, type TestChain, testChain } from './support.ts';

const transactionOf = ({ spec, rich }: TestChain): Uint8Array => signed(spec, rich, 0n, [transfer(signers(1, 3)[0]!.account, 5n)]);

const byDepth = { more: { finality: 'depth' } };

/** Statuses of a transaction in block 2, after each of the blocks is imported and what the headers make final is final. */
async function statusesAlong(setup: TestChain, count: number): Promise<string[]> {
  const time = createVirtualTime(START_MS + 50);
  const blocks = await makeBlocks(setup, time, count, {}, async (chain, height) => {
    if (height === 2) await chain.submit([transactionOf(setup)]);
  });
  const chain = await openTestChain(setup, time);
  const [sent] = await chain.submit([transactionOf(setup)]);
  if (sent?.ok !== true) throw new RangeError('not taken');
  const seen: string[] = [];
  for (const block of blocks) {
    await chain.importBlock(block);
    const stepped = chain.rules.step(chain.treeView.get(block.header.parent)!.context, { id: blockId(block.header), header: block.header, seal: block.seal });
    const height = stepped.ok ? (stepped.value.finalises ?? 0) : 0;
    const ref = chain.treeView.ancestorAt(chain.head.id, height);
    if (ref !== undefined) await chain.finalise(ref);
    seen.push((await chain.status(sent.value.id)).kind);
    expect(chain.safe.height).toBeGreaterThanOrEqual(chain.final.height);
    expect(chain.safe.height).toBeLessThanOrEqual(chain.head.height);
  }
  await chain.close();
  return seen;
}

describe('what is safe', () => {
  test('under spos is what two thirds of the seats voted for, and comes before final', async () => {
    expect(await statusesAlong(testChain('spos', 4), 6)).toEqual(['pooled', 'included', 'safe', 'final', 'final', 'final']);
  });

  test('under spos with finality by depth is what more seats built on than may misbehave', async () => {
    expect(await statusesAlong(testChain('spos', 4, byDepth), 6)).toEqual(['pooled', 'included', 'included', 'safe', 'final', 'final']);
    expect(await statusesAlong(testChain('spos', 7, byDepth), 8)).toEqual(['pooled', 'included', 'included', 'included', 'safe', 'safe', 'final', 'final']);
  });

  test('under poa, which vouches for nothing below final, is what is final', async () => {
    expect(new Set(await statusesAlong(testChain('poa', 4), 7))).toEqual(new Set(['pooled', 'included', 'final']));
  });

  test('is taken back with the branch that it stood on', async () => {
    const setup = testChain('spos', 4, byDepth);
    const [mine, theirs] = [createVirtualTime(START_MS + 50), createVirtualTime(START_MS + 50)];
    const blocks = await makeBlocks(setup, mine, 4);
    // The other branch begins a slot later, and is longer.
    theirs.advance(1_000);
    const others = await makeBlocks(setup, theirs, 6);
    mine.advance(20_000);
    const chain = await openTestChain(setup, mine);
    for (const block of blocks) await chain.importBlock(block);
    expect([chain.head.height, chain.safe.height]).toEqual([4, 2]);
    const first = others[0] as Block;
    for (const block of others) await chain.importBlock(block);
    expect(chain.head.height).toBe(6);
    expect(toHex(chain.safe.id)).toBe(toHex(chain.treeView.ancestorAt(chain.head.id, 4)!.id));
    expect(toHex(chain.treeView.ancestorAt(chain.safe.id, 1)!.id)).toBe(toHex(blockId(first.header)));
    await chain.close();
  });
});
