import { parentPort, workerData } from 'node:worker_threads';
import { answerSeedsTask, type SeedsTask } from '@vsys/simulation';
import { carryModules } from './carry-modules.ts';
import { simulatedModule } from './simulated-modules.ts';

/** What a thread of `vsys simulate` is told. */
export interface SimulateWorkerData {
  readonly name: string;
  /** Packages and files with modules from outside. */
  readonly modules: readonly string[];
}

const { name, modules, task } = workerData as SimulateWorkerData & { readonly task: SeedsTask };
await carryModules(modules, process.cwd());
await answerSeedsTask(simulatedModule(name), task, (message) => parentPort?.postMessage(message));
