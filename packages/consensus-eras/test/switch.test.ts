import { createHeaderChain } from '@vsys/consensus/rules';
import { createBench, createBenchNetwork } from '@vsys/consensus/compliance';
import type { Bench, BenchBlock } from '@vsys/consensus/compliance';
import type { ErasContext } from '@vsys/consensus-eras';
import { attemptAt, attemptEndMs, ATTEMPT_MS, PROOF_BYTES_MAX } from '@vsys/consensus-eras';
import type { Header } from '@vsys/data-format';
import { bodyRoot } from '@vsys/data-format';
import { equalBytes } from '@vsys/primitives';
import { describe, expect, test } from '@jest/globals';
import { blockId, genesis, subjectOf } from './support.ts';

const three = [['poa', 4], ['spos', 9], ['bft']] as const;

async function benchOf(eras: Parameters<typeof subjectOf>[1], height: number): Promise<{ readonly subject: ReturnType<typeof subjectOf>; readonly bench: Bench<ErasContext> }> {
  const subject = subjectOf(4, eras);
  const bench = createBench(subject);
  await bench.run(height);
  await bench.close();
  return { subject, bench };
}

const isCarrier = (eras: Parameters<typeof subjectOf>[1]) => ({ context, header }: BenchBlock<ErasContext>): boolean => header.height > (eras[context.era]?.[1] ?? Number.MAX_SAFE_INTEGER);

describe('a chain that goes from poa over spos to bft', () => {
  test('changes after the heights that are named, each era on the last block of the one before', async () => {
    const { bench } = await benchOf(three, 14);
    const erasOf = bench.branch.map(({ context }) => context.era);
    expect(erasOf.slice(0, 14)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2]);
    expect(bench.tree.final.height).toBe(bench.tree.head.height);
  });

  test('drops what the old modules built above, and nothing of it was ever final', async () => {
    const { bench } = await benchOf(three, 14);
    const carriers = bench.blocks.filter(isCarrier(three));
    expect(new Set(carriers.map(({ context }) => context.era))).toEqual(new Set([0, 1]));
    for (const { finalises, context } of carriers) expect(finalises ?? 0).toBeLessThanOrEqual(context.era === 0 ? 4 : 9);
    for (const one of carriers) expect(bench.branch).not.toContain(one);
    // Three distinct authorities of four make a block of poa final, and then it is over.
    expect(carriers.filter(({ context }) => context.era === 0)).toHaveLength(3);
  });

  test('tells nodes to build empty blocks above the last of an era, and none elsewhere', async () => {
    const { bench } = await benchOf(three, 14);
    for (const { header } of bench.blocks.filter(isCarrier(three))) {
      const build = bench.builds.find(({ on, timeMs }) => equalBytes(on, header.parent) && timeMs === header.timeMs);
      expect(build?.empty).toBe(true);
    }
    for (const { header } of bench.branch) {
      const build = bench.builds.find(({ on, timeMs }) => equalBytes(on, header.parent) && timeMs === header.timeMs);
      expect(build?.empty ?? false).toBe(false);
      expect(build?.aside ?? false).toBe(header.height === 5 || header.height === 10);
    }
  });

  test('is followed by a light client with nothing but headers, also one that saw the carriers', async () => {
    const { subject, bench } = await benchOf(three, 14);
    const options = { rules: subject.consensus.rules, spec: subject.spec, genesis, blockId };
    const direct = createHeaderChain(options);
    expect(direct.extend(bench.branch)).toMatchObject({ ok: true });
    expect(direct.final.height).toBe(bench.tree.head.height);
    const carriers = bench.blocks.filter((one) => isCarrier(three)(one) && one.context.era === 0);
    const slow = createHeaderChain(options);
    expect(slow.extend([...bench.branch.slice(0, 4), ...carriers])).toMatchObject({ ok: true });
    expect(slow.tip.height).toBe(7);
    expect(slow.final.height).toBe(4);
    expect(slow.replaceFrom((bench.branch[3] as BenchBlock<ErasContext>).id, bench.branch.slice(4))).toMatchObject({ ok: true });
    expect(slow.tip.height).toBe(bench.tree.head.height);
  });

  test('announces the seats of an era with its first block', async () => {
    const { bench } = await benchOf(three, 14);
    const roots = bench.branch.map(({ header }) => Buffer.from(header.nextSeatSetRoot).toString('hex'));
    expect(new Set(roots.slice(0, 4)).size).toBe(1);
    expect(new Set(roots.slice(4, 9)).size).toBe(1);
    expect(new Set(roots).size).toBe(3);
  });
});

