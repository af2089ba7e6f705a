import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@vsys/primitives';
import { AppError } from './app-error.ts';
import { pause } from './pause.ts';

export interface NodeProcess {
  readonly name: string;
  readonly pid: number;
  /** Settles when it ended by itself or was killed. */
  readonly ended: Promise<void>;
  /** Waits until `/health/ready` says yes. */
  ready(signal?: AbortSignal): Promise<void>;
  /** SIGKILL: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
  /** Such as SIGSTOP, which freezes it until SIGCONT. */
  signal(name: NodeJS.Signals): void;
  /** Asks it to end, and kills it when it does not. */
  stop(): Promise<void>;
}

export interface NodeProcessOptions {
  readonly name: string;
  readonly configFile: string;
  readonly rpcUrl: string;
  /** Gets what the node writes, at its end. Without it the node writes where this process does. */
  readonly logFile?: string;
  /** What runs it, such as `ip netns exec NAME`: it must become the node, and not wait for it. */
  readonly through?: readonly string[];
  /** Options of Node; those of this process by default. */
  readonly execArgv?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly readyMsMax?: number;
  readonly pollMs?: number;
  /** After which a node that was asked to end is killed. */
  readonly stopMsMax?: number;
}

const READY_MS_MAX = 60_000;
const POLL_MS = 100;
const STOP_MS_MAX = 15_000;
const command = fileURLToPath(new URL(`./vsys${extname(import.meta.filename)}`, import.meta.url));

/** Starts `vsys node start` as a process of its own. It stops when this process ends, however that happens: its stdin ends then. */
export function startNodeProcess(options: NodeProcessOptions): NodeProcess {
  const { name, configFile, rpcUrl, logFile, through = [], execArgv = process.execArgv, readyMsMax = READY_MS_MAX, pollMs = POLL_MS, stopMsMax = STOP_MS_MAX } = options;
  const log = logFile === undefined ? 'inherit' : openSync(logFile, 'a');
  // In a process group of its own: Ctrl-C is for the caller, who stops the nodes in order. Settings of the caller's node are not for this one.
  const env = { ...Object.fromEntries(Object.entries(process.env).filter(([variable]) => !variable.startsWith('V_'))), ...options.environment };
  const [program = process.execPath, ...args] = [...through, process.execPath, ...execArgv, command, 'node', 'start', '--config', configFile, '--stop-with-stdin'];
  const child = spawn(program, args, { stdio: ['pipe', log, log], detached: true, windowsHide: true, env });
  if (log !== 'inherit') closeSync(log);
  // A node that was killed can no longer be told to stop.
  child.stdin?.on('error', () => {});
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()).once('error', () => resolve()));
  let isEnded = false;
  void ended.then(() => { isEnded = true; });

  return {
    name, ended,
    pid: child.pid ?? 0,
    async ready(signal) {
      const endMs = systemClock.nowMs() + readyMsMax;
      while (!(await isReady(rpcUrl))) {
        signal?.throwIfAborted();
        if (isEnded) throw endedError(name, logFile === undefined ? 'its log is above' : lastLine(logFile));
        if (systemClock.nowMs() > endMs) throw new AppError('NODE_ENDED', `${name} was not ready after ${readyMsMax / 1_000} s; its log is ${logFile ?? 'above'}`);
        await pause(pollMs);
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    signal: (signal) => void child.kill(signal),
    async stop() {
      child.stdin?.end();
      if (!(await inTime(ended, stopMsMax))) child.kill('SIGKILL');
      await ended;
    },
  };
}

async function isReady(rpcUrl: string): Promise<boolean> {
  try {
    return (await fetch(`${rpcUrl}/health/ready`, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

async function inTime(ended: Promise<void>, stopMsMax: number): Promise<boolean> {
  const late = new AbortController();
  const inside = await Promise.race([ended.then(() => true), pause(stopMsMax, late.signal).then(() => false, () => false)]);
  late.abort();
  return inside;
}

function endedError(name: string, why: string): AppError {
  // Ports are looked for before nodes start: somebody else may be faster.
  return new AppError(/^error (?:RPC_PORT_BUSY|P2P_LISTEN):/.test(why) ? 'PORT_BUSY' : 'NODE_ENDED', `${name} ended before it was ready: ${why}`);
}

/** What it said last, which is why it ended. */
function lastLine(logFile: string): string {
  return readFileSync(logFile, 'utf8').trimEnd().split('\n').at(-1) ?? '';
}
