import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { root } from './workspace.ts';

export interface Done { readonly status: number | null; readonly signal: NodeJS.Signals | null; readonly output: string }

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with everything printed so far; what it returns is sent once, as a terminal's Ctrl-C would be. */
  readonly interruptWhen?: (output: string) => boolean;
}

/** Runs a program to its end, with this Node first in the path and none of the workspace's conditions. */
export function run(command: string, args: readonly string[], { cwd, env = {}, interruptWhen }: RunOptions): Promise<Done> {
  const { NODE_OPTIONS: _options, ...rest } = process.env;
  const child = spawn(command, args, { cwd, env: { ...rest, ...env, PATH: `${dirname(process.execPath)}${delimiter}${rest['PATH'] ?? ''}` }, stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let output = '';
    let interrupted = false;
    const take = (text: string): void => {
      output += text;
      if (interrupted || interruptWhen?.(output) !== true) return;
      interrupted = true;
      child.kill('SIGINT');
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, output }));
  });
}

/** The pinned pnpm, as the workspace itself is installed with. */
export function pnpm(args: readonly string[], cwd: string): Promise<Done> {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { packageManager: string };
  return run('npm', ['exec', '--yes', `--package=${packageManager}`, '--', 'pnpm', ...args], { cwd });
}
