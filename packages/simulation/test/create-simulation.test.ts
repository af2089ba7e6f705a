import { describe, expect, test } from '@jest/globals';
import type { Effect, Engine, TreeView } from '@vsys/consensus';
import { createSimulation, type Fault, runSeeds, type SimulatedModule } from '../src/index.ts';
import { brokenSpos, spos } from './support.ts';

const SHORT = { chaosMs: 10_000, healMs: 20_000 };

const withEffects = (change: (effects: readonly Effect[], view: TreeView) => readonly Effect[]): SimulatedModule => brokenSpos((consensus) => ({
  engine(keys) {
    const engine: Engine = consensus.engine(keys);
    return {
      init: (saved, view, nowMs) => engine.init(saved, view, nowMs),
      step(state, input, view) {
        const step = engine.step(state, input, view);
        return { ...step, effects: change(step.effects, view) };
      },
    };
  },
}));

describe('a simulation', () => {
  test('of one seed has one history; of another seed another', async () => {
    const run = async (seed: number): Promise<string> => {
      const { violation, traceHash } = await createSimulation({ seed, module: spos, ...SHORT, extreme: true }).run();
      expect(violation).toBeUndefined();
      return traceHash;
    };
    const first = await run(5);
    expect(await run(5)).toBe(first);
    expect(await run(6)).not.toBe(first);
  }, 120_000);

  test('without faults: all nodes go on together, and every transaction becomes final', async () => {
    const result = await createSimulation({ seed: 1, module: spos, ...SHORT, faults: [] }).run();
    expect(result.violation).toBeUndefined();
    expect(result.reorganisations).toBe(0);
    expect(result.headHeight).toBeGreaterThanOrEqual(28);
    expect(result.finalHeight).toBeGreaterThanOrEqual(result.headHeight - 3);
    expect(result.transactionsFinal).toBeGreaterThan(10);
  }, 120_000);

  test('a fault that reaches beyond the healing is a violation of its own', async () => {
    const faults: readonly Fault[] = [{ kind: 'diskFull', fromMs: 0, untilMs: 10_001, node: 0 }];
    const { violation } = await createSimulation({ seed: 1, module: spos, ...SHORT, faults }).run();
    expect(violation).toMatchObject({ kind: 'schedule' });
  }, 120_000);

  test('of seeds: counts, and names those that fail', async () => {
    const result = await runSeeds({ module: brokenSpos(() => ({ engine: () => ({ init: () => ({ state: 0, effects: [] }), step: (state) => ({ state, effects: [] }) }) })), ...SHORT, seeds: [3, 4, 5], failuresMax: 2 });
    expect(result.failed.map(({ seed, violation }) => [seed, violation?.kind])).toEqual([[3, 'no-progress'], [4, 'no-progress']]);
    expect(result.seeds).toBe(2);
  }, 120_000);
});

describe('a simulation finds a module that', () => {
  const cut: Fault = { kind: 'cut', fromMs: 2_000, untilMs: 9_000, sides: [[0, 1], [2, 3]], oneWay: false };

  test('calls its head final', async () => {
    expect((await createSimulation({ seed: 1, module: spos, ...SHORT, faults: [cut] }).run()).violation).toBeUndefined();
    const greedy = withEffects((effects, { head }) => [...effects, { kind: 'finalise', ref: { id: head.id, height: head.height } }]);
    expect((await createSimulation({ seed: 1, module: greedy, ...SHORT, faults: [cut] }).run()).violation).toMatchObject({ kind: 'final-conflict' });
  }, 120_000);

  test('asks for two signatures under one mark: the guard of the node refuses the second', async () => {
    let asked = 0;
    const module = withEffects((effects) => effects.flatMap((effect): Effect[] => {
      if (effect.kind !== 'sign') return [effect];
      asked++;
      return [effect, { ...effect, bytes: effect.bytes.map((byte) => byte ^ 1) }];
    }));
    expect((await createSimulation({ seed: 1, module, ...SHORT, faults: [] }).run()).violation).toBeUndefined();
    expect(asked).toBeGreaterThan(20);
  }, 120_000);

  test('does not follow finality', async () => {
    const module = withEffects((effects) => effects.filter(({ kind }) => kind !== 'finalise'));
    expect((await createSimulation({ seed: 1, module, ...SHORT, faults: [] }).run()).violation).toMatchObject({ kind: 'no-progress' });
  }, 120_000);
});
