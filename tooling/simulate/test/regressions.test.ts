import { expect, test } from '@jest/globals';
import { createSimulation, type Fault, type SimulatedModule } from '@vsys/simulation';
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
    what: 'one was locked on a quorum with a vote of a seat that signed twice, the others had counted its other vote, and the height was never decided', module: 'bft', seed: 17,
    faults: [
      { kind: 'skew', fromMs: 0, untilMs: 30_000, node: 1, skewMs: 867, restarts: true },
      { kind: 'twin', fromMs: 0, seat: 2, split: false },
      { kind: 'skew', fromMs: 11_982, untilMs: 25_982, node: 2, skewMs: 1_416, restarts: false },
      { kind: 'diskSlow', fromMs: 13_573, untilMs: 28_573, node: 1, slowMs: 287 },
      { kind: 'late', fromMs: 14_370, untilMs: 18_370, node: 0, delayMs: 3_174 },
      { kind: 'late', fromMs: 14_962, untilMs: 28_962, node: 0, delayMs: 2_560 },
      { kind: 'rot', fromMs: 19_853, node: 1, part: 'log', pick: 47 },
    ],
  },
];

test.each(found)('$module: $what', async ({ module, seed, faults }) => {
  const { violation } = await createSimulation({ seed, module: moduleNamed(module), faults }).run();
  expect(violation).toBeUndefined();
}, 120_000);

/** A seat that signs twice, and a slow network. */
const twoFaces: readonly Fault[] = [
  { kind: 'weather', fromMs: 0, untilMs: 30_000, loss: 100, delayMaxMs: 238, copies: 186 },
  { kind: 'skew', fromMs: 0, untilMs: 30_000, node: 2, skewMs: 633, restarts: false },
  { kind: 'twin', fromMs: 0, seat: 3, split: true },
  { kind: 'skew', fromMs: 1_329, untilMs: 18_329, node: 2, skewMs: -450, restarts: false },
  { kind: 'late', fromMs: 1_609, untilMs: 16_609, node: 1, delayMs: 1_850 },
  { kind: 'late', fromMs: 3_347, untilMs: 22_347, node: 2, delayMs: 1_067 },
];
const spos = moduleNamed('spos');

test('spos: what makes two nodes differ under finality by depth does not under votes', async () => {
  const { violation } = await createSimulation({ seed: 5_056, module: spos, faults: twoFaces }).run();
  expect(violation).toBeUndefined();
}, 120_000);

// The other side of the claim: finality by depth is a promise of each node to itself.
test('spos by depth: a seat that signs twice and a slow network make two nodes differ, as its spec says', async () => {
  const byDepth: SimulatedModule = { ...spos, params: (seats, slotMs) => ({ ...spos.params(seats, slotMs) as object, finality: 'depth' }) };
  const { violation } = await createSimulation({ seed: 5_056, module: byDepth, faults: twoFaces }).run();
  expect(violation).toMatchObject({ kind: 'final-conflict' });
}, 120_000);
