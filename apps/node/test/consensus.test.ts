import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { consensusChecks } from '@vsys/consensus/compliance';
import { createTestFolder, type TestFolder, vsys } from './support.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await createTestFolder();
});
afterAll(() => folder.remove());

describe('vsys consensus laws', () => {
  test('has a row for each law, and a column for each module, those from outside too, that counts what it owes', async () => {
    const pow = fileURLToPath(new URL('../../../examples/consensus-pow/src/index.ts', import.meta.url));
    const { code, stdout } = await vsys(folder.path, ['consensus', 'laws', '--modules', pow]);
    expect(code).toBe(0);
    const rows = stdout.trim().split('\n').map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
    expect(rows[0]).toEqual(['property', 'law', 'spos', 'poa', 'bft', 'eras', 'pow']);
    expect(rows.length).toBe(consensusChecks.length + 3);
    for (let at = 2; at < 7; at++) {
      const column = rows.map((row) => row[at]);
      expect(Number(column.at(-1))).toBe(column.filter((cell) => cell === '✓').length);
    }
  });
});
