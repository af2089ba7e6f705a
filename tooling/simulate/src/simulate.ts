import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createSimulation, describeFault, type Fault, shrinkFaults, type SimulationResult } from '@vsys/simulation';
import { moduleNamed, modules } from './modules.ts';
import { simulateInWorkers } from './simulate-in-workers.ts';

const USAGE = `npm run simulate -- --module ${modules.map(({ name }) => name).join('|')} --seeds 1000
  --from N       first seed (0)
  --seed N       one seed, with what happened last
  --faults a,b   of that seed, only these faults, by number; "none" for none of them
  --extreme      also faults that the module does not claim to survive
  --workers N    threads (${availableParallelism()} here)`;

/** One seed in 100 is run twice. */
const REPEAT_EACH = 100;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { module: { type: 'string' }, seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' }, faults: { type: 'string' }, extreme: { type: 'boolean' }, workers: { type: 'string' }, help: { type: 'boolean' } } });
  if (values.help === true || values.module === undefined) {
    console.log(USAGE);
    return values.help === true ? 0 : 2;
  }
  const extreme = values.extreme ?? false;
  if (values.seed !== undefined) return replay(values.module, whole('seed', values.seed), values.faults, extreme);
  return simulate(values.module, whole('from', values.from ?? '0'), whole('seeds', values.seeds ?? '100'), extreme, whole('workers', values.workers ?? `${availableParallelism()}`));
}

async function simulate(module: string, first: number, count: number, extreme: boolean, workers: number): Promise<number> {
  moduleNamed(module);
  const beganMs = performance.now();
  let done = 0;
  const result = await simulateInWorkers({ module, first, end: first + count, extreme, repeatEach: REPEAT_EACH }, Math.max(1, Math.min(workers, count)), (seed, violation) => {
    done++;
    if (violation !== undefined) console.log(`✖ seed ${seed}: ${violation.kind} after ${violation.atMs} ms: ${violation.message}`);
    if (done % 100 === 0 && done < count) console.error(`${done} seeds …`);
  });
  const seconds = (performance.now() - beganMs) / 1_000;
  for (const failed of result.failed.slice(0, 3)) await report(module, failed, extreme);
  for (const seed of result.notDeterministic) console.log(`✖ seed ${seed}: two runs have two histories, so something besides the seed is read`);
  const hours = result.simulatedMs / 3_600_000;
  console.log(`${module}: ${hours.toFixed(1)} simulated hours in ${seconds.toFixed(0)} s; ${result.events} events, ${Math.round(result.events / seconds)} a second; ${result.starts} starts of nodes, ${result.reorganisations} reorganisations, ${result.seatChanges} changes of seats, ${result.transactionsFinal} transactions final; ${result.repeated} seeds run twice`);
  const violations = result.failed.length + result.notDeterministic.length;
  if (violations === 0) console.log(`at 95 % a run of this kind fails less often than 1 in ${Math.floor(result.seeds / 3)}`);
  console.log(`${result.seeds} seeds, ${violations} violations`);
  return violations === 0 ? 0 : 1;
}

/** What the failure needs, and how to see it again. */
async function report(module: string, { seed, faults, violation }: SimulationResult, extreme: boolean): Promise<void> {
  const kept = await shrinkFaults(faults, async (fewer) => (await createSimulation({ seed, module: moduleNamed(module), faults: fewer }).run()).violation?.kind === violation?.kind);
  const numbers = kept.map((fault) => faults.indexOf(fault));
  console.log(`  seed ${seed} needs ${kept.length} of its ${faults.length} faults:`);
  for (const fault of kept) console.log(`    ${describeFault(fault)}`);
  console.log(`  npm run simulate -- --module ${module} --seed ${seed} --faults ${numbers.length === 0 ? 'none' : numbers.join()}${extreme ? ' --extreme' : ''}`);
}

async function replay(name: string, seed: number, numbers: string | undefined, extreme: boolean): Promise<number> {
  const module = moduleNamed(name);
  const all = createSimulation({ seed, module, extreme }).faults;
  const faults: readonly Fault[] = numbers === undefined ? all : numbers === 'none' ? [] : numbers.split(',').map((number) => faultAt(all, whole('faults', number)));
  for (const fault of faults) console.log(describeFault(fault));
  const { violation, traceTail, traceHash, events, headHeight, finalHeight } = await createSimulation({ seed, module, faults }).run();
  if (violation !== undefined) for (const line of traceTail) console.log(`  ${line}`);
  console.log(`${events} events, head ${headHeight}, final ${finalHeight}, trace ${traceHash.slice(0, 16)}`);
  console.log(violation === undefined ? '1 seeds, 0 violations' : `✖ ${violation.kind} after ${violation.atMs} ms: ${violation.message}`);
  return violation === undefined ? 0 : 1;
}

function faultAt(faults: readonly Fault[], number: number): Fault {
  const fault = faults[number];
  if (fault === undefined) throw new RangeError(`--faults: the seed has ${faults.length} faults, there is no number ${number}`);
  return fault;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new RangeError(`--${name}: expected a whole number, found ${text}`);
  return value;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof RangeError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true)) throw error;
  console.error(`✖ ${(error as Error).message}\n${USAGE}`);
  process.exitCode = 2;
}
