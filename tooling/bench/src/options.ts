import { CodedError } from '@vsys/primitives';
import type { Bench, BenchOptions } from './bench.ts';

/** BENCH_USAGE: what was typed cannot be run, and the message says what can. BENCH_FAILED: what was to be measured did not hold. */
export class BenchError extends CodedError<'BENCH_USAGE' | 'BENCH_FAILED'> {}

/**
 * Reads `--name value` and `--name=value` against what the bench takes.
 *
 * @throws BenchError
 */
export function parseOptions(args: readonly string[], taken: Bench['options']): BenchOptions {
  const options: Record<string, string> = Object.fromEntries(Object.entries(taken).map(([name, one]) => [name, one.default]));
  for (let i = 0; i < args.length; i++) {
    const [, name, joined] = /^--([a-z][a-z-]*)(?:=(.*))?$/.exec(args[i] as string) ?? [];
    if (name === undefined || !Object.hasOwn(taken, name)) throw new BenchError('BENCH_USAGE', `there is no option "${args[i]}"; options: ${optionNames(taken)}`);
    const value = joined ?? args[++i];
    if (value === undefined || value === '') throw new BenchError('BENCH_USAGE', `--${name} needs a value, such as ${taken[name]?.default}`);
    options[name] = value;
  }
  return options;
}

/** @throws BenchError unless it is a whole number from 1 */
export function numberOption(options: BenchOptions, name: string): number {
  return wholeNumber(name, options[name] ?? '');
}

/** @throws BenchError unless all are whole numbers from 1, with commas between them */
export function numbersOption(options: BenchOptions, name: string): number[] {
  return (options[name] ?? '').split(',').map((text) => wholeNumber(name, text));
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text.replaceAll('_', ''));
  if (text === '' || !Number.isSafeInteger(value) || value < 1) throw new BenchError('BENCH_USAGE', `--${name}: expected a whole number from 1, found "${text}"`);
  return value;
}

function optionNames(taken: Bench['options']): string {
  return Object.keys(taken).map((name) => `--${name}`).join(', ') || 'none';
}
