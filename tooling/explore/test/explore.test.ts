import { describe, expect, test } from '@jest/globals';
import { bftCases, bftMutants } from '../src/bft-cases.ts';
import { bftModel } from '../src/bft-model.ts';
import { branches, ffgCases, ffgMutants } from '../src/ffg-cases.ts';
import type { OrderedCase } from '../src/ffg-cases.ts';
import { ffgModel } from '../src/ffg-model.ts';
import { createFfgWorld } from '../src/ffg-world.ts';
import { explore } from '../src/search.ts';

/** Every set of final blocks that some state shows, whether all states were seen, and whether a block of the second set is final in one. */
function finalsOf(one: OrderedCase) {
  const world = createFfgWorld(one);
  const model = ffgModel(world, one.order);
  const finals = new Set<number>();
  let isNewFinal = false;
  const { found, complete, states } = explore(model, {
    visit: (state) => {
      const mask = model.finals(state);
      finals.add(mask);
      isNewFinal ||= one.change !== undefined && state.made.some((way, block) => (mask & (1 << block)) !== 0 && world.made[way]?.context.since !== 0);
    },
  });
  return { found, complete, states, finals, isNewFinal };
}

const blocksIn = (finals: ReadonlySet<number>): number => [...finals].reduce((all, one) => all | one, 0);

describe('votes of ffg@1', () => {
  // A case in which nothing ever becomes final would hold whatever the rules.
  test.each(ffgCases)('$name: no two final blocks exclude each other, and each that has room above it is final in some run', (one) => {
    const { found, complete, finals, isNewFinal } = finalsOf(one);
    expect([found, complete, isNewFinal]).toEqual([undefined, true, one.change !== undefined]);
    const parents = [0, ...one.parents];
    const height = (block: number): number => (block === 0 ? 0 : 1 + height(parents[block] as number));
    const last = Math.max(...parents.map((_, block) => height(block)));
    // A block is final by a vote for its child. Under a second set it takes both, which not every tree has room for.
    const early = parents.flatMap((_, block) => (height(block) < last && (one.change === undefined || height(block) <= one.change.announced) ? [block] : []));
    expect(early.filter((block) => (blocksIn(finals) & (1 << block)) === 0)).toEqual([]);
  }, 120_000);

  test.each(ffgMutants)('found: $name', ({ cases }) => {
    const found = cases.map((one) => explore(ffgModel(createFfgWorld(one), one.order)).found).find((one) => one !== undefined);
    expect(found?.problem).toMatch(/^blocks \d+ and \d+ are both final$/);
    expect(found?.trace.length).toBeGreaterThan(5);
  }, 120_000);

  test('layers show the same final blocks as any order', () => {
    for (const groups of [[{ sets: [0], honest: 3, byzantine: 1 }], [{ sets: [0], honest: 3, byzantine: 0 }]] as const) {
      const one = { name: 'both', parents: branches(2, 3), groups, order: 'any' } as const;
      const [any, layers] = [finalsOf(one), finalsOf({ ...one, order: 'layers' })];
      expect([...layers.finals].toSorted()).toEqual([...any.finals].toSorted());
      expect(layers.states).toBeLessThan(any.states);
    }
  }, 120_000);
});

describe('locks of bft@1', () => {
  test.each(bftCases)('$name: one value is decided at most, and each in some run', (one) => {
    const decided = new Set<number>();
    const { found, complete } = explore(bftModel(one), { visit: (state) => decided.add(state.decided) });
    expect([found, complete]).toEqual([undefined, true]);
    for (let value = 0; value < one.values; value++) expect(decided).toContain(1 << value);
  }, 120_000);

  test.each(bftMutants)('found: $name', ({ cases }) => {
    const found = cases.map((one) => explore(bftModel(one)).found).find((one) => one !== undefined);
    expect(found?.problem).toMatch(/are both decided$/);
  }, 120_000);
});

describe('the search', () => {
  const counter = (problemAt: number) => ({
    initial: 0, next: (state: number) => [1, 2].map((more) => ({ state: Math.min(10, state + more), what: () => `+${more}` })), key: String, problem: (state: number) => (state === problemAt ? 'there' : undefined),
  });

  test('sees each state once, tells the way to a problem, and says when it stopped early', () => {
    const seen: number[] = [];
    expect(explore(counter(-1), { visit: (state) => void seen.push(state) })).toEqual({ states: 11, complete: true });
    expect(seen.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(explore(counter(3)).found).toEqual({ problem: 'there', trace: ['+1', '+1', '+1'] });
    expect(explore(counter(-1), { statesMax: 4 })).toEqual({ states: 4, complete: false });
  });
});
