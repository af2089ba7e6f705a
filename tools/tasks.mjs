import { readFileSync } from 'node:fs';

// What each npm script runs, as commands in order. `rest` is what the user typed behind `--`.
const source = ['node', '--conditions=@vsys/source', '--disable-warning=ExperimentalWarning'];
// Turbo asks the pinned pnpm about the workspace; npm puts it into the PATH.
const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const turbo = (task, rest) => ['npm', 'exec', '--yes', `--package=${packageManager}`, '--', 'turbo', 'run', task, '--output-logs=errors-only', '--ui=stream', ...rest];

export const tasks = {
  // The example comes as a stranger's module does: by its name, and without the application knowing of it.
  start: (rest) => [[...source, 'apps/node/src/main-job.ts', '--modules', './examples/consensus-pow/src/index.ts', ...rest]],
  vsys: (rest) => [[...source, 'apps/node/src/vsys.ts', ...rest]],
  bench: (rest) => [[...source, '--expose-gc', 'tooling/bench/src/main.ts', ...rest]],
  simulate: (rest) => [[...source, 'apps/node/src/vsys.ts', 'simulate', ...rest]],
  explore: (rest) => [[...source, 'tooling/explore/src/explore-main.ts', ...rest]],
  faults: (rest) => [[...source, 'tooling/faults/src/faults.ts', ...rest]],
  mutants: (rest) => [[...source, 'tooling/simulate/src/mutants-main.ts', ...rest]],
  laws: (rest) => [[...source, 'apps/node/src/vsys.ts', 'consensus', 'laws', '--modules', './examples/consensus-pow/src/index.ts', ...rest]],
  build: (rest) => [turbo('build', rest)],
  // The second holds exports to explicit types, which what is built needs and tests do not.
  types: () => [['tsc', '-p', 'tsconfig.json'], ['tsc', '-p', 'tsconfig.src.json']],
  lint: (rest) => [['oxlint', ...rest]],
  floors: () => [['node', 'tools/floors.mjs']],
  test: (rest) => [['node', 'tools/floors.mjs'], turbo('test', ['--continue', ...rest])],
};
