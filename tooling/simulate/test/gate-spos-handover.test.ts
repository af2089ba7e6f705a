import { expect, test } from '@jest/globals';
import { accept } from '@vsys/primitives';
import type { ConsensusModule } from '@vsys/consensus';
import type { SposContext } from '@vsys/consensus-spos';
import { createSimulation, type SimulatedModule } from '@vsys/simulation';
import { simulatedModule } from '@vsys/app-node/simulated-modules';
import { gate } from './support.ts';

gate('spos-handover', 30);

test('in a run of it seats hand over again and again, with votes of both sets', async () => {
  const module = simulatedModule('spos-handover');
  const since = new Set<number>();
  const sets = new Set<number>();
  const watch = (inner: ConsensusModule): ConsensusModule => ({
    ...inner,
    open(params, chainId) {
      const opened = inner.open(params, chainId);
      if (!opened.ok) return opened;
      const { rules } = opened.value;
      return accept({ ...opened.value, rules: { ...rules, step: (parent, child) => {
        const stepped = rules.step(parent, child);
        const context = stepped.ok ? stepped.value.context as SposContext : undefined;
        if (context?.finality.kind === 'ffg') {
          since.add(context.standing.since);
          sets.add(context.finality.ffg.voters.sets.length);
        }
        return stepped;
      } } });
    },
  });
  const watched: SimulatedModule = { ...module, create: (verify) => watch(module.create(verify)) };
  expect((await createSimulation({ seed: 1, module: watched, faults: [] }).run()).violation).toBeUndefined();
  expect(since.size).toBeGreaterThan(8);
  expect([...sets].toSorted()).toEqual([1, 2]);
}, 300_000);
