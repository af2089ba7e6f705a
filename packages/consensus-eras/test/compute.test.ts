import { createBench } from '@vsys/consensus/compliance';
import type { Bench } from '@vsys/consensus/compliance';
import { createEras } from '@vsys/consensus-eras';
import type { ErasContext } from '@vsys/consensus-eras';
import { createHeaderChain } from '@vsys/consensus/rules';
import type { ConsensusModule } from '@vsys/consensus';
import { describe, expect, test } from '@jest/globals';
import { eraOf, genesis, modules, subjectOf } from './support.ts';
import { workModule, workOn } from './work.ts';

const all = [...modules, workModule as ConsensusModule];
const work = (lastHeight?: number) => ({ module: 'work@1', params: {}, ...(lastHeight === undefined ? {} : { lastHeight }) });

async function run(eras: readonly unknown[], height: number): Promise<{ readonly bench: Bench<ErasContext>; readonly subject: ReturnType<typeof subjectOf> }> {
  const module = createEras({ modules: all });
  const params = module.paramsFromJson({ eras });
  if (!params.ok) throw new Error(params.message);
  const base = subjectOf(3, [['poa']]);
  const opened = module.open(params.value, genesis.chainId);
  if (!opened.ok) throw new Error(opened.message);
  const subject = { ...base, consensus: opened.value, spec: { ...base.spec, consensus: { module: 'eras@1', params: params.value } } };
  const bench = createBench(subject, { nodes: [base.keys] });
  await bench.run(height);
  await bench.close();
  return { bench, subject };
}

describe('an era whose module asks for long work', () => {
  test('has it done, slice by slice, between eras that need none', async () => {
    const { bench, subject } = await run([eraOf('poa', 3, 3), work(7), eraOf('bft', 3)], 10);
    expect(bench.branch.slice(0, 10).map(({ context }) => context.era)).toEqual([0, 0, 0, 1, 1, 1, 1, 2, 2, 2]);
    expect(bench.tree.final.height).toBeGreaterThanOrEqual(9);
    const chain = createHeaderChain({ rules: subject.consensus.rules, spec: subject.spec, genesis, blockId: subject.blockId });
    expect(chain.extend(bench.branch)).toMatchObject({ ok: true });
  });

  test('keeps what the eras put ahead of its ext, when it gives its own only with the seal', async () => {
    const { bench } = await run([eraOf('poa', 3, 3), work(7), eraOf('bft', 3)], 10);
    const [first, second] = bench.branch.slice(3, 5).map(({ header }) => header);
    if (first === undefined || second === undefined) throw new Error('the era made no blocks');
    expect(first.ext[0]).toBe(1);
    expect(first.ext.length).toBeGreaterThan(35);
    expect(first.ext.slice(-32)).toEqual(workOn(first.parent));
    expect(second.ext).toEqual(workOn(second.parent));
    const carrier = bench.blocks.find(({ header, context }) => context.era === 1 && header.height === 8)?.header;
    expect(carrier?.ext).toEqual(Uint8Array.of(0, ...workOn(carrier?.parent ?? first.parent)));
  });

  test('is told of by the module, and no chain without such an era has work to do', () => {
    const module = createEras({ modules: all });
    expect(module.needs.compute).toBe(true);
    const computes = (eras: readonly unknown[]): boolean => {
      const params = module.paramsFromJson({ eras });
      const opened = params.ok ? module.open(params.value, genesis.chainId) : params;
      return opened.ok && opened.value.compute !== undefined;
    };
    expect([computes([eraOf('poa', 3)]), computes([eraOf('poa', 3, 3), work()])]).toEqual([false, true]);
  });

  test('gets its own work and no other era\'s', async () => {
    const { subject } = await run([work(2), eraOf('poa', 3)], 3);
    const { compute } = subject.consensus;
    const job = Uint8Array.of(1, ...genesis.parent);
    expect(compute?.(Uint8Array.of(0, ...job)).length).toBe(33);
    expect(() => compute?.(Uint8Array.of(1, ...job))).toThrow('an era whose module does it');
    expect(() => compute?.(new Uint8Array())).toThrow('an era whose module does it');
  });
});
