import { createSimulation, type SimulationOptions, type SimulationResult } from './create-simulation.ts';

export interface SeedsResult {
  readonly seeds: number;
  readonly events: number;
  readonly simulatedMs: number;
  readonly starts: number;
  readonly reorganisations: number;
  readonly seatChanges: number;
  readonly transactionsFinal: number;
  /** Seeds that were run a second time, to see that nothing but the seed matters. */
  readonly repeated: number;
  /** The runs that broke a promise. */
  readonly failed: readonly SimulationResult[];
  /** Seeds whose second run had another trace. */
  readonly notDeterministic: readonly number[];
}

export interface SeedsOptions extends Omit<SimulationOptions, 'seed' | 'faults'> {
  readonly seeds: Iterable<number>;
  /** One of so many seeds is run twice. Default 50. */
  readonly repeatEach?: number;
  /** Runs end after so many failures. Default 1. */
  readonly failuresMax?: number;
  /** Told of each run. */
  onRun?(result: SimulationResult): void;
}

/** Runs one simulation for each seed. */
export async function runSeeds({ seeds, repeatEach = 50, failuresMax = 1, onRun, ...options }: SeedsOptions): Promise<SeedsResult> {
  const failed: SimulationResult[] = [];
  const notDeterministic: number[] = [];
  const sums = { seeds: 0, events: 0, simulatedMs: 0, starts: 0, reorganisations: 0, seatChanges: 0, transactionsFinal: 0, repeated: 0 };
  for (const seed of seeds) {
    const result = await createSimulation({ ...options, seed }).run();
    sums.seeds++;
    sums.events += result.events;
    sums.simulatedMs += result.simulatedMs;
    sums.starts += result.starts;
    sums.reorganisations += result.reorganisations;
    sums.seatChanges += result.seatChanges;
    sums.transactionsFinal += result.transactionsFinal;
    if (result.violation !== undefined) failed.push(result);
    if (seed % repeatEach === 0) {
      sums.repeated++;
      const again = await createSimulation({ ...options, seed }).run();
      if (again.traceHash !== result.traceHash) notDeterministic.push(seed);
    }
    onRun?.(result);
    if (failed.length + notDeterministic.length >= failuresMax) break;
  }
  return { ...sums, failed, notDeterministic };
}
