import { expect, test } from '@jest/globals';
import { simulatedModule } from '@vsys/app-node/simulated-modules';
import { runSeeds } from '@vsys/simulation';

/** Seeds that are run with every change, for each module that has no other number. */
const SEEDS = 200;
/** One of so many is run twice. */
const REPEAT_EACH = 50;
const GATE_MS_MAX = 3_600_000;

/** The gate of one module: a file for each, so that they run beside each other. */
export function gate(name: string, count: number = SEEDS): void {
  test(`${name}: ${count} seeds break no promise, and one of 50 run twice has one history`, async () => {
    const { failed, notDeterministic, seeds, starts, seatChanges, transactionsFinal, repeated } = await runSeeds({ module: simulatedModule(name), seeds: Array.from({ length: count }, (_, seed) => seed), repeatEach: REPEAT_EACH });
    expect(failed.map(({ seed, violation }) => `npm run simulate -- --module ${name} --seed ${seed}: ${violation?.kind} ${violation?.message}`)).toEqual([]);
    expect(notDeterministic).toEqual([]);
    expect([seeds, repeated]).toEqual([count, Math.ceil(count / REPEAT_EACH)]);
    // A gate in which nothing happens would be green too.
    expect(starts).toBeGreaterThan(6 * count);
    expect(transactionsFinal).toBeGreaterThan(20 * count);
    if (simulatedModule(name).rekey !== undefined) expect(seatChanges).toBeGreaterThan(0);
  }, GATE_MS_MAX);
}
