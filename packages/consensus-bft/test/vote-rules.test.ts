import { equalBytes } from '@vsys/primitives';
import { describe, expect, test } from '@jest/globals';
import { PRECOMMIT, PREVOTE, voteRules } from '@vsys/consensus-bft';
import type { VoteRules } from '@vsys/consensus-bft';
import { castIn, oneEngine } from './one-engine.ts';

// Height 1 of four validators: round 0 is proposed by 1, round 1 by 2, round 2 by 3, round 3 by 0, which is the engine under test.

/** One scenario for each rule that agreement or progress rests on. A scenario throws when the rule is not kept. */
const scenarios: Readonly<Record<string, (votes: VoteRules) => void>> = {
  'prevotes for a block that holds, precommits and decides on a quorum, and not on one vote less': (votes) => {
    const engine = oneEngine({ validators: 7, votes });
    engine.tickTo(0);
    const id = engine.propose(0);
    expect(castIn(engine, PREVOTE, 0)).toEqual(id);
    engine.prevotes(0, id, [1, 2, 3]);
    expect(castIn(engine, PRECOMMIT, 0)).toBeUndefined();
    engine.prevotes(0, id, [4]);
    expect(castIn(engine, PRECOMMIT, 0)).toEqual(id);
    engine.precommits(0, id, [1, 2, 3]);
    expect(engine.decided).toBeUndefined();
    engine.precommits(0, id, [4]);
    expect(engine.decided).toEqual(id);
  },
  'a locked validator prevotes nothing for another fresh block': (votes) => {
    const engine = oneEngine({ votes });
    engine.tickTo(0);
    const a = engine.propose(0);
    engine.prevotes(0, a, [1, 2]);
    expect(castIn(engine, PRECOMMIT, 0)).toEqual(a);
    engine.tickTo(1);
    engine.propose(1, 1);
    expect(castIn(engine, PREVOTE, 1)).toBe('nil');
  },
  'a locked validator prevotes for another block that a quorum prevoted for since': (votes) => {
    const engine = oneEngine({ votes });
    engine.tickTo(0);
    const a = engine.propose(0);
    engine.prevotes(0, a, [1, 2]);
    engine.tickTo(1);
    const b = engine.propose(1, 1);
    engine.tickTo(2);
    engine.prevotes(1, b, [1, 2, 3]);
    engine.repropose(2, b, 1);
    expect(castIn(engine, PREVOTE, 2)).toEqual(b);
  },
  'a locked validator prevotes for its own block again': (votes) => {
    const engine = oneEngine({ votes });
    engine.tickTo(0);
    const a = engine.propose(0);
    engine.prevotes(0, a, [1, 2]);
    engine.tickTo(1);
    engine.repropose(1, a, 0);
    expect(castIn(engine, PREVOTE, 1)).toEqual(a);
  },
  'prevotes of a round before the lock are no reason to leave it': (votes) => {
    const engine = oneEngine({ votes });
    engine.tickTo(0);
    const b = engine.propose(0);
    engine.tickTo(1);
    const a = engine.propose(1, 1);
    engine.prevotes(1, a, [1, 2]);
    expect(castIn(engine, PRECOMMIT, 1)).toEqual(a);
    engine.tickTo(2);
    engine.prevotes(0, b, [1, 2, 3]);
    engine.repropose(2, b, 0);
    expect(castIn(engine, PREVOTE, 2)).toBe('nil');
  },
  'a reproposal counts only with a quorum of prevotes of the round that it names': (votes) => {
    const engine = oneEngine({ votes });
    engine.tickTo(0);
    const a = engine.propose(0);
    engine.tickTo(1);
    engine.prevotes(0, a, [1]);
    engine.repropose(1, a, 0);
    expect(castIn(engine, PREVOTE, 1)).toBeUndefined();
    // With the third of four it does.
    engine.prevotes(0, a, [2]);
    expect(castIn(engine, PREVOTE, 1)).toEqual(a);
  },
  'proposes again what a quorum prevoted for, and nothing new': (votes) => {
    const engine = oneEngine({ votes });
    engine.tickTo(0);
    const a = engine.propose(0);
    engine.prevotes(0, a, [1, 2]);
    engine.tickTo(3);
    expect(engine.built).toEqual([]);
    expect(engine.reproposed).toMatchObject([{ round: 3, validRound: 0, id: a }]);
  },
  'proposes again what it heard a quorum prevoted for when that round was over': (votes) => {
    const engine = oneEngine({ votes });
    engine.tickTo(0);
    const a = engine.propose(0);
    engine.tickTo(1);
    engine.prevotes(0, a, [1, 2]);
    engine.tickTo(3);
    expect(engine.reproposed).toMatchObject([{ round: 3, validRound: 0, id: a }]);
    // With the reason beside it, for those who have never heard of it.
    const told = engine.sent.flatMap(({ to, notes }) => (to === undefined && notes[0]?.kind === 'reproposal' ? [notes] : []));
    expect(told[0]?.map((note) => (note.kind === 'vote' ? note.vote.round : note.kind))).toEqual(['reproposal', 0, 0, 0]);
  },
  'keeps for a proposal also what a quorum prevoted for after it gave up the step itself': (votes) => {
    const engine = oneEngine({ votes });
    engine.tickTo(0);
    const a = engine.propose(0);
    engine.tick();
    expect(castIn(engine, PRECOMMIT, 0)).toBe('nil');
    engine.prevotes(0, a, [1, 2]);
    engine.tickTo(3);
    expect(engine.reproposed).toMatchObject([{ round: 3, validRound: 0, id: a }]);
  },
  'follows two of four into a later round, and not one alone': (votes) => {
    const engine = oneEngine({ votes });
    engine.tickTo(0);
    engine.prevotes(2, undefined, [1]);
    expect(engine.state.round).toBe(0);
    engine.prevotes(2, undefined, [2]);
    expect(engine.state.round).toBe(2);
  },
};

