import { describe, expect, test } from '@jest/globals';
import { ffgLeavers, ffgQuorum, ffgSafety, ffgTurnoverMax, ffgVoters, hasQuorum, jointVoters } from '@vsys/finality-ffg';
import { keyOf, range, setOf } from './support.ts';

describe('voters', () => {
  test.each([[1, 1, 0, 1], [2, 2, 0, 2], [3, 3, 0, 3], [4, 3, 1, 2], [7, 5, 2, 3], [15, 11, 4, 7], [21, 15, 6, 9], [30, 21, 9, 12], [60, 41, 19, 22]])('of %i: quorum %i, %i may be away, %i must sign twice', (n, quorum, away, equivocators) => {
    expect(ffgSafety(n)).toEqual({ quorum, votersThatMayBeAway: away, votersThatStopFinality: away + 1, equivocatorsThatBreakSafety: equivocators });
  });

  test('any two quorums share an honest voter, as long as a quorum is there at all', () => {
    for (let n = 1; n <= 128; n++) {
      const q = ffgQuorum(n);
      const away = n - q;
      expect(3 * q).toBeGreaterThan(2 * n);
      expect(2 * q - n).toBeGreaterThan(away);
      expect(ffgTurnoverMax(n)).toBe(away);
    }
  });

  test('two sets together count each key once, and each set needs its own quorum', () => {
    const [before, now] = [setOf(0, 1, 2, 3), setOf(2, 3, 4, 5)];
    const voters = jointVoters(before, now);
    expect(voters.keys).toEqual(range(0, 6).map(keyOf));
    expect(voters.seats).toEqual([[0, 1, 2, 3], [2, 3, 4, 5]]);
    expect(hasQuorum(voters, new Set([1, 2, 3]))).toBe(false);
    expect(hasQuorum(voters, new Set([2, 3, 4]))).toBe(false);
    expect(hasQuorum(voters, new Set([1, 2, 3, 4]))).toBe(true);
    expect(ffgLeavers(before, now)).toBe(2);
    expect([voters.id, ffgVoters(before).id]).not.toContainEqual(jointVoters(now, before).id);
  });

  test('the order of the second set is its own', () => {
    expect(jointVoters(setOf(0, 1, 2), setOf(5, 2, 0)).seats[1]).toEqual([3, 2, 0]);
  });

  test('a set without voters, or of more than 128, is nobody’s', () => {
    expect(() => ffgVoters({ id: new Uint8Array(32), keys: [] })).toThrow();
    expect(() => ffgVoters({ id: new Uint8Array(32), keys: range(0, 129).map((i) => new Uint8Array(32).fill(i)) })).toThrow();
  });
});
