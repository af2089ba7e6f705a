import { parseArgs } from 'node:util';
import { AppError } from './app-error.ts';
import { carryModules, wholeModuleNames } from './carry-modules.ts';
import { consensusNames } from './modules.ts';

export interface MainJobOptions {
  /** Name of a consensus module without its version. */
  readonly consensus: string;
  /** Packages and files with modules beside those of the program, for the nodes too. */
  readonly modules: readonly string[];
  /** Cities to load; Infinity: all there are. */
  readonly rows: number;
  /** Wipes what an earlier run left. */
  readonly fresh: boolean;
  /** Ends after the story. */
  readonly once: boolean;
}

const ROWS = '20000';

/** @throws AppError `USAGE`, with what is right; `MODULE_FILE` */
export async function readMainJobOptions(args: readonly string[]): Promise<MainJobOptions> {
  const values = parse(args);
  const modules = wholeModuleNames(values.modules, process.cwd());
  await carryModules(modules, process.cwd());
  if (!consensusNames().includes(values.consensus)) throw usage(`--consensus is one of ${consensusNames().join(', ')}`);
  if (values.rows !== 'all' && !/^[1-9]\d{0,8}$/.test(values.rows)) throw usage('--rows is a whole number from 1, or all');
  return { ...values, modules, rows: values.rows === 'all' ? Number.POSITIVE_INFINITY : Number(values.rows) };
}

function parse(args: readonly string[]): { consensus: string; modules: string[]; rows: string; fresh: boolean; once: boolean } {
  try {
    return parseArgs({
      args: [...args],
      options: {
        consensus: { type: 'string', default: 'spos' }, modules: { type: 'string', multiple: true, default: [] }, rows: { type: 'string', default: ROWS },
        fresh: { type: 'boolean', default: false }, once: { type: 'boolean', default: false },
      },
    }).values;
  } catch (cause) {
    throw usage((cause as Error).message, cause);
  }
}

function usage(wrong: string, cause?: unknown): AppError {
  return new AppError('USAGE', `${wrong}; usage: npm start -- [--consensus ${consensusNames().join('|')}] [--modules PACKAGE] [--rows N|all] [--fresh] [--once]`, { cause });
}
