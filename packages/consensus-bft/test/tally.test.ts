import { describe, expect, test } from '@jest/globals';
import { bftQuorum, PREVOTE } from '@vsys/consensus-bft';
import type { Vote } from '@vsys/consensus-bft';
import { countFor, decidedBy, isBacked, isSplitUp, roundOf, seatsIn, votesOf, withVote } from '../src/tally.ts';
import type { Tally } from '../src/tally.ts';

const [A, B] = [1, 2].map((byte) => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array];
const voteOf = (seat: number, id: Uint8Array | undefined): Vote => ({ height: 1, round: 0, step: PREVOTE, seat, id, signature: new Uint8Array(64) });
const prevotesOf = (...votes: readonly Vote[]) => votesOf(votes.reduce<Tally>((tally, vote) => withVote(tally, vote), new Map()), 0, PREVOTE);

describe('votes of a round', () => {
  test('a seat that signed for two blocks counts for both, once for each, and is one seat', () => {
    const votes = prevotesOf(voteOf(0, A), voteOf(3, B), voteOf(3, A), voteOf(3, A), voteOf(3, B));
    expect([countFor(votes, A), countFor(votes, B), countFor(votes, undefined)]).toEqual([2, 1, 0]);
    expect(decidedBy(votes, 2)).toEqual({ id: A });
    expect(decidedBy(votes, 3)).toBeUndefined();
    expect(votes.size).toBe(2);
    expect([...seatsIn({ prevotes: votes, precommits: new Map() })]).toEqual([0, 3]);
  });

  test('a tally is never changed in place', () => {
    const before = withVote(new Map(), voteOf(0, A));
    withVote(before, voteOf(0, B));
    expect(roundOf(before, 0).prevotes.get(0)).toEqual([voteOf(0, A)]);
  });

  test('another vote of a seat is backed by first votes of so many others for its block, never by its own, by second ones, or for nothing', () => {
    const backed = (votes: readonly Vote[], id: Uint8Array | undefined) => isBacked(prevotesOf(...votes), voteOf(3, id), 2);
    expect(backed([voteOf(3, A), voteOf(0, B), voteOf(1, B)], B)).toBe(true);
    expect(backed([voteOf(3, A), voteOf(0, B)], B)).toBe(false);
    expect(backed([voteOf(3, B), voteOf(0, B)], B)).toBe(false);
    expect(backed([voteOf(3, A), voteOf(0, B), voteOf(1, A), voteOf(1, B)], B)).toBe(false);
    expect(backed([voteOf(3, A), voteOf(0, undefined), voteOf(1, undefined), voteOf(2, undefined)], undefined)).toBe(false);
  });

  test.each<[boolean, readonly Vote[]]>([
    [false, []], [false, [voteOf(0, undefined), voteOf(1, undefined), voteOf(2, undefined)]], [false, [voteOf(0, A), voteOf(1, undefined), voteOf(2, A), voteOf(3, A)]],
    [true, [voteOf(0, A), voteOf(1, A), voteOf(2, B), voteOf(3, B)]], [true, [voteOf(0, A), voteOf(1, A), voteOf(2, undefined), voteOf(3, undefined)]],
    // One that signed for both counts for both.
    [false, [voteOf(0, A), voteOf(1, A), voteOf(2, B), voteOf(3, B), voteOf(3, A)]],
  ])('all of 4 seats voted and no block has three of them: %p', (split, votes) => {
    expect(isSplitUp(prevotesOf(...votes), 4, 3)).toBe(split);
  });

  // With q − d seats of a quorum that signed once, d below 2q − n: the count that hearing asks for is always reached, and by few blocks.
  test('in every quorum enough seats signed once, and no more than three blocks have so many', () => {
    for (let n = 1; n <= 128; n++) {
      const [q, honestMin] = [bftQuorum(n), n - bftQuorum(n) + 1];
      expect(q - (2 * q - n - 1)).toBe(honestMin);
      expect(Math.floor(n / honestMin)).toBeLessThanOrEqual(3);
    }
  });
});
