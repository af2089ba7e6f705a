import { parseArgs } from 'node:util';
import { mutants } from './mutants.ts';
import { runMutant } from './run-mutant.ts';

const SEEDS = 200;

/** `npm run mutants`: puts one fault after the other into the product, and says which tool noticed. */
const { values } = parseArgs({ options: { only: { type: 'string' }, seeds: { type: 'string' } } });
const wanted = mutants.filter(({ name, area }) => values.only === undefined || area === values.only || name.includes(values.only));
if (wanted.length === 0) {
  console.error(`✖ there is no mutant of the area, or whose name contains, "${values.only ?? ''}"`);
  process.exit(2);
}
let killed = 0;
for (const mutant of wanted) {
  const by = await runMutant(mutant, Number(values.seeds ?? SEEDS));
  if (by !== undefined) killed++;
  console.log(`${by === undefined ? '✖' : '✔'} ${mutant.area.padEnd(12)} ${mutant.name}\n    ${by ?? 'it lives'}`);
}
console.log(`${killed} of ${wanted.length} killed`);
process.exitCode = killed === wanted.length ? 0 : 1;
