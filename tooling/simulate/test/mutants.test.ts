import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { mutateSource } from '../src/mutant.ts';
import { mutants } from '../src/mutants.ts';
import { runMutant } from '../src/run-mutant.ts';

const sourceOf = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');

describe('the mutants', () => {
  test('are at least 25, in every area, each of its own name', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(25);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    expect([...new Set(mutants.map(({ area }) => area))].toSorted()).toEqual(['execution', 'finality', 'handover', 'import order', 'mempool', 'persistence', 'proofs', 'signer', 'slot rules', 'sync']);
  });

  test.each(mutants)('$name: its text is in the sources, once', ({ changes }) => {
    for (const change of changes) {
      const source = sourceOf(change.file);
      expect(mutateSource(changes.filter(({ file }) => file === change.file), `/${change.file}`, source)).not.toBe(source);
    }
  });

  test('a text that is not there, or there twice, is refused', () => {
    const change = { file: 'a.ts', find: 'x', replace: 'y' };
    expect(() => mutateSource([change], '/p/a.ts', 'no')).toThrow('found it 0 times');
    expect(() => mutateSource([change], '/p/a.ts', 'x x')).toThrow('found it 2 times');
    expect(mutateSource([change], '/p/b.ts', 'x x')).toBe('x x');
  });
});

describe('a run of a mutant', () => {
  const harmless = [{ file: 'packages/consensus-spos/src/rules.ts', find: 'const slot = slotOfTime(params, header.timeMs);', replace: 'const slot = slotOfTime(params, header.timeMs + 0);' }];

  test('is not killed by either tool when it changes nothing', async () => {
    const tools = [{ kind: 'laws', package: 'packages/consensus-spos', tests: 'test/compliance' }, { kind: 'simulator', module: 'spos' }] as const;
    expect(await runMutant({ name: 'harmless', area: 'slot rules', changes: harmless, tools }, 2)).toBeUndefined();
  }, 600_000);

  test.each(['spos takes any seal', 'the lighter branch wins'])('is killed: %s', async (name) => {
    const mutant = mutants.find((one) => one.name === name);
    expect(mutant !== undefined && await runMutant(mutant, 3)).toMatch(/^(laws|simulator) /);
  }, 600_000);
});
