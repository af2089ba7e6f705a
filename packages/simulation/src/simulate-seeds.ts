import { createSimulation, type SimulationResult } from './create-simulation.ts';
import { describeFault, type Fault } from './fault.ts';
import type { SeedsResult } from './run-seeds.ts';
import { shrinkFaults } from './shrink-faults.ts';
import type { SimulatedModule } from './simulated-module.ts';
import type { Violation } from './violation.ts';

export interface SimulateSeedsOptions {
  readonly module: SimulatedModule;
  readonly extreme: boolean;
  /** What somebody types to run the simulator with this module, before the options of one seed. */
  readonly command: string;
  /** Runs the seeds, and tells of each. */
  run(onRun: (seed: number, violation: Violation | undefined) => void): Promise<SeedsResult>;
  /** A line of the result; one of how far it is. */
  print(line: string): void;
  say(line: string): void;
}

/** Failures that are shrunk; of the others the seed is told. */
const SHRUNK_MAX = 3;

/** Seeds, as a command runs them: what fails is shrunk, and printed with the command that runs it again. False when something failed. */
export async function simulateSeeds({ module, extreme, command, run, print, say }: SimulateSeedsOptions): Promise<boolean> {
  const beganMs = performance.now();
  let done = 0;
  const result = await run((seed, violation) => {
    done++;
    if (violation !== undefined) print(`✖ seed ${seed}: ${inWords(violation)}`);
    if (done % 100 === 0) say(`${done} seeds …`);
  });
  const seconds = (performance.now() - beganMs) / 1_000;
  for (const failed of result.failed.slice(0, SHRUNK_MAX)) for (const line of await shrunk(module, failed, `${command} --seed ${failed.seed}`, extreme)) print(line);
  for (const seed of result.notDeterministic) print(`✖ seed ${seed}: two runs have two histories, so something besides the seed is read`);
  const hours = result.simulatedMs / 3_600_000;
  print(`${module.name}: ${hours.toFixed(1)} simulated hours in ${seconds.toFixed(0)} s; ${result.events} events, ${Math.round(result.events / seconds)} a second; ${result.starts} starts of nodes, ${result.reorganisations} reorganisations, ${result.seatChanges} changes of seats, ${result.transactionsFinal} transactions final; ${result.repeated} seeds run twice`);
  const violations = result.failed.length + result.notDeterministic.length;
  if (violations === 0) print(`at 95 % a run of this kind fails less often than 1 in ${Math.max(1, Math.floor(result.seeds / 3))}`);
  print(`${result.seeds} seeds, ${violations} violations`);
  return violations === 0;
}

/** One seed with these faults, and what happened last where it fails. False when it did. */
export async function replaySeed({ module, seed, faults, print }: { readonly module: SimulatedModule; readonly seed: number; readonly faults: readonly Fault[]; print(line: string): void }): Promise<boolean> {
  for (const fault of faults) print(describeFault(fault));
  const { violation, traceTail, traceHash, events, headHeight, finalHeight } = await createSimulation({ seed, module, faults }).run();
  if (violation !== undefined) for (const line of traceTail) print(`  ${line}`);
  print(`${events} events, head ${headHeight}, final ${finalHeight}, trace ${traceHash.slice(0, 16)}`);
  print(violation === undefined ? '1 seeds, 0 violations' : `✖ ${inWords(violation)}`);
  return violation === undefined;
}

/** What a failure needs, and how to see it again. */
async function shrunk(module: SimulatedModule, { seed, faults, violation }: SimulationResult, command: string, extreme: boolean): Promise<readonly string[]> {
  const kept = await shrinkFaults(faults, async (fewer) => (await createSimulation({ seed, module, faults: fewer }).run()).violation?.kind === violation?.kind);
  const numbers = kept.map((fault) => faults.indexOf(fault));
  return [
    `  seed ${seed} needs ${kept.length} of its ${faults.length} faults:`,
    ...kept.map((fault) => `    ${describeFault(fault)}`),
    `  ${command} --faults ${numbers.length === 0 ? 'none' : numbers.join()}${extreme ? ' --extreme' : ''}`,
  ];
}

function inWords({ kind, atMs, message }: Violation): string {
  return `${kind} after ${atMs} ms: ${message}`;
}
