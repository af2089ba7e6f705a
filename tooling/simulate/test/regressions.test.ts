import { expect, test } from '@jest/globals';
import { createSimulation, type Fault } from '@vsys/simulation';
import { moduleNamed } from '../src/modules.ts';

/** What the simulator found once, shrunk to the faults that it needs. */
const found: readonly { readonly what: string; readonly module: string; readonly seed: number; readonly faults: readonly Fault[] }[] = [
  {
    what: 'authorities on two branches of one weight, half on each, waited for each other for ever', module: 'poa', seed: 69,
    faults: [
      { kind: 'cut', fromMs: 982, untilMs: 10_982, sides: [[1], [2, 3, 0]], oneWay: false },
      { kind: 'late', fromMs: 2_169, untilMs: 22_169, node: 3, delayMs: 2_802 },
    ],
  },
  {
    what: 'a branch that is no longer than a node\'s own was never asked for, though it had the higher rank', module: 'poa', seed: 35,
    faults: [
      { kind: 'cut', fromMs: 1_607, untilMs: 21_607, sides: [[1, 2, 3], [0]], oneWay: false },
      { kind: 'crash', fromMs: 1_815, untilMs: 13_815, node: 3, power: false },
    ],
  },
];

test.each(found)('$module: $what', async ({ module, seed, faults }) => {
  const { violation } = await createSimulation({ seed, module: moduleNamed(module), faults }).run();
  expect(violation).toBeUndefined();
}, 120_000);
