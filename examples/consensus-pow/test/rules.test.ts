import { createBench } from '@vsys/consensus/compliance';
import { blockId } from '@vsys/data-format';
import { createPow, nextWork, powExtFromBytes, targetOf } from '@vsys-example/consensus-pow';
import type { PowContext, PowParams } from '@vsys-example/consensus-pow';
import { compareBytes, toHex } from '@vsys/primitives';
import { describe, expect, test } from '@jest/globals';
import { createSubject } from './subject.ts';

const PARAMS: PowParams = { periodMs: 1_000, work: 500n, finalityDepth: 10 };

/** A branch whose blocks came at these intervals, each of the work that the rule asked for. */
function branchOf(intervalsMs: readonly number[]): PowContext {
  let context: PowContext = { height: 0, total: 0n, recent: [{ timeMs: 1_000_000, work: 0n }] };
  for (const intervalMs of intervalsMs) {
    const work = nextWork(PARAMS, context);
    context = { height: context.height + 1, total: context.total + work, recent: [...context.recent, { timeMs: (context.recent.at(-1)?.timeMs ?? 0) + intervalMs, work }].slice(-17) };
  }
  return context;
}

describe('work of pow@1', () => {
  test('begins as the parameters say, and stays where the pace is right', () => {
    expect(nextWork(PARAMS, branchOf([]))).toBe(500n);
    expect(nextWork(PARAMS, branchOf(Array.from({ length: 30 }, () => 1_000)))).toBe(500n);
  });

  test('grows with blocks that come too fast, at most twofold from one to the next, and falls with slow ones', () => {
    expect(nextWork(PARAMS, branchOf([1]))).toBe(1_000n);
    expect(nextWork(PARAMS, branchOf([1, 1, 1]))).toBe(4_000n);
    expect(nextWork(PARAMS, branchOf(Array.from({ length: 17 }, () => 2_000)))).toBeLessThan(300n);
  });

  test('does not fall to nothing after the whole network was away', () => {
    expect(nextWork(PARAMS, branchOf([...Array.from({ length: 16 }, () => 1_000), 86_400_000]))).toBeGreaterThan(400n);
  });

  test('a target is 2^256 by the work, and the least work takes any id', () => {
    expect(toHex(targetOf(1n))).toBe('ff'.repeat(32));
    expect(toHex(targetOf(2n))).toBe(`80${'00'.repeat(31)}`);
    expect(toHex(targetOf(1n << 40n))).toBe(`${'00'.repeat(4)}01${'00'.repeat(27)}`);
  });

  test('every block carries its work in its id, and the searchers share the blocks', async () => {
    const bench = createBench(createSubject());
    await bench.run(20);
    await bench.close();
    const accounts = new Set<string>();
    for (const { header, id } of bench.blocks) {
      const ext = powExtFromBytes(header.ext);
      expect(ext !== undefined && compareBytes(blockId(header), targetOf(ext.work)) <= 0).toBe(true);
      expect(toHex(id)).toBe(toHex(blockId(header)));
      accounts.add(toHex(ext?.account ?? new Uint8Array()));
    }
    expect(accounts.size).toBeGreaterThan(1);
    expect(bench.tree.head.rank).toEqual([bench.blocks.reduce((sum, { header }) => sum + (powExtFromBytes(header.ext)?.work ?? 0n), 0n)]);
    expect([bench.guards.length, bench.log.includes('sign'), bench.log.includes('persist')]).toEqual([0, false, false]);
  });
});

describe('parameters of pow@1', () => {
  const pow = createPow();

  test('survive bytes and JSON', () => {
    const bytes = pow.paramsFromJson({ periodMs: 2_000, work: 77, finalityDepth: 5 });
    const json = bytes.ok ? pow.paramsToJson(bytes.value) : bytes;
    expect(json).toEqual({ ok: true, value: { periodMs: 2_000, work: 77, finalityDepth: 5 } });
  });

  test.each([['work', 0], ['work', 2 ** 41], ['periodMs', 1], ['finalityDepth', 0], ['seats', 1], ['work', 1.5]])('refuse %s of %d', (name, value) => {
    expect(pow.paramsFromJson({ [name]: value })).toMatchObject({ ok: false, code: 'POW_PARAMS', message: expect.stringContaining(name) });
  });

  test('refuse bytes that are cut or of another version', () => {
    const bytes = pow.paramsFromJson({});
    if (!bytes.ok) throw new Error(bytes.message);
    expect(pow.open(bytes.value.slice(1), new Uint8Array(32)).ok).toBe(false);
    expect(pow.open(bytes.value.with(0, 2), new Uint8Array(32)).ok).toBe(false);
  });
});
