import { fileURLToPath } from 'node:url';
import { benches } from './benches.ts';
import { runBench } from './run-bench.ts';

const resultsFolder = fileURLToPath(new URL('../../../bench-results', import.meta.url));
process.exitCode = await runBench(process.argv.slice(2), { benches, print: (line) => console.log(line), resultsFolder });
