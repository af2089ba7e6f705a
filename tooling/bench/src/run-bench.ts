import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { type Bench, type BenchOptions, type BenchReport, goalLine, isMet } from './bench.ts';
import { BenchError, parseOptions } from './options.ts';
import { tableLines } from './table.ts';

export interface BenchPlace {
  readonly benches: Readonly<Record<string, Bench>>;
  readonly print: (line: string) => void;
  /** Where `NAME.json` goes. */
  readonly resultsFolder: string;
}

/**
 * Runs the bench that the first argument names.
 *
 * @returns the exit code: 0 when it was measured, whether or not its goals were met; 2 when it was called wrongly
 */
export async function runBench([name, ...args]: readonly string[], { benches, print, resultsFolder }: BenchPlace): Promise<number> {
  const bench = name !== undefined && Object.hasOwn(benches, name) ? benches[name] : undefined;
  if (name === undefined || bench === undefined) {
    if (name !== undefined) print(`There is no bench "${name}".`);
    for (const line of usageLines(benches)) print(line);
    return 2;
  }
  try {
    const options = parseOptions(args, bench.options);
    const run = await bench.load();
    const report = await run(options, print);
    for (const line of tableLines(report.rows)) print(line);
    print(`written to ${await writeReport(resultsFolder, name, options, report)}`);
    for (const goal of report.goals) print(goalLine(name, goal));
    return 0;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    print(`${name}: ${error.message}`);
    return 2;
  }
}

function usageLines(benches: BenchPlace['benches']): string[] {
  return ['npm run bench -- NAME [--option value]', ...Object.entries(benches).flatMap(([name, { about, options }]) => [
    `  ${name.padEnd(10)} ${about}`,
    ...Object.entries(options).map(([option, one]) => `             --${option} ${one.about} (${one.default})`),
  ])];
}

async function writeReport(folder: string, name: string, options: BenchOptions, report: BenchReport): Promise<string> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.json`);
  const machine = { date: new Date().toISOString(), node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: availableParallelism() };
  const goals = report.goals.map((goal) => ({ ...goal, met: isMet(goal) }));
  await writeFile(path, `${JSON.stringify({ name, ...machine, options, rows: report.rows, goals }, undefined, 2)}\n`);
  return path;
}
