import { describe, expect, test } from '@jest/globals';
import { createSeededRandom } from '@vsys/primitives';
import { createWeather } from '../src/create-weather.ts';
import { drawFaults, endOfFault, type Fault, FAULT_KINDS, type FaultOptions, problemOfSchedule, shrinkFaults } from '../src/index.ts';

const options: Omit<FaultOptions, 'seed'> = { nodes: 4, chaosMs: 30_000, periodMs: 1_000, kinds: FAULT_KINDS, cuts: 'any' };
const seeds = Array.from({ length: 400 }, (_, seed) => seed);

describe('the faults of a seed', () => {
  test('are the same each time, and end before the healing', () => {
    for (const cuts of ['any', 'static'] as const) {
      for (const seed of seeds) {
        const faults = drawFaults({ ...options, cuts, seed });
        expect(drawFaults({ ...options, cuts, seed })).toEqual(faults);
        expect(problemOfSchedule(faults, options.chaosMs, options.nodes)).toBeUndefined();
      }
    }
  });

  test('are of every kind, each in about half of the seeds', () => {
    for (const kind of FAULT_KINDS) {
      const count = seeds.filter((seed) => drawFaults({ ...options, seed }).some((fault) => fault.kind === kind)).length;
      expect([kind, count > 130 && count < 270]).toEqual([kind, true]);
    }
  });

  test('of one kind do not depend on which other kinds may be drawn', () => {
    for (const seed of seeds.slice(0, 50)) {
      const crashes = (kinds: FaultOptions['kinds']): readonly Fault[] => drawFaults({ ...options, kinds, seed }).filter(({ kind }) => kind === 'crash');
      expect(crashes(['crash'])).toEqual(crashes(FAULT_KINDS));
    }
  });
});

describe('a schedule', () => {
  test.each<[string, Fault]>([
    ['reaches beyond the healing', { kind: 'diskFull', fromMs: 10, untilMs: 1_001, node: 0 }],
    ['reaches beyond the healing', { kind: 'rot', fromMs: 1_001, node: 0, part: 'log', pick: 1 }],
    ['ends before it begins', { kind: 'skew', fromMs: 10, untilMs: 9, node: 0, skewMs: 1, restarts: false }],
    ['names a node that is not there', { kind: 'cut', fromMs: 0, untilMs: 9, sides: [[0], [5]], oneWay: false }],
  ])('that %s is found', (words, fault) => {
    expect(problemOfSchedule([fault], 1_000, 4)).toContain(words);
  });
});

describe('the weather', () => {
  const route = (faults: readonly Fault[], atMs = 500): ((from: number, to: number) => readonly number[]) => {
    const route = createWeather(faults, 4, 1_000, ['n0', 'n1', 'n2', 'n3', 'n4'], () => atMs, createSeededRandom(1));
    return (from, to) => route(`n${from}`, `n${to}`, 10);
  };
  const pairs = (reaches: (from: number, to: number) => readonly number[], nodes = 4): string[] => Array.from({ length: nodes * nodes }, (_, i) => [Math.floor(i / nodes), i % nodes] as const)
    .filter(([from, to]) => from !== to && reaches(from, to).length === 0).map(([from, to]) => `${from}${to}`);

  test('cuts both ways or one way, for its time, and leaves bridges standing', () => {
    const cut: Fault = { kind: 'cut', fromMs: 100, untilMs: 900, sides: [[0], [1, 2]], oneWay: false };
    expect(pairs(route([cut]))).toEqual(['01', '02', '10', '20']);
    expect(pairs(route([{ ...cut, oneWay: true }]))).toEqual(['01', '02']);
    expect([pairs(route([cut], 99)), pairs(route([cut], 900))]).toEqual([[], []]);
  });

  test('withholds, delays, loses and copies', () => {
    expect(pairs(route([{ kind: 'withhold', fromMs: 0, untilMs: 900, node: 2, to: [0, 3] }]))).toEqual(['20', '23']);
    expect(route([{ kind: 'late', fromMs: 0, untilMs: 900, node: 1, delayMs: 5_000 }])(1, 0)[0]).toBeGreaterThan(5_000);
    const rain = route([{ kind: 'weather', fromMs: 0, untilMs: 900, loss: 300, delayMaxMs: 50, copies: 200 }]);
    const arrivals = Array.from({ length: 2_000 }, () => rain(0, 1).length);
    expect([0, 1, 2].map((copies) => Math.round(arrivals.filter((count) => count === copies).length / 200))).toEqual([3, 6, 1]);
  });

  test('lets twins speak to disjoint halves, which no other node is cut from', () => {
    const faults: readonly Fault[] = [{ kind: 'twin', fromMs: 0, seat: 1, split: true }];
    expect(pairs(route(faults), 5)).toEqual(['12', '14', '21', '40', '41', '43', '04', '34'].toSorted());
    expect(pairs(route(faults, 1_000), 5)).toEqual([]);
  });
});

test('shrinking keeps what the failure needs and drops the rest', async () => {
  const faults = drawFaults({ ...options, seed: 11 });
  expect(faults.length).toBeGreaterThan(5);
  const needed = [faults[1] as Fault, faults[4] as Fault];
  let runs = 0;
  const kept = await shrinkFaults(faults, async (fewer) => {
    runs++;
    return needed.every((fault) => fewer.includes(fault));
  });
  expect(kept).toEqual(needed);
  expect(runs).toBeLessThan(3 * faults.length);
  expect(endOfFault(needed[0] as Fault)).toBeLessThanOrEqual(options.chaosMs);
});
