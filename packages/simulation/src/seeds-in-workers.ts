import { Worker } from 'node:worker_threads';
import { runSeeds, type SeedsResult } from './run-seeds.ts';
import type { SimulatedModule } from './simulated-module.ts';
import type { Violation } from './violation.ts';

/** Every `step`-th seed from `first` up to `end`. */
export interface SeedsTask {
  readonly first: number;
  readonly end: number;
  readonly step: number;
  readonly extreme: boolean;
  /** One of so many seeds is run twice. */
  readonly repeatEach: number;
}

type SeedsMessage =
  | { readonly kind: 'run'; readonly seed: number; readonly violation: Violation | undefined }
  | { readonly kind: 'done'; readonly result: SeedsResult };

/**
 * Spreads seeds over threads, as runs share nothing, and adds up what they found.
 *
 * @param file - of the worker, which reads the module that is meant from its data, and calls `answerSeedsTask`
 * @param data - what the worker needs to find the module, beside the task
 */
export async function simulateInWorkers(file: URL, data: object, task: Omit<SeedsTask, 'step'>, workers: number, onRun: (seed: number, violation: Violation | undefined) => void): Promise<SeedsResult> {
  // From sources the worker is TypeScript as well, and needs the condition that resolves workspace packages to theirs.
  const execArgv = file.href.endsWith('.ts') ? ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning'] : [];
  const parts = await Promise.all(Array.from({ length: workers }, (_, at) => new Promise<SeedsResult>((resolve, reject) => {
    const worker = new Worker(file, { execArgv, workerData: { ...data, task: { ...task, first: task.first + at, step: workers } satisfies SeedsTask } });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a thread of the simulator ended with ${code}`)));
    worker.on('message', (message: SeedsMessage) => {
      if (message.kind === 'run') onRun(message.seed, message.violation);
      else resolve(message.result);
    });
  })));
  return parts.reduce((sum, part) => ({
    seeds: sum.seeds + part.seeds, events: sum.events + part.events, simulatedMs: sum.simulatedMs + part.simulatedMs, starts: sum.starts + part.starts,
    reorganisations: sum.reorganisations + part.reorganisations, seatChanges: sum.seatChanges + part.seatChanges, transactionsFinal: sum.transactionsFinal + part.transactionsFinal, repeated: sum.repeated + part.repeated,
    failed: [...sum.failed, ...part.failed], notDeterministic: [...sum.notDeterministic, ...part.notDeterministic],
  }));
}

/** What a worker of `simulateInWorkers` does. @param post - to the thread that began it */
export async function answerSeedsTask(module: SimulatedModule, { first, end, step, extreme, repeatEach }: SeedsTask, post: (message: unknown) => void): Promise<void> {
  const seeds = function* (): Generator<number> {
    for (let seed = first; seed < end; seed += step) yield seed;
  };
  const tell = (message: SeedsMessage): void => post(message);
  tell({ kind: 'done', result: await runSeeds({ module, seeds: seeds(), extreme, repeatEach, failuresMax: Number.POSITIVE_INFINITY, onRun: ({ seed, violation }) => tell({ kind: 'run', seed, violation }) }) });
}
