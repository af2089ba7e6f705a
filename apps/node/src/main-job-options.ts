import { parseArgs } from 'node:util';
import { AppError } from './app-error.ts';
import { consensusNames } from './modules.ts';

export interface MainJobOptions {
  /** Name of a consensus module without its version. */
  readonly consensus: string;
  /** Cities to load; Infinity: all there are. */
  readonly rows: number;
  /** Wipes what an earlier run left. */
  readonly fresh: boolean;
  /** Ends after the story. */
  readonly once: boolean;
}

const ROWS = '20000';

/** @throws AppError `USAGE`, with what is right */
export function readMainJobOptions(args: readonly string[]): MainJobOptions {
  try {
    const { values } = parseArgs({ args: [...args], options: { consensus: { type: 'string', default: 'spos' }, rows: { type: 'string', default: ROWS }, fresh: { type: 'boolean', default: false }, once: { type: 'boolean', default: false } } });
    if (!consensusNames.includes(values.consensus)) throw new Error(`--consensus is one of ${consensusNames.join(', ')}`);
    if (values.rows !== 'all' && !/^[1-9]\d{0,8}$/.test(values.rows)) throw new Error('--rows is a whole number from 1, or all');
    return { ...values, rows: values.rows === 'all' ? Number.POSITIVE_INFINITY : Number(values.rows) };
  } catch (cause) {
    throw new AppError('USAGE', `${(cause as Error).message}; usage: npm start -- [--consensus ${consensusNames.join('|')}] [--rows N|all] [--fresh] [--once]`, { cause });
  }
}
