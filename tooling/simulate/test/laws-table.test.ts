import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { consensusChecks } from '@vsys/consensus/compliance';
import { lawsTable, listedModules } from '../src/laws-table.ts';

const read = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

test('each module of the table runs the whole suite, and its twins', async () => {
  for (const { folder } of await listedModules()) {
    const suite = read(`${folder}/test/compliance.test.ts`);
    expect([folder, suite.includes('consensusCompliance('), suite.includes('consensusTwins(')]).toEqual([folder, true, true]);
  }
});

test('the table has a row for each law, and a column for each module that counts what it owes', async () => {
  const modules = await listedModules();
  const rows = lawsTable(modules).split('\n').map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
  expect(rows[0]).toEqual(['property', 'law', 'poa', 'spos', 'bft', 'eras', 'pow']);
  expect(rows.length).toBe(consensusChecks.length + 3);
  modules.forEach((_, at) => {
    const column = rows.map((row) => row[at + 2]);
    expect(Number(column.at(-1))).toBe(column.filter((cell) => cell === '✓').length);
  });
});
