import { runSeeds } from '@vsys/simulation';
import { simulatedModule } from '@vsys/app-node/simulated-modules';

/** Run under a mutant, in a process of its own: the seeds of one module until the first failure, as one line of JSON. */
const [name = '', count = '0'] = process.argv.slice(2);
const { failed, seeds } = await runSeeds({ module: simulatedModule(name), seeds: Array.from({ length: Number(count) }, (_, seed) => seed), repeatEach: Number.POSITIVE_INFINITY });
const first = failed[0];
console.log(JSON.stringify({ seeds, ...(first === undefined ? {} : { seed: first.seed, kind: first.violation?.kind }) }));
