import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Bench, goalLine } from '../src/bench.ts';
import { benches } from '../src/benches.ts';
import { numberOption, numbersOption } from '../src/options.ts';
import { runBench } from '../src/run-bench.ts';
import { tableLines } from '../src/table.ts';

const sum: Bench = {
  about: 'adds numbers',
  options: { numbers: { about: 'what to add', default: '1,2' }, times: { about: 'how often', default: '1' } },
  load: async () => async (options, print) => {
    print('adding');
    const figure = numbersOption(options, 'numbers').reduce((a, b) => a + b, 0) * numberOption(options, 'times');
    return { rows: [{ what: 'sum', figure }], goals: [{ metric: 'total', figure, unit: 'points', goal: { least: 10 } }] };
  },
};

let resultsFolder = '';
let lines: string[] = [];
const run = (...args: string[]): Promise<number> => runBench(args, { benches: { sum }, print: (line) => lines.push(line), resultsFolder });
beforeEach(async () => {
  lines = [];
  resultsFolder = await mkdtemp(join(tmpdir(), 'vsys-bench-'));
});
afterEach(() => rm(resultsFolder, { recursive: true }));

test('prints progress, the table and, last, a line per goal; writes what was measured on which machine', async () => {
  expect(await run('sum', '--numbers', '5,6', '--times=2')).toBe(0);
  expect(lines[0]).toBe('adding');
  expect(lines).toContain('sum       22');
  expect(lines.at(-1)).toBe('sum.total 22 points goal >=10 met');
  expect(JSON.parse(await readFile(join(resultsFolder, 'sum.json'), 'utf8'))).toMatchObject({
    name: 'sum', date: expect.stringMatching(/^\d{4}-/), node: process.version, cpu: expect.any(String), cores: expect.any(Number),
    options: { numbers: '5,6', times: '2' }, rows: [{ what: 'sum', figure: 22 }], goals: [{ metric: 'total', figure: 22, met: true }],
  });
});

test('a missed goal is said, and is no failure of the run', async () => {
  expect(await run('sum')).toBe(0);
  expect(lines.at(-1)).toBe('sum.total 3 points goal >=10 missed');
});

test.each([
  [[], 'npm run bench -- NAME [--option value]'],
  [['nope'], 'There is no bench "nope".'],
  [['toString'], 'There is no bench "toString".'],
])('lists the benches for %j', async (args, first) => {
  expect(await run(...args)).toBe(2);
  expect(lines[0]).toContain(first);
  expect(lines.join('\n')).toMatch(/sum +adds numbers\n +--numbers what to add \(1,2\)/);
});

test.each([
  [['--many', '1'], 'there is no option "--many"; options: --numbers, --times'],
  [['5'], 'there is no option "5"'],
  [['--times'], '--times needs a value, such as 1'],
  [['--times', '0'], '--times: expected a whole number from 1, found "0"'],
  [['--numbers', '1,,2'], '--numbers: expected a whole number from 1, found ""'],
])('refuses %j with what is right', async (args, message) => {
  expect(await run('sum', ...args)).toBe(2);
  expect(lines.at(-1)).toContain(message);
});

test.each([
  [{ figure: 0.634_9, unit: 'ratio', goal: { least: 0.6 } }, 'x.m 0.635 ratio goal >=0.6 met'],
  [{ figure: 0.59, unit: 'ratio', goal: { least: 0.6 } }, 'x.m 0.59 ratio goal >=0.6 missed'],
  [{ figure: 2_345.6, unit: 'tx/s', goal: { least: 2_000 } }, 'x.m 2346 tx/s goal >=2000 met'],
  [{ figure: 500.4, unit: 'MB', goal: { most: 500 } }, 'x.m 500 MB goal <=500 missed'],
  [{ figure: 2, unit: 's', goal: { most: 2 } }, 'x.m 2 s goal <=2 met'],
])('writes goal %j in its one form', (goal, line) => {
  expect(goalLine('x', { metric: 'm', ...goal })).toBe(line);
});

test('begins a table wherever the columns change', () => {
  expect(tableLines([{ keys: 10, 'µs': 1.234 }, { keys: 100_000, 'µs': 10 }, { rows: 'one', bytes: 7 }])).toEqual([
    '  keys    µs', '------  ----', '    10  1.23', '100000    10', '', 'rows  bytes', '----  -----', 'one       7',
  ]);
});

test('every bench of the table loads, and its defaults can be read', async () => {
  for (const bench of Object.values(benches)) expect(await bench.load()).toBeInstanceOf(Function);
});