describe('an era that begins otherwise is refused', () => {
  async function parts() {
    const eras = [['poa', 4], ['spos']] as const;
    const { subject, bench } = await benchOf(eras, 8);
    const { rules } = subject.consensus;
    const carriers = bench.blocks.filter(isCarrier(eras));
    const [last, first] = bench.branch.slice(3, 5) as [BenchBlock<ErasContext>, BenchBlock<ErasContext>];
    /** Sealed by whoever the rules take: of several keys one is right. */
    const judge = (parent: ErasContext, header: Header) => {
      const id = blockId(header);
      const verdicts = subject.keys.map((key) => rules.step(parent, { id, header, seal: subject.sign(key, sealed(id)) }));
      return verdicts.find(({ ok }) => ok) ?? verdicts[0];
    };
    const proof = first.header.ext.slice(3, 3 + (((first.header.ext[1] as number) << 8) | (first.header.ext[2] as number)));
    const withProof = (bytes: Uint8Array): Uint8Array => Uint8Array.of(1, bytes.length >> 8, bytes.length & 255, ...bytes, ...first.header.ext.slice(3 + proof.length));
    const each = proof.length / 3;
    return { subject, bench, carriers, last, first, judge, proof, withProof, each };
  }
  const sealed = (id: Uint8Array): Uint8Array => Uint8Array.of(...new TextEncoder().encode('vsys seal 1'), ...id);

  test('with a proof one header short, of another order, twice, or none', async () => {
    const { last, first, judge, proof, withProof, each } = await parts();
    expect(judge(last.context, first.header)).toMatchObject({ ok: true });
    const second = proof.length - 2 * each + 1;
    for (const bytes of [new Uint8Array(), proof.slice(0, proof.length - each), proof.slice(second), Uint8Array.of(...proof, ...proof), proof.slice(0, 40)]) {
      expect(judge(last.context, { ...first.header, ext: withProof(bytes) })).toMatchObject({ ok: false, code: 'ERAS_PROOF' });
    }
  });

  test('with the proof of another branch', async () => {
    const { last, first, judge, bench } = await parts();
    const other = { ...last.context, id: (bench.branch[2] as BenchBlock<ErasContext>).id };
    expect(judge(other, { ...first.header, parent: other.id })).toMatchObject({ ok: false, code: 'ERAS_PROOF', data: { reason: 'POA_SEAL' } });
  });

  test('on another block than the last of the era before', async () => {
    const { carriers, first, judge, bench } = await parts();
    const [one, two, three_] = carriers as [BenchBlock<ErasContext>, BenchBlock<ErasContext>, BenchBlock<ErasContext>];
    const on = ({ context, id, header }: BenchBlock<ErasContext>) => judge(context, { ...first.header, parent: id, height: header.height + 1 });
    expect(on(one)).toMatchObject({ ok: false, code: 'POA_EXT' });
    expect(on(two)).toMatchObject({ ok: false, code: 'POA_EXT' });
    expect(on(three_)).toMatchObject({ ok: false, code: 'ERAS_OVER' });
    expect(on(bench.branch[1] as BenchBlock<ErasContext>)).toMatchObject({ ok: false, code: 'POA_EXT' });
  });

  test('before the last header of its proof', async () => {
    const { last, first, judge, carriers } = await parts();
    const timeMs = (carriers.at(-1) as BenchBlock<ErasContext>).header.timeMs;
    expect(judge(last.context, { ...first.header, timeMs })).toMatchObject({ ok: false, code: 'ERAS_TIME' });
  });

  test('by a carrier that has a body, or goes on where the era is over, or begins with nothing that says what it is', async () => {
    const { carriers, judge, last } = await parts();
    const [one] = carriers as [BenchBlock<ErasContext>];
    expect(judge(last.context, one.header)).toMatchObject({ ok: true });
    for (const change of [{ bodyRoot: bodyRoot([Uint8Array.of(1)]) }, { gasUsed: 1n }]) expect(judge(last.context, { ...one.header, ...change })).toMatchObject({ ok: false, code: 'ERAS_BODY' });
    const end = carriers.at(-1) as BenchBlock<ErasContext>;
    const after = { ...one.header, height: end.header.height + 1, parent: end.id, timeMs: end.header.timeMs + 5_000, ext: end.header.ext };
    expect(judge(end.context, after)).toMatchObject({ ok: false, code: 'ERAS_OVER' });
    expect(judge(last.context, { ...one.header, ext: Uint8Array.of(7, 0, 1) })).toMatchObject({ ok: false, code: 'ERAS_EXT' });
  });

  test('by a carrier of a later attempt on one of an earlier', async () => {
    const { carriers, judge, last } = await parts();
    const [one, two] = carriers as [BenchBlock<ErasContext>, BenchBlock<ErasContext>];
    const late = { ...two.header, timeMs: last.header.timeMs + 2 * ATTEMPT_MS };
    expect(judge(one.context, late)).toMatchObject({ ok: false, code: 'ERAS_ATTEMPT' });
  });

  test('by more carriers than a proof has room for', async () => {
    const { carriers, judge } = await parts();
    const [one, two] = carriers as [BenchBlock<ErasContext>, BenchBlock<ErasContext>];
    expect(judge({ ...one.context, proofBytes: PROOF_BYTES_MAX - 100 }, two.header)).toMatchObject({ ok: false, code: 'ERAS_CARRIERS' });
  });
});

