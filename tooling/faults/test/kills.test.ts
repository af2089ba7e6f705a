import { expect, test } from '@jest/globals';
import { readLedger } from '../src/read-ledger.ts';
import { runKills } from '../src/run-kills.ts';

const check = '00'.repeat(16);
const mark = (slot: number): readonly string[] => [`marks ${check}01${slot.toString(16).padStart(8, '0')}`, 'before signer/KEY.record rename', 'after signer/KEY.record rename', 'before signer sync', 'after signer sync'];
const problemsOf = (...lines: readonly string[]): readonly string[] => readLedger(lines.join('\n')).problems;

test('the ledger allows one signature under each mark, once that is durable', () => {
  expect(problemsOf(...mark(1), 'sign aa', ...mark(2), 'sign bb')).toEqual([]);
  expect(readLedger([...mark(1), 'sign aa'].join('\n'))).toMatchObject({ writes: ['signer/KEY.record rename', 'signer sync'], signatures: 1 });
});

test.each<[string, readonly string[]]>([
  ['two signatures under one mark', [...mark(1), 'sign aa', 'sign bb']],
  ['the same mark a second time, after a restart that forgot it', [...mark(1), 'sign aa', ...mark(1), 'sign bb']],
  ['a mark that fell', [...mark(2), 'sign aa', ...mark(1), 'sign bb']],
  ['a mark that is not durable yet', [...mark(1), 'sign aa', ...mark(2).slice(0, 3), 'sign bb']],
  ['no mark at all', ['sign aa']],
])('the ledger refuses %s', (_, lines) => {
  expect(problemsOf(...lines)).toHaveLength(1);
});

test('a node that is killed between its durable writes signs nothing twice, and loses nothing that was final', async () => {
  const lines: string[] = [];
  const { problems, kills, figures } = await runKills({ module: 'poa', places: 'sample' }, (line) => lines.push(line));
  expect(problems).toEqual([]);
  expect(kills.toSorted()).toEqual(['before blocks/N.blocks write', 'before signer/edN%3AKEY.record rename', 'before store batch']);
  expect(lines.filter((line) => line.startsWith('killed'))).toHaveLength(kills.length);
  expect(figures).toMatchObject({ starts: kills.length + 3 });
  expect(figures['signatures']).toBeGreaterThan(kills.length);
}, 600_000);
