import { createBench } from '@vsys/consensus/compliance';
import type { BenchBlock } from '@vsys/consensus/compliance';
import { createEras, eraRecordHash } from '@vsys/consensus-eras';
import type { EraRecord, ErasContext } from '@vsys/consensus-eras';
import type { ConsensusModule } from '@vsys/consensus';
import { describe, expect, test } from '@jest/globals';
import { blockId, eraOf, modules, subjectOf } from './support.ts';

const CHAIN = new Uint8Array(32);

function recordOf(module: 'poa' | 'spos' | 'bft', lastHeight: number, change: Partial<EraRecord> = {}): EraRecord {
  const params = (modules.find(({ id }) => id === `${module}@1`) as ConsensusModule).paramsFromJson(eraOf(module, 4).params);
  if (!params.ok) throw new Error(params.message);
  return { chainId: CHAIN, lastHeight, module: `${module}@1`, params: params.value, ...change };
}

/** The chain of a subject, under rules that know these records. */
function withRecords(base: Parameters<typeof subjectOf>[1], records: readonly EraRecord[]): ReturnType<typeof subjectOf> {
  const subject = subjectOf(4, base);
  const opened = createEras({ modules, records }).open(subject.spec.consensus.params, CHAIN);
  if (!opened.ok) throw new Error(`${opened.code} ${opened.message}`);
  return { ...subject, consensus: opened.value, sign: subject.sign.bind(subject), blockId: subject.blockId.bind(subject) };
}

async function branchOf(subject: ReturnType<typeof subjectOf>, height: number): Promise<{ readonly branch: readonly BenchBlock<ErasContext>[]; readonly blocks: readonly BenchBlock<ErasContext>[] }> {
  const bench = createBench(subject);
  await bench.run(height);
  await bench.close();
  return bench;
}

describe('eras by record', () => {
  test.each([['poa', 'spos'], ['bft', 'poa'], ['spos', 'bft']] as const)('a chain goes from %s to %s, and its headers name the record', async (from, to) => {
    const record = recordOf(to, 4);
    const { branch, blocks } = await branchOf(withRecords([[from]], [record]), 9);
    expect(branch.slice(0, 9).map(({ context }) => context.era)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 1]);
    const first = branch[4]?.header.ext as Uint8Array;
    expect(first.slice(0, 33)).toEqual(Uint8Array.of(3, ...eraRecordHash(record)));
    // Also where the old module needs none for its finality, so that its seats say which record they mean.
    const carrier = blocks.find(({ header, context }) => header.height === 5 && context.era === 0);
    expect(carrier?.header.ext.slice(0, 33)).toEqual(Uint8Array.of(2, ...eraRecordHash(record)));
  });

  test('several follow each other in the order of their heights, and are part of the hash in every field', async () => {
    const records = [recordOf('bft', 8), recordOf('spos', 3)];
    const { branch } = await branchOf(withRecords([['poa']], records), 16);
    expect(branch.slice(0, 11).map(({ context }) => context.era)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 2, 2, 2]);
    const [one] = records as [EraRecord];
    const hashes = [one, { ...one, chainId: CHAIN.map(() => 1) }, { ...one, lastHeight: 9 }, { ...one, module: 'bft@2' }, { ...one, params: one.params.slice(1) }].map((each) => Buffer.from(eraRecordHash(each)).toString('hex'));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test.each<readonly [string, EraRecord]>([
    ['another chain', recordOf('spos', 4, { chainId: CHAIN.map(() => 1) })],
    ['a height that an era of the spec has', recordOf('spos', 3)],
  ])('are refused for %s', (_what, record) => {
    expect(createEras({ modules, records: [record] }).open(subjectOf(4, [['poa', 3], ['bft']]).spec.consensus.params, CHAIN)).toMatchObject({ ok: false, code: 'ERAS_RECORD' });
  });

  test('who has none ignores a carrier that names one, and stops at the first block that shows that enough mean it', async () => {
    const knows = withRecords([['poa']], [recordOf('spos', 4)]);
    const { branch, blocks } = await branchOf(knows, 8);
    const rules = subjectOf(4, [['poa']]).consensus.rules;
    const parent = (branch[3] as BenchBlock<ErasContext>).context;
    const without = { ...parent, endedMs: 0 };
    const [carrier, first] = [blocks.find(({ header, context }) => header.height === 5 && context.era === 0), branch[4]] as [BenchBlock<ErasContext>, BenchBlock<ErasContext>];
    expect(rules.step(without, carrier)).toMatchObject({ ok: false, code: 'ERAS_RECORD_MISSING', data: { retry: true } });
    expect(rules.step(without, first)).toMatchObject({ ok: false, code: 'ERAS_RECORD_MISSING', data: { halt: true, lastHeight: 4, record: Buffer.from(eraRecordHash(recordOf('spos', 4))).toString('hex') } });
    // Nobody can make that up: another hash than that of the carriers, a carrier less, a carrier that its seat did not seal.
    const { ext } = first.header;
    const length = ((ext[33] as number) << 8) | (ext[34] as number);
    const shorter = Uint8Array.of(...ext.slice(0, 33), 0, 0, ...ext.slice(35 + length));
    for (const forged of [ext.map((byte, i) => (i === 5 ? byte ^ 1 : byte)), ext.map((byte, i) => (i === 33 + length ? byte ^ 1 : byte)), shorter]) {
      const header = { ...first.header, ext: forged };
      const verdict = rules.step(without, { ...first, id: blockId(header), header });
      expect(verdict).toMatchObject({ ok: false, code: 'POA_EXT' });
      expect(verdict.ok ? undefined : verdict.data).toBeUndefined();
    }
    const lone = { ...carrier, seal: carrier.seal.map((byte) => byte ^ 1) };
    expect(rules.step(without, lone)).toMatchObject({ ok: false, code: 'POA_EXT' });
  });

  test('who has one refuses headers that name another, and those without any are nobody\'s fault', async () => {
    const [mine, theirs] = [withRecords([['poa']], [recordOf('spos', 4)]), withRecords([['poa']], [recordOf('bft', 4)])];
    const { branch, blocks } = await branchOf(theirs, 6);
    const parent = (branch[3] as BenchBlock<ErasContext>).context;
    const carrier = blocks.find(({ header, context }) => header.height === 5 && context.era === 0) as BenchBlock<ErasContext>;
    expect(mine.consensus.rules.step(parent, carrier)).toMatchObject({ ok: false, code: 'ERAS_RECORD', data: { retry: false } });
    const plain = (await branchOf(subjectOf(4, [['poa']]), 5)).branch[4] as BenchBlock<ErasContext>;
    expect(mine.consensus.rules.step(parent, plain)).toMatchObject({ ok: false, code: 'ERAS_RECORD', data: { retry: true } });
  });
});
