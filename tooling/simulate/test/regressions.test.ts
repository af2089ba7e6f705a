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
  {
    what: 'one was locked on a quorum with a vote of a seat that signed twice, the others had counted its other vote, and the height was never decided', module: 'bft', seed: 11,
    faults: [
      { kind: 'twin', fromMs: 0, seat: 3, split: true },
      { kind: 'crashAtWrite', fromMs: 213, untilMs: 8_213, node: 3, writes: 12, moment: 'after', downMs: 137, power: true },
      { kind: 'diskFull', fromMs: 1_830, untilMs: 9_830, node: 2 },
      { kind: 'crash', fromMs: 2_397, untilMs: 2_664, node: 2, power: false },
      { kind: 'disconnect', fromMs: 8_205, a: 1, b: 0 },
      { kind: 'crashAtWrite', fromMs: 9_327, untilMs: 23_327, node: 2, writes: 3, moment: 'after', downMs: 156, power: false },
      { kind: 'diskSlow', fromMs: 10_198, untilMs: 26_198, node: 3, slowMs: 398 },
      { kind: 'rot', fromMs: 13_190, node: 3, part: 'log', pick: 469 },
      { kind: 'crash', fromMs: 13_481, untilMs: 13_503, node: 0, power: true },
      { kind: 'crashAtWrite', fromMs: 19_607, untilMs: 29_607, node: 0, writes: 7, moment: 'before', downMs: 705, power: true },
      { kind: 'withhold', fromMs: 21_168, untilMs: 27_168, node: 3, to: [0, 2] },
    ],
  },
];

test.each(found)('$module: $what', async ({ module, seed, faults }) => {
  const { violation } = await createSimulation({ seed, module: moduleNamed(module), faults }).run();
  expect(violation).toBeUndefined();
}, 120_000);

// The other side of the claim: finality by depth is a promise of each node to itself. A module that votes must not fail here.
test('spos: a seat that signs twice and a slow network make two nodes differ, as its spec says', async () => {
  const faults: readonly Fault[] = [
    { kind: 'weather', fromMs: 0, untilMs: 30_000, loss: 100, delayMaxMs: 238, copies: 186 },
    { kind: 'skew', fromMs: 0, untilMs: 30_000, node: 2, skewMs: 633, restarts: false },
    { kind: 'twin', fromMs: 0, seat: 3, split: true },
    { kind: 'skew', fromMs: 1_329, untilMs: 18_329, node: 2, skewMs: -450, restarts: false },
    { kind: 'late', fromMs: 1_609, untilMs: 16_609, node: 1, delayMs: 1_850 },
    { kind: 'late', fromMs: 3_347, untilMs: 22_347, node: 2, delayMs: 1_067 },
  ];
  const { violation } = await createSimulation({ seed: 5_056, module: moduleNamed('spos'), faults }).run();
  expect(violation).toMatchObject({ kind: 'final-conflict' });
}, 120_000);
