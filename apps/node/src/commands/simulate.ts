import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { Fault } from '@vsys/simulation';
import { AppError } from '../app-error.ts';
import { carryModules, modulesOfEnvironment, wholeModuleNames } from '../carry-modules.ts';
import { say } from '../output.ts';
import { wholeNumber } from '../read-value.ts';
import type { SimulateWorkerData } from '../simulate-worker.ts';

interface SimulateOptions {
  readonly module: string;
  readonly modules: readonly string[];
  readonly seeds: number;
  readonly from: number;
  readonly seed?: number;
  readonly faults?: string;
  readonly extreme?: boolean;
  readonly workers: number;
}

/** One seed in 100 is run twice. */
const REPEAT_EACH = 100;

/** `vsys simulate`: whole networks in this process, on a virtual clock, with everything going wrong. */
export function addSimulateCommand(program: Command): void {
  program.command('simulate').description('try to break a consensus module: real nodes on a virtual clock, with faults drawn from seeds')
    .requiredOption('--module <name>', 'spos, spos-handover, poa, bft, eras, or one from outside')
    .option('--modules <names>', 'packages or files with modules from outside, with commas between them', listed, [])
    .option('--seeds <count>', 'how many seeds', wholeNumber(1), 100)
    .option('--from <seed>', 'the first of them', wholeNumber(0), 0)
    .option('--seed <seed>', 'one seed alone, with what happened last where it fails', wholeNumber(0))
    .option('--faults <numbers>', 'of that seed only these faults, such as 0,3; none for none of them')
    .option('--extreme', 'also faults that the module does not claim to survive')
    .option('--workers <count>', 'threads', wholeNumber(1), availableParallelism())
    .addHelpText('after', `
Ends in "N seeds, 0 violations", or in the seed, the faults that it needs, and the command that runs them again; the exit code is then 1.
  vsys simulate --module spos --seeds 1000
  vsys simulate --module pow --modules ./my-module.js --seeds 20`)
    .action(simulate);
}

async function simulate({ module: name, modules: given, seeds, from, seed, faults, extreme = false, workers }: SimulateOptions): Promise<void> {
  if (faults !== undefined && seed === undefined) throw new AppError('USAGE', '--faults are of one seed: name it with --seed');
  const modules = [...modulesOfEnvironment(), ...wholeModuleNames(given, process.cwd())];
  await carryModules(modules, process.cwd());
  // Only here, as it is the whole of a node, and most commands need none.
  const [{ createSimulation, replaySeed, simulateInWorkers, simulateSeeds }, { simulatedModule }] = await Promise.all([import('@vsys/simulation'), import('../simulated-modules.ts')]);
  const module = simulatedModule(name);
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  if (seed !== undefined) {
    const all = createSimulation({ seed, module, extreme }).faults;
    process.exitCode = (await replaySeed({ module, seed, faults: chosen(all, faults), print })) ? 0 : 1;
    return;
  }
  const worker = new URL(import.meta.url.endsWith('.ts') ? '../simulate-worker.ts' : '../simulate-worker.js', import.meta.url);
  const held = await simulateSeeds({
    module, extreme, command: commandOf(name, given), print, say,
    run: (onRun) => simulateInWorkers(worker, { name, modules } satisfies SimulateWorkerData, { first: from, end: from + seeds, extreme, repeatEach: REPEAT_EACH }, Math.min(workers, seeds), onRun),
  });
  process.exitCode = held ? 0 : 1;
}

/** As it was called, so that it can be called again. */
function commandOf(name: string, modules: readonly string[]): string {
  const begin = process.env['npm_lifecycle_event'] === 'simulate' ? 'npm run simulate --' : 'vsys simulate';
  return `${begin} --module ${name}${modules.length === 0 ? '' : ` --modules ${modules.join()}`}`;
}

function chosen(all: readonly Fault[], numbers: string | undefined): readonly Fault[] {
  if (numbers === undefined) return all;
  if (numbers === 'none') return [];
  return numbers.split(',').map((number) => {
    const fault = /^\d+$/.test(number) ? all[Number(number)] : undefined;
    if (fault === undefined) throw new AppError('USAGE', `--faults: the seed has ${all.length} faults, numbered from 0; there is no "${number}"`);
    return fault;
  });
}

function listed(text: string): readonly string[] {
  return text.split(',').map((name) => name.trim()).filter((name) => name !== '');
}
