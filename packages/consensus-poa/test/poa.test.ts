import { createPoa, createPoaRules, poaDistance, poaDueMs, poaMajority, poaParamsFromBytes, poaParamsFromJson, poaParamsToBytes, poaParamsToJson } from '@vsys/consensus-poa';
import { createBench } from '@vsys/consensus/compliance';
import { describe, expect, test } from '@jest/globals';
import type { EngineInput } from '@vsys/consensus';
import { blockId, genesisAt, paramsOf, publicKeyOf, subjectOf, verifySignature } from './support.ts';

describe('parameters of poa@1', () => {
  test('survive bytes and JSON', () => {
    const params = paramsOf(5);
    const bytes = poaParamsToBytes(params);
    expect(poaParamsFromBytes(bytes)).toEqual({ ok: true, value: params });
    expect(poaParamsFromJson(poaParamsToJson(params))).toEqual({ ok: true, value: params });
    const module = createPoa({ verifySignature });
    const json = module.paramsToJson(bytes);
    expect(json.ok && module.paramsFromJson(json.value)).toEqual({ ok: true, value: bytes });
  });

  test.each([
    ['no authorities', { authorities: [] }],
    ['a period of no length', { periodMs: 0 }],
    ['no backoff', { backoffMs: 0 }],
    ['a depth of half', { finalityDepth: 2 }],
    ['one key twice', { authorities: paramsOf(4).authorities.map((one) => ({ ...one, key: new Uint8Array(32) })) }],
  ])('refuse %s', (_, wrong) => {
    expect(poaParamsFromBytes(poaParamsToBytes({ ...paramsOf(4), ...wrong }))).toMatchObject({ ok: false, code: 'POA_PARAMS' });
  });

  test('a majority is more than half', () => {
    expect([1, 2, 3, 4, 5].map(poaMajority)).toEqual([1, 2, 2, 3, 3]);
  });
});

describe('turns of poa@1', () => {
  test('the one in turn first, then each position after its backoff, and never one that sealed recently', () => {
    const params = paramsOf(3);
    const parent = { height: 3, timeMs: 10_000, weight: 6n, lastHeights: [3, 1, 2] };
    // Height 4 is the turn of 1; 2 is next; 0 sealed height 3.
    expect([0, 1, 2].map((position) => poaDistance(params, 4, position))).toEqual([2, 0, 1]);
    expect([0, 1, 2].map((position) => poaDueMs(params, parent, position))).toEqual([undefined, 11_000, 11_400]);
  });

  test('an absent authority is skipped, by blocks of less weight, and finality goes on', async () => {
    const subject = subjectOf(3);
    const bench = createBench(subject, { nodes: [[subject.keys[0]!], [subject.keys[2]!]] });
    await bench.run(12);
    await bench.close();
    expect(bench.tree.head.height).toBe(12);
    expect(bench.tree.final.height).toBe(10);
    expect(bench.tree.head.rank![1]).toBeLessThan(24n);
  });

  test('a rank tells first what the branch made final, then its weight', () => {
    const rules = createPoaRules(paramsOf(4), () => true);
    const rank = (weight: bigint, lastHeights: readonly number[], position: number, height: number) => {
      const header = { ...genesisAt(100_000), height, ext: Uint8Array.of(0, position) };
      const stepped = rules.step({ height: height - 1, timeMs: 0, weight, lastHeights }, { id: blockId(header), header, seal: new Uint8Array(64) });
      return stepped.ok ? stepped.value.rank! : [];
    };
    // As the simulator found them: 8 is final on the first, 6 on the second, and nobody may seal on either but those who stand on the other.
    const first = rank(16n, [7, 8, 9, 10], 1, 11);
    const second = rank(16n, [8, 5, 6, 7], 2, 9);
    expect([first.slice(0, 2), second.slice(0, 2)]).toEqual([[8n, 17n], [6n, 17n]]);
    expect(rank(20n, [7, 8, 9, 10], 1, 11).slice(0, 2)).toEqual([8n, 21n]);
    expect(rank(30n, [8, 5, 6, 7], 2, 9).slice(0, 2)).toEqual([6n, 31n]);
  });

  test('without a majority the chain stops', async () => {
    const subject = subjectOf(4);
    const bench = createBench(subject, { nodes: [[subject.keys[0]!], [subject.keys[1]!]] });
    await bench.run(12, 50);
    await bench.close();
    expect(bench.tree.head.height).toBeLessThanOrEqual(2);
  });

  test('a block that takes long to build is waited for, and another is begun when it came to nothing', () => {
    const params = paramsOf(1);
    const opened = createPoa({ verifySignature }).open(poaParamsToBytes(params), new Uint8Array(32));
    if (!opened.ok) throw new RangeError(opened.message);
    const engine = opened.value.engine([publicKeyOf(0)]);
    const context = { height: 0, timeMs: 10_000, weight: 0n, lastHeights: [0] };
    const header = genesisAt(10_000);
    const ref = { id: blockId(header), height: 0 };
    const view = { head: { ...ref, parent: header.parent, timeMs: header.timeMs, header, seal: new Uint8Array(), rank: [0n], context, executed: true }, final: ref, justified: ref, get: () => undefined, isAncestor: () => false, ancestorAt: () => undefined };
    let { state } = engine.init(undefined, view, 10_000);
    const step = (input: EngineInput): string[] => {
      const done = engine.step(state, input, view);
      state = done.state;
      return done.effects.map(({ kind }) => kind);
    };
    const firstMs = 10_000 + params.periodMs;
    expect(step({ kind: 'timer', id: 'turn', nowMs: firstMs })).toEqual(['persist', 'build', 'timer']);
    expect(step({ kind: 'timer', id: 'turn', nowMs: firstMs + 2 * params.periodMs })).toEqual(['timer']);
    expect(step({ kind: 'built', job: `time ${firstMs}`, id: header.parent, header: { ...header, height: 1, parent: ref.id }, nowMs: firstMs + 5 * params.periodMs })).toEqual(['sign']);
    expect(step({ kind: 'timer', id: 'turn', nowMs: firstMs + 6 * params.periodMs })).toEqual(['timer']);
    expect(step({ kind: 'unsigned', job: `time ${firstMs}`, code: 'SIGNER_FAILED', nowMs: firstMs + 7 * params.periodMs })).toEqual([]);
    expect(step({ kind: 'timer', id: 'turn', nowMs: firstMs + 8 * params.periodMs })).toEqual(['persist', 'build', 'timer']);
  });

  test('all present: every block is in turn, and each authority seals every third', async () => {
    const bench = createBench(subjectOf(3));
    await bench.run(9);
    await bench.close();
    expect(bench.blocks.map(({ header }) => header.ext[1])).toEqual([1, 2, 0, 1, 2, 0, 1, 2, 0]);
    expect(bench.tree.head.rank!.slice(0, 2)).toEqual([7n, 18n]);
  });
});