test('each attempt to end an era has eight carriers more than the one before', async () => {
  const eras = [['poa', 4], ['spos']] as const;
  const { subject, bench } = await benchOf(eras, 8);
  const [one, two] = bench.blocks.filter(isCarrier(eras)) as [BenchBlock<ErasContext>, BenchBlock<ErasContext>];
  for (const [attempt, height, isAllowed] of [[0, 12, true], [0, 13, false], [1, 13, true], [1, 20, true], [1, 21, false]] as const) {
    const endedMs = two.header.timeMs - (attempt === 0 ? 1_000 : ATTEMPT_MS);
    const verdict = subject.consensus.rules.step({ ...one.context, endedMs, attempt, height: height - 1 }, { ...two, header: { ...two.header, height } });
    expect([attempt, height, verdict.ok ? undefined : verdict.code === 'ERAS_CARRIERS']).toEqual([attempt, height, verdict.ok ? undefined : !isAllowed]);
  }
});

describe('where too few are there to end an era', () => {
  test('attempts last twice as long each time', () => {
    expect([0, 14_999, 15_000, 44_999, 45_000, 104_999, 105_000].map((ms) => attemptAt(1_000, 1_000 + ms))).toEqual([0, 0, 1, 1, 2, 2, 3]);
    for (let attempt = 0; attempt < 12; attempt++) {
      const end = attemptEndMs(1_000, attempt);
      expect([attemptAt(1_000, end - 1), attemptAt(1_000, end)]).toEqual([attempt, attempt + 1]);
    }
    expect(attemptAt(1_000, 0)).toBe(0);
    expect(attemptAt(0, Number.MAX_SAFE_INTEGER)).toBe(30);
  });

  test('it ends in a later attempt, once enough are back', async () => {
    // Four seats, of which three make a block final. Two are there until long after the first attempt.
    const subject = subjectOf(4, [['spos', 3], ['poa']]);
    const network = createBenchNetwork(subject);
    await network.runFor(3_500);
    network.split([0, 0, 1, 2]);
    await network.runFor(200_000);
    expect(network.nodes.map(({ tree }) => tree.final.height <= 3)).toEqual([true, true, true, true]);
    const contexts = network.nodes.map(({ tree }) => subject.consensus.rules.decode(tree.head.context));
    expect(contexts.map(({ era }) => era)).toEqual([0, 0, 0, 0]);
    await network.heal();
    await network.runFor(240_000);
    await network.close();
    const after = network.nodes.map(({ tree }) => subject.consensus.rules.decode(tree.head.context));
    expect(after.map(({ era }) => era)).toEqual([1, 1, 1, 1]);
    for (const { tree } of network.nodes) expect(tree.final.height).toBeGreaterThan(10);
  }, 60_000);

  test('a network that is cut in two around the end comes together in the next era', async () => {
    const subject = subjectOf(5, [['poa', 6], ['spos', 14], ['bft']]);
    const network = createBenchNetwork(subject);
    await network.runFor(5_500);
    network.split([0, 0, 0, 1, 1]);
    await network.runFor(20_000);
    await network.heal();
    await network.runFor(150_000);
    await network.close();
    const finals = network.nodes.map(({ finals }) => finals);
    for (const one of finals) for (const [height, id] of one) expect(finals[0]?.get(height) ?? id).toBe(id);
    for (const { tree } of network.nodes) expect(subject.consensus.rules.decode(tree.head.context).era).toBe(2);
  }, 60_000);
});
