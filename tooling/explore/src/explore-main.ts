import { parseArgs } from 'node:util';
import { bftCases, bftMutants, longBftCases } from './bft-cases.ts';
import { bftModel } from './bft-model.ts';
import { ffgCases, ffgMutants, longFfgCases } from './ffg-cases.ts';
import { ffgModel } from './ffg-model.ts';
import { createFfgWorld } from './ffg-world.ts';
import { explore } from './search.ts';
import type { Explored } from './search.ts';

/** `npm run explore`: every case of votes on small trees, under the rules and with each rule taken away. */
const { values: { long = false, trace = false, only = '' } } = parseArgs({ options: { long: { type: 'boolean' }, trace: { type: 'boolean' }, only: { type: 'string' } } });

interface Task {
  readonly name: string;
  readonly run: () => Explored;
}

const cases: readonly Task[] = [
  ...[...ffgCases, ...(long ? longFfgCases : [])].map((one) => ({ name: `ffg: ${one.name}`, run: () => explore(ffgModel(createFfgWorld(one), one.order)) })),
  ...[...bftCases, ...(long ? longBftCases : [])].map((one) => ({ name: `bft: ${one.name}`, run: () => explore(bftModel(one)) })),
].filter(({ name }) => name.includes(only));
const mutants: readonly { readonly name: string; readonly tasks: readonly Task[] }[] = [
  ...ffgMutants.map(({ name, cases: all }) => ({ name, tasks: all.map((one) => ({ name: one.name, run: () => explore(ffgModel(createFfgWorld(one), one.order)) })) })),
  ...bftMutants.map(({ name, cases: all }) => ({ name, tasks: all.map((one) => ({ name: one.name, run: () => explore(bftModel(one)) })) })),
].filter(({ name }) => name.includes(only));
if (cases.length + mutants.length === 0) {
  console.error(`✖ nothing has a name that contains "${only}"`);
  process.exit(2);
}

const count = (number: number): string => number.toLocaleString('en');
const secondsOf = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const beginMs = performance.now();
let states = 0;
let broken = 0;
for (const { name, run } of cases) {
  const atMs = performance.now();
  const { found, ...explored } = run();
  states += explored.states;
  const holds = found === undefined && explored.complete;
  if (!holds) broken++;
  console.log(`${holds ? '✔' : '✖'} ${name}: ${count(explored.states)} states, ${secondsOf(performance.now() - atMs)}${found === undefined ? (explored.complete ? '' : ', not all of them') : `: ${found.problem}\n    ${found.trace.join('\n    ')}`}`);
}
let killed = 0;
for (const { name, tasks } of mutants) {
  let line = 'not found';
  for (const { run } of tasks) {
    const { found, states: looked } = run();
    if (found === undefined) continue;
    killed++;
    line = `${found.problem}, after ${count(looked)} states${trace ? `\n    ${found.trace.join('\n    ')}` : ''}`;
    break;
  }
  console.log(`${line === 'not found' ? '✖' : '✔'} without it, ${name}: ${line}`);
}
console.log(`${count(states)} states in ${secondsOf(performance.now() - beginMs)}, ${broken} violations; ${killed} of ${mutants.length} mutants found`);
process.exitCode = broken === 0 && killed === mutants.length ? 0 : 1;
