import { readFile } from 'node:fs/promises';
import { startNodeProcess as start } from '@vsys/app-node/network';
import type { NodeFolder } from './node-folder.ts';
import { BenchError } from './options.ts';

/** A node process as a bench sees it. */
export interface NodeProcess {
  readonly url: string;
  /** From the start of the process until `/health/ready` answered 200. */
  readonly readyMs: number;
  residentMb(): Promise<number>;
  /** A number of `/metrics`; 0 when the node has not told it yet. */
  metric(name: string): Promise<number>;
  /** Processor time so far, in milliseconds; NaN where the system has no /proc. */
  processorMs(): Promise<number>;
  /** Ends as for Ctrl-C. */
  stop(): Promise<void>;
  /** Ends it as a loss of power would. */
  kill(): Promise<void>;
}

const READY_MS_MAX = 600_000;
/** A node that writes its profile takes longer to end. */
const STOP_MS_MAX = 120_000;
const POLL_MS = 10;
/** Of `/proc/PID/stat`: the same on every Linux of today. */
const MS_PER_TICK = 10;

/** Starts `vsys node start` in a process of its own, and waits until it is ready. It ends with this process. */
export async function startNodeProcess({ configFile, rpcUrl }: NodeFolder, { nodeArgs = [] }: { readonly nodeArgs?: readonly string[] } = {}): Promise<NodeProcess> {
  const startMs = performance.now();
  const child = start({ name: 'the node', configFile, rpcUrl, execArgv: ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', ...nodeArgs], readyMsMax: READY_MS_MAX, pollMs: POLL_MS, stopMsMax: STOP_MS_MAX });
  await child.ready().catch(async (cause: unknown) => {
    await child.kill();
    throw new BenchError('BENCH_FAILED', `the node of ${configFile} did not become ready; its log is above`, { cause });
  });
  return {
    url: rpcUrl, readyMs: performance.now() - startMs,
    residentMb: async () => (await metric(rpcUrl, 'vsys_memory_resident_bytes')) / 1e6,
    metric: (name) => metric(rpcUrl, name),
    processorMs: () => processorMs(child.pid),
    stop: () => child.stop(),
    kill: () => child.kill(),
  };
}

/** With a folder for profiles, other than `none`: the processor profile of the node goes there when it stops. */
export function profileArgs(folder: string | undefined, name: string): { readonly nodeArgs?: readonly string[] } {
  return folder === undefined || folder === 'none' ? {} : { nodeArgs: ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}.cpuprofile`] };
}

async function metric(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}

async function processorMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Behind the name, which may hold spaces: user and system time are the 12th and 13th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return MS_PER_TICK * (Number(fields[11]) + Number(fields[12]));
}
