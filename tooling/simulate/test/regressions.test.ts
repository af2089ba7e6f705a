import { expect, test } from '@jest/globals';
import { createSimulation, type Fault, type SimulatedModule } from '@vsys/simulation';
import { simulatedModule } from '@vsys/app-node/simulated-modules';

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
    what: 'an authority sealed on a branch that others then held final, went over to a heavier one, and half of the authorities stood on each for ever', module: 'poa', seed: 115,
    faults: [
      { kind: 'weather', fromMs: 0, untilMs: 30_000, loss: 172, delayMaxMs: 251, copies: 191 },
      { kind: 'skew', fromMs: 0, untilMs: 30_000, node: 1, skewMs: -1_036, restarts: true },
      { kind: 'crashAtWrite', fromMs: 4_430, untilMs: 24_430, node: 2, writes: 3, moment: 'before', downMs: 427, power: true },
      { kind: 'crashAtWrite', fromMs: 8_590, untilMs: 19_590, node: 0, writes: 10, moment: 'after', downMs: 857, power: false },
      { kind: 'crashAtWrite', fromMs: 10_039, untilMs: 23_039, node: 1, writes: 1, moment: 'after', downMs: 107, power: false },
      { kind: 'cut', fromMs: 11_112, untilMs: 19_112, sides: [[0, 1, 3], [2]], oneWay: false },
      { kind: 'crashAtWrite', fromMs: 19_082, untilMs: 26_082, node: 1, writes: 8, moment: 'after', downMs: 328, power: false },
      { kind: 'skew', fromMs: 19_837, untilMs: 29_837, node: 3, skewMs: 1_206, restarts: true },
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
  {
    what: 'two were locked on a block and, started again, could not show why; the others had the prevotes and did not tell them, and the height was never decided', module: 'bft', seed: 39,
    faults: [
      { kind: 'cut', fromMs: 9_209, untilMs: 15_209, sides: [[2, 0], [3, 1, 4]], oneWay: true },
      { kind: 'diskFull', fromMs: 15_653, untilMs: 20_653, node: 2 },
      { kind: 'crash', fromMs: 17_369, untilMs: 26_369, node: 0, power: false },
    ],
  },
  {
    what: 'one was ahead of the others and as quick as they, so they met in one round after half a minute only', module: 'bft', seed: 31,
    faults: [
      { kind: 'skew', fromMs: 0, untilMs: 30_000, node: 0, skewMs: 341, restarts: true },
      { kind: 'twin', fromMs: 0, seat: 3, split: false },
      { kind: 'skew', fromMs: 587, untilMs: 23_587, node: 0, skewMs: 1_190, restarts: false },
      { kind: 'crash', fromMs: 1_695, untilMs: 1_909, node: 1, power: true },
      { kind: 'late', fromMs: 2_727, untilMs: 20_727, node: 1, delayMs: 2_539 },
      { kind: 'cut', fromMs: 5_337, untilMs: 28_337, sides: [[0, 1], [3, 4]], oneWay: true },
      { kind: 'cut', fromMs: 5_803, untilMs: 24_803, sides: [[0], [1, 3, 2, 4]], oneWay: false },
      { kind: 'crash', fromMs: 7_873, untilMs: 8_288, node: 3, power: true },
      { kind: 'crashAtWrite', fromMs: 7_907, untilMs: 21_907, node: 1, writes: 5, moment: 'after', downMs: 155, power: false },
      { kind: 'crash', fromMs: 8_589, untilMs: 8_589, node: 1, power: true },
      { kind: 'withhold', fromMs: 16_987, untilMs: 29_987, node: 0, to: [1, 3] },
      { kind: 'late', fromMs: 19_413, untilMs: 29_413, node: 0, delayMs: 3_441 },
      { kind: 'crash', fromMs: 23_355, untilMs: 23_553, node: 0, power: true },
      { kind: 'rot', fromMs: 27_241, node: 2, part: 'durable', pick: 2 },
    ],
  },
  {
    what: 'the first block of an era was decided at one node and waited for its certificate at the others, who stood higher with the era before and never asked for it', module: 'eras', seed: 31,
    faults: [
      { kind: 'skew', fromMs: 0, untilMs: 30_000, node: 0, skewMs: 341, restarts: true },
      { kind: 'skew', fromMs: 587, untilMs: 23_587, node: 0, skewMs: 1_190, restarts: false },
      { kind: 'crash', fromMs: 1_695, untilMs: 1_909, node: 1, power: true },
      { kind: 'late', fromMs: 2_727, untilMs: 20_727, node: 1, delayMs: 2_539 },
      { kind: 'crash', fromMs: 7_873, untilMs: 8_288, node: 3, power: true },
      { kind: 'crashAtWrite', fromMs: 7_907, untilMs: 21_907, node: 1, writes: 5, moment: 'after', downMs: 155, power: false },
      { kind: 'crash', fromMs: 8_589, untilMs: 8_589, node: 1, power: true },
      { kind: 'withhold', fromMs: 16_987, untilMs: 29_987, node: 0, to: [1, 3] },
      { kind: 'late', fromMs: 19_413, untilMs: 29_413, node: 0, delayMs: 3_441 },
      { kind: 'crash', fromMs: 23_355, untilMs: 23_553, node: 0, power: true },
      { kind: 'rot', fromMs: 27_241, node: 2, part: 'durable', pick: 2 },
    ],
  },
];

test.each(found)('$module: $what', async ({ module, seed, faults }) => {
  const { violation } = await createSimulation({ seed, module: simulatedModule(module), faults }).run();
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
const spos = simulatedModule('spos');

test('spos: what makes two nodes differ under finality by depth does not under votes', async () => {
  const { violation } = await createSimulation({ seed: 5_057, module: spos, faults: twoFaces }).run();
  expect(violation).toBeUndefined();
}, 120_000);

// The other side of the claim: finality by depth is a promise of each node to itself.
test('spos by depth: a seat that signs twice and a slow network make two nodes differ, as its spec says', async () => {
  const byDepth: SimulatedModule = { ...spos, params: (seats, slotMs) => ({ ...spos.params(seats, slotMs) as object, finality: 'depth' }) };
  const { violation } = await createSimulation({ seed: 5_057, module: byDepth, faults: twoFaces }).run();
  expect(violation).toMatchObject({ kind: 'final-conflict' });
}, 120_000);
