import { Worker } from 'node:worker_threads';
import type { SeedsResult, Violation } from '@vsys/simulation';

export interface WorkerTask {
  readonly module: string;
  readonly first: number;
  readonly end: number;
  readonly step: number;
  readonly extreme: boolean;
  readonly repeatEach: number;
}

export type WorkerMessage =
  | { readonly kind: 'run'; readonly seed: number; readonly violation: Violation | undefined }
  | { readonly kind: 'done'; readonly result: SeedsResult };

/** Spreads seeds over threads, and adds up what they found. */
export async function simulateInWorkers(task: Omit<WorkerTask, 'step'>, workers: number, onRun: (seed: number, violation: Violation | undefined) => void): Promise<SeedsResult> {
  const parts = await Promise.all(Array.from({ length: workers }, (_, at) => new Promise<SeedsResult>((resolve, reject) => {
    const worker = new Worker(new URL('./simulate-worker.ts', import.meta.url), { workerData: { ...task, first: task.first + at, step: workers } satisfies WorkerTask });
    worker.on('error', reject);
    worker.on('exit', (code) => reject(new Error(`a thread of the simulator ended with ${code}`)));
    worker.on('message', (message: WorkerMessage) => {
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
