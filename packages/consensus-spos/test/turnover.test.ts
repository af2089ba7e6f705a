import { limitTurnover, type Seat, turnoverMax } from '@vsys/consensus-spos';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countChanges } from '../src/turnover.ts';
import { problemOfSeats } from '../src/params.ts';

const chain = { slots: 60, gap: 1 };
const seat = (holder: number, index: number): Seat => ({ index, account: new Uint8Array(20).fill(holder), mintKey: new Uint8Array(32).fill(holder), voteKey: new Uint8Array(32).fill(holder + 100) });
const list = (...holders: readonly (number | undefined)[]): readonly Seat[] => holders.flatMap((holder, index) => (holder === undefined ? [] : [seat(holder, index)]));
const lists: fc.Arbitrary<readonly Seat[]> = fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { minLength: 1 }).chain((holders) =>
  fc.shuffledSubarray(Array.from({ length: 12 }, (_, i) => i), { minLength: holders.length, maxLength: holders.length }).map((indexes) =>
    holders.map((holder, i) => seat(holder, indexes[i] as number)).toSorted((a, b) => a.index - b.index)));

describe('the turnover of an epoch', () => {
  test('is below a third of the seats, one of few, and whatever one alone wants', () => {
    expect([1, 2, 3, 4, 6, 7, 15, 30, 60].map(turnoverMax)).toEqual([60, 1, 1, 1, 1, 2, 4, 9, 19]);
    for (let seats = 4; seats <= 60; seats++) expect(3 * turnoverMax(seats)).toBeLessThan(seats);
  });

  test('is taken in order of index, the rest follows with the next epochs', () => {
    const wanted = list(21, 22, 23, 24, 25, 6, 7);
    const first = limitTurnover(chain, list(1, 2, 3, 4, 5, 6, 7), wanted);
    expect(first).toEqual(list(21, 22, 3, 4, 5, 6, 7));
    expect(limitTurnover(chain, first, wanted)).toEqual(list(21, 22, 23, 24, 5, 6, 7));
  });

  test('a holder who changes keys keeps nobody from leaving or from taking a seat', () => {
    const rotated = (from: readonly Seat[], key: number): readonly Seat[] => from.map((one) => (one.index === 0 ? { ...one, mintKey: new Uint8Array(32).fill(key) } : one));
    let seats = list(1, 2, 3, 4);
    const wanted = list(1, 2, undefined, 4, 5);
    for (let epoch = 0; epoch < 2; epoch++) seats = limitTurnover(chain, seats, rotated(wanted, 50 + epoch));
    expect(seats).toEqual(wanted);
    expect(limitTurnover(chain, seats, rotated(wanted, 60))).toEqual(rotated(wanted, 60));
  });

  test('fills empty seats first while fewer stand than are wanted, so that coming and going leaves no fewer', () => {
    expect(limitTurnover(chain, list(1, 2, 3, 4), list(undefined, 2, 3, 4, 5))).toEqual(list(undefined, 2, 3, 4));
    expect(limitTurnover(chain, list(undefined, 2, 3, 4), list(undefined, undefined, 3, 4, 5, 6))).toEqual(list(undefined, 2, 3, 4, 5));
    // Another one leaves and comes back with every epoch.
    let seats = list(1, 2, 3, 4, 5, 6);
    for (let epoch = 0; epoch < 20; epoch++) {
      seats = limitTurnover(chain, seats, list(1, 2, 3, 4, 5, 6).filter(({ index }) => index !== epoch % 6));
      expect(seats.length).toBeGreaterThanOrEqual(4);
    }
  });

  test('counts a seat that is left, one that is taken, and one whose key changes', () => {
    const before = list(1, 2, 3, 4);
    expect(countChanges(before, list(1, 2, 3))).toBe(1);
    expect(countChanges(before, list(1, 2, 3, 4, 5))).toBe(1);
    expect(countChanges(before, before.map((one) => (one.index === 2 ? { ...one, voteKey: new Uint8Array(32).fill(77) } : one)))).toBe(1);
    expect(countChanges(before, before)).toBe(0);
  });

  test('goes on from one alone, and takes no list that cannot stand', () => {
    expect(limitTurnover(chain, list(1), list(undefined, 1, 2))).toEqual(list(undefined, 1, 2));
    expect(limitTurnover(chain, list(1, 2), list(undefined, undefined, 3))).toEqual(list(undefined, 2));
    expect(limitTurnover(chain, list(1, 2, 3, 4), [])).toEqual(list(1, 2, 3, 4));
    expect(limitTurnover(chain, list(1, 2, 3, 4), [seat(1, 0), seat(1, 1)])).toEqual(list(1, 2, 3, 4));
    expect(limitTurnover({ slots: 60, gap: 4 }, [seat(1, 0)], [seat(1, 0), seat(2, 3)])).toEqual([seat(1, 0)]);
  });

  test('holders who change places do so by way of an empty seat', () => {
    const [before, wanted] = [list(1, 2, 3, 4), list(2, 1, 3, 4)];
    const first = limitTurnover(chain, before, wanted);
    expect(first).toEqual(list(undefined, 2, 3, 4));
    const second = limitTurnover(chain, first, wanted);
    expect(second).toEqual(list(undefined, 1, 3, 4));
    expect(limitTurnover(chain, second, wanted)).toEqual(wanted);
  });

  test('keeps every list one that may stand, within the limit, and comes to what is wanted', () => {
    fc.assert(fc.property(lists, lists, (before, wanted) => {
      let seats = before;
      for (let epoch = 0; epoch < 40; epoch++) {
        const next = limitTurnover(chain, seats, wanted);
        expect(problemOfSeats(chain, next)).toBeUndefined();
        expect(countChanges(seats, next)).toBeLessThanOrEqual(turnoverMax(seats.length));
        seats = next;
      }
      expect(seats).toEqual(wanted);
    }));
  });
});