describe('vote rules of bft@1', () => {
  test.each(Object.entries(scenarios))('%s', (_, scenario) => scenario(voteRules));
});

/** A rule taken away or bent, and the scenarios that must miss it. */
const mutants: readonly (readonly [string, Partial<VoteRules>, readonly (keyof typeof scenarios)[]])[] = [
  ['half and one decide', { quorum: (n) => Math.floor(n / 2) + 1 }, ['prevotes for a block that holds, precommits and decides on a quorum, and not on one vote less']],
  ['two thirds without the one decide', { quorum: (n) => Math.floor((2 * n) / 3) }, ['prevotes for a block that holds, precommits and decides on a quorum, and not on one vote less']],
  ['all must vote', { quorum: (n) => n }, ['prevotes for a block that holds, precommits and decides on a quorum, and not on one vote less']],
  ['the lock is not asked', { mayPrevote: () => true }, ['a locked validator prevotes nothing for another fresh block', 'prevotes of a round before the lock are no reason to leave it']],
  ['the lock is never left', { mayPrevote: (locked, { id }) => locked === undefined || equalBytes(locked.id, id) }, ['a locked validator prevotes for another block that a quorum prevoted for since']],
  ['the lock is left for any reproposal', { mayPrevote: (locked, { id, validRound }) => locked === undefined || validRound !== undefined || equalBytes(locked.id, id) }, ['prevotes of a round before the lock are no reason to leave it']],
  ['the lock is left only for later rounds than it is strict to', { mayPrevote: (locked, { validRound }) => locked === undefined || (validRound !== undefined && locked.round < validRound) }, ['a locked validator prevotes for its own block again']],
  ['nobody locks', { lock: () => undefined }, ['a locked validator prevotes nothing for another fresh block', 'prevotes of a round before the lock are no reason to leave it']],
  ['the first lock stays', { lock: (locked, polka) => locked ?? polka, mayPrevote: (locked, { id }) => locked === undefined || equalBytes(locked.id, id) }, ['a locked validator prevotes for another block that a quorum prevoted for since']],
  ['a reproposal needs no reason', { hasReason: () => true }, ['a reproposal counts only with a quorum of prevotes of the round that it names']],
  ['one prevote less is a reason', { hasReason: (proposed, prevotes, quorum) => voteRules.hasReason(proposed, prevotes + 1, quorum) }, ['a reproposal counts only with a quorum of prevotes of the round that it names']],
  ['the valid block is forgotten', { keepValid: () => undefined }, ['proposes again what a quorum prevoted for, and nothing new', 'keeps for a proposal also what a quorum prevoted for after it gave up the step itself']],
  ['one validator pulls all others along', { skipsTo: (there) => there > 0 }, ['follows two of four into a later round, and not one alone']],
  ['nobody follows', { skipsTo: () => false }, ['follows two of four into a later round, and not one alone']],
];

describe('each rule is missed when it is gone', () => {
  test.each(mutants)('%s', (_, change, names) => {
    for (const name of names) expect(() => scenarios[name]!({ ...voteRules, ...change })).toThrow();
  });
});

test('two of four with two faces split the others, and one alone does not: what operators are told is the bound', () => {
  const decide = (faces: readonly number[]) => [0, 1].map((seat) => {
    const engine = oneEngine({ seat });
    engine.tickTo(2);
    const id = engine.propose(2, seat);
    engine.prevotes(2, id, faces);
    engine.precommits(2, id, faces);
    return engine.decided;
  });
  const [a, b] = decide([2, 3]);
  expect(a).toBeDefined();
  expect(b).toBeDefined();
  expect(a).not.toEqual(b);
  expect(decide([3])).toEqual([undefined, undefined]);
});
