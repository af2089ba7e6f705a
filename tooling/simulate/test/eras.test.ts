import { describe, expect, test } from '@jest/globals';
import { createSimulation, type Fault } from '@vsys/simulation';
import { simulatedModule } from '@vsys/app-node/simulated-modules';

/** The chain of the module `eras` goes over from poa to spos after block 6, and from there to bft after block 14, a block a second. */
const [FIRST_MS, SECOND_MS] = [7_000, 18_000] as const;

const around = (atMs: number): readonly (readonly [what: string, faults: readonly Fault[]])[] => [
  ['each node crashes once, one after the other', [0, 1, 2, 3].map((node) => ({ kind: 'crash', fromMs: atMs - 1_500 + node * 1_200, untilMs: atMs + node * 1_200, node, power: node % 2 === 0 }))],
  ['all nodes lose power at once, and begin from their logs', [0, 1, 2, 3].map((node) => ({ kind: 'crash', fromMs: atMs + 1_700, untilMs: atMs + 4_000, node, power: true }))],
  ['half of them are cut off', [{ kind: 'cut', fromMs: atMs - 1_000, untilMs: atMs + 9_000, sides: [[0, 1], [2, 3]], oneWay: false }]],
];

describe.each([['from poa to spos', FIRST_MS], ['from spos to bft', SECOND_MS]] as const)('while a chain goes %s', (_which, atMs) => {
  test.each(around(atMs))('%s: nothing is lost, and it goes on in the last era', async (_what, faults) => {
    const { violation, finalHeight, reorganisations } = await createSimulation({ seed: 3, module: simulatedModule('eras'), faults }).run();
    expect(violation).toBeUndefined();
    expect(finalHeight).toBeGreaterThan(20);
    expect(reorganisations).toBeGreaterThan(0);
  }, 120_000);
});
