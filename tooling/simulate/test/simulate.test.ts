import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const folder = fileURLToPath(new URL('../', import.meta.url));

function simulate(...args: string[]): { readonly code: number | null; readonly out: string; readonly errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', 'src/simulate.ts', ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, errors: stderr };
}

test('seeds over two threads end in a count, with figures', () => {
  const { code, out } = simulate('--module', 'poa', '--seeds', '3', '--workers', '2');
  expect(out).toMatch(/^poa: 0\.0 simulated hours in \d+ s; \d+ events, \d+ a second;/m);
  expect(out.trim().split('\n').at(-1)).toBe('3 seeds, 0 violations');
  expect(code).toBe(0);
}, 300_000);

test('one seed is run again with the faults that are named, always with the same trace', () => {
  const runs = [1, 2].map(() => simulate('--module', 'spos', '--seed', '4', '--faults', '0'));
  const [first] = runs as [ReturnType<typeof simulate>, ReturnType<typeof simulate>];
  expect(first.out).toMatch(/^\{"kind":"\w+","fromMs":\d+.*\n\d+ events, head \d+, final \d+, trace [0-9a-f]{16}\n1 seeds, 0 violations\n$/);
  expect(runs.map(({ out, code }) => [out, code])).toEqual([[first.out, 0], [first.out, 0]]);
}, 300_000);

test.each([
  [['--module', 'none', '--seeds', '1'], 'there is no module "none" to simulate'],
  [['--module', 'spos', '--seeds', 'many'], '--seeds: expected a whole number, found many'],
  [['--module', 'spos', '--seed', '4', '--faults', '99'], 'there is no number 99'],
  [['--modul', 'spos'], '--modul'],
])('%j is refused in words', (args, words) => {
  const { code, errors } = simulate(...args);
  expect(errors).toContain(words);
  expect(errors).toContain('npm run simulate -- --module spos|spos-handover|poa|bft|eras --seeds 1000');
  expect(code).toBe(2);
});
