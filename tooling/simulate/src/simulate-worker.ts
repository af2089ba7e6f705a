import { parentPort, workerData } from 'node:worker_threads';
import { runSeeds } from '@vsys/simulation';
import { moduleNamed } from './modules.ts';
import type { WorkerMessage, WorkerTask } from './simulate-in-workers.ts';

/** Every `step`-th seed from `first`, in a thread of its own: runs share nothing. */
const { module, first, end, step, extreme, repeatEach } = workerData as WorkerTask;
const seeds = function* (): Generator<number> {
  for (let seed = first; seed < end; seed += step) yield seed;
};
const post = (message: WorkerMessage): void => parentPort?.postMessage(message);
const result = await runSeeds({ module: moduleNamed(module), seeds: seeds(), ...(extreme ? { extreme } : {}), repeatEach, failuresMax: Number.POSITIVE_INFINITY, onRun: ({ seed, violation }) => post({ kind: 'run', seed, violation }) });
post({ kind: 'done', result });
