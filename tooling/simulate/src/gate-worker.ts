import { parentPort, workerData } from 'node:worker_threads';
import { simulatedModule } from '@vsys/app-node/simulated-modules';
import { answerSeedsTask, type SeedsTask } from '@vsys/simulation';

/** A gate's seeds in a thread of their own: in the context that jest makes for a test, the same run takes twice as long. */
const { name, task } = workerData as { readonly name: string; readonly task: SeedsTask };
await answerSeedsTask(simulatedModule(name), task, (message) => parentPort?.postMessage(message));
