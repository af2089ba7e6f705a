import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface TestFolder {
  readonly path: string;
  file(name: string): string;
  remove(): Promise<void>;
}

export async function createTestFolder(): Promise<TestFolder> {
  const path = await mkdtemp(join(tmpdir(), 'vsys-'));
  return { path, file: (name) => join(path, name), remove: () => rm(path, { recursive: true, force: true }) };
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const VSYS = fileURLToPath(new URL('../src/vsys.ts', import.meta.url));

/** Without this, most of the time of a test goes into reading the same sources again. */
const NODE_ENV = { PATH: process.env.PATH, NODE_COMPILE_CACHE: join(tmpdir(), 'vsys-test-compile-cache') };
const NODE_ARGS = ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', VSYS];

/** A `vsys` that goes on until it is stopped. */
export interface RunningVsys {
  readonly process: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  /** When what it has printed so far holds something; rejects when it ends before. */
  until<T>(found: (stdout: string, stderr: string) => T | undefined): Promise<T>;
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  stop(signal?: NodeJS.Signals): Promise<number | string>;
}

/** Starts it so that it ends with this process, however that ends, where the arguments say `--stop-with-stdin`. */
export function startVsys(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): RunningVsys {
  const child = spawn(process.execPath, [...NODE_ARGS, ...args], { cwd, env: { ...NODE_ENV, XDG_CACHE_HOME: join(cwd, '.cache'), ...env }, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  const looking = new Set<() => void>();
  child.stdout.on('data', (text: Buffer) => { stdout += text.toString(); for (const look of looking) look(); });
  child.stderr.on('data', (text: Buffer) => { stderr += text.toString(); for (const look of looking) look(); });
  const ended = new Promise<number | string>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? 'ended')));
  return {
    process: child, ended,
    get stdout() { return stdout; },
    get stderr() { return stderr; },
    until: (found) => new Promise((resolve, reject) => {
      const look = (): void => {
        const value = found(stdout, stderr);
        if (value === undefined) return;
        looking.delete(look);
        resolve(value);
      };
      looking.add(look);
      look();
      void ended.then((code) => reject(new Error(`ended with ${code} before: ${stdout}${stderr}`)));
    }),
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

export interface RunningDev extends RunningVsys {
  readonly rpc: string;
  readonly chainId: string;
  readonly account: string;
}

/** `vsys dev` in a folder, up and listening. Commands in the same folder find it by themselves. */
export async function startDev(cwd: string, args: readonly string[] = []): Promise<RunningDev> {
  const running = startVsys(cwd, ['dev', '--json', '--stop-with-stdin', ...args]);
  const told = await running.until((stdout) => (stdout.endsWith('}\n') ? (JSON.parse(stdout) as { rpc: string; chainId: string; account: string }) : undefined));
  return Object.assign(running, told);
}

/** Runs the command as users do: a process of its own, in a folder, without our environment. */
export function vsys(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [...NODE_ARGS, ...args], { maxBuffer: 64 << 20, cwd, env: { ...NODE_ENV, XDG_CACHE_HOME: join(cwd, '.cache'), ...env } }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
