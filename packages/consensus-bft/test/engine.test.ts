import { describe, expect, test } from '@jest/globals';
import { BftError, memoryFromBytes, memoryToBytes, PRECOMMIT, PREVOTE, verifyBftEvidence } from '@vsys/consensus-bft';
import { equalBytes } from '@vsys/primitives';
import type { Reproposal } from '@vsys/consensus-bft';
import { castIn, oneEngine, START_MS } from './one-engine.ts';
import { paramsOf, publicKeyOf, verifySignature } from './support.ts';

const ZERO = new Uint8Array(32);
const offence = (proof: Uint8Array) => verifyBftEvidence(ZERO, verifySignature, proof);

describe('memory of bft@1', () => {
  test('is durable before each build and each signature', () => {
    const engine = oneEngine({ seat: 1 });
    engine.tickTo(0);
    const id = engine.cast[0]?.id;
    engine.prevotes(0, id, [2, 3]);
    expect(engine.log).toEqual(['persist', 'build', 'sign 1 0 1', 'persist', 'sign 1 0 2', 'persist', 'sign 1 0 3']);
  });

  test('keeps a restarted validator from a second vote, and one that forgot casts it', () => {
    const before = oneEngine();
    before.tickTo(0);
    before.propose(0);
    expect(castIn(before, PREVOTE, 0)).toBeInstanceOf(Uint8Array);
    const secondVote = (saved: Uint8Array | undefined) => {
      const after = oneEngine(saved === undefined ? {} : { saved });
      if (after.state.step === 'wait') after.tick();
      after.propose(0, 5);
      return castIn(after, PREVOTE, 0);
    };
    expect(secondVote(before.saved)).toBeUndefined();
    expect(secondVote(undefined)).toBeInstanceOf(Uint8Array);
  });

  test('keeps the lock through a restart, and a memory without it breaks the lock', () => {
    const before = oneEngine();
    before.tickTo(0);
    before.prevotes(0, before.propose(0), [1, 2]);
    const fresh = (saved: Uint8Array) => {
      const after = oneEngine({ saved });
      after.tickTo(1);
      after.propose(1, 1);
      return castIn(after, PREVOTE, 1);
    };
    const saved = before.saved!;
    expect(memoryFromBytes(saved).locked?.round).toBe(0);
    expect(fresh(saved)).toBe('nil');
    expect(fresh(memoryToBytes({ ...memoryFromBytes(saved), locked: undefined, valid: undefined }))).toBeInstanceOf(Uint8Array);
  });

  test('keeps the reason of the lock: after a restart the locked block is followed when it is proposed again, and the reason is told', () => {
    const before = oneEngine();
    before.tickTo(0);
    const id = before.propose(0);
    before.prevotes(0, id, [1, 2]);
    expect(memoryFromBytes(before.saved!).reasons.map(({ seat }) => seat)).toEqual([0, 1, 2]);
    const restarted = (saved: Uint8Array) => {
      const after = oneEngine({ saved });
      after.propose(0);
      after.tickTo(1);
      after.repropose(1, id, 0);
      return after;
    };
    const after = restarted(before.saved!);
    expect(castIn(after, PREVOTE, 1)).toEqual(id);
    expect(castIn(restarted(memoryToBytes({ ...memoryFromBytes(before.saved!), reasons: [] })), PREVOTE, 1)).toBeUndefined();
    after.receive([{ kind: 'status', height: 1, round: 1, atMs: 1 }], 'other');
    expect(after.sent.at(-1)?.notes.filter((note) => note.kind === 'vote' && note.vote.step === PREVOTE && note.vote.round === 0)).toHaveLength(3);
  });

  test('survives encoding, and what is damaged stops the engine with a code', () => {
    const memory = { height: 7, round: 3, step: 2, locked: { round: 1, id: new Uint8Array(32).fill(3) }, valid: undefined, reasons: [oneEngine().vote(2, PREVOTE, 1, new Uint8Array(32).fill(3), 7)] };
    expect(memoryFromBytes(memoryToBytes(memory))).toEqual(memory);
    expect(() => memoryFromBytes(memoryToBytes(memory).slice(1))).toThrow(BftError);
    expect(() => oneEngine({ saved: new Uint8Array(3) })).toThrow(expect.objectContaining({ code: 'BFT_MEMORY' }));
  });

  test.each([
    ['an old one waits for the height to pass', memoryToBytes({ height: 2, round: 0, step: 3, locked: undefined, valid: undefined, reasons: [] }), undefined],
    ['a lost one waits too', undefined, undefined],
    ['a fresh one votes', memoryToBytes({ height: 5, round: 0, step: 3, locked: undefined, valid: undefined, reasons: [] }), 'votes'],
  ])('%s', (_, saved, votes) => {
    const engine = oneEngine({ height: 5, ...(saved === undefined ? {} : { saved }) });
    engine.tickTo(0);
    engine.propose(0);
    expect(castIn(engine, PREVOTE, 0) === undefined).toBe(votes === undefined);
  });

  test('a memory that was lost after the first block waits for the second', () => {
    const engine = oneEngine({ height: 1 });
    engine.tickTo(0);
    engine.propose(0);
    expect(castIn(engine, PREVOTE, 0)).toBeUndefined();
  });

  test('a validator that waits speaks again when the network plainly waits for it', () => {
    const engine = oneEngine({ height: 5 });
    engine.tickTo(1);
    engine.tick();
    expect(engine.cast).toEqual([]);
    engine.tickTo(3);
    expect(engine.cast.length).toBeGreaterThan(0);
  });
});

describe('what others send to bft@1', () => {
  test('two votes of one validator are evidence; the first counts', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    const a = engine.propose(0);
    engine.prevotes(0, a, [1]);
    engine.prevotes(0, undefined, [1]);
    engine.prevotes(0, undefined, [1]);
    expect(engine.evidence.map(offence)).toMatchObject([{ ok: true, value: { key: publicKeyOf(1).bytes, kind: 'double prevote', height: 1, round: 0 } }]);
    expect(engine.state.tally.get(0)?.prevotes.get(1)?.map(({ id }) => id)).toEqual([a]);
    engine.precommits(0, a, [1]);
    engine.precommits(0, undefined, [1]);
    expect(offence(engine.evidence[1]!)).toMatchObject({ ok: true, value: { kind: 'double precommit' } });
  });

  test('two proposals of one round are evidence; the first is the proposal, and the second is not taken', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    const a = engine.propose(0);
    engine.propose(0, 1);
    expect(offence(engine.evidence[0]!)).toMatchObject({ ok: true, value: { key: publicKeyOf(1).bytes, kind: 'double proposal', height: 1, round: 0 } });
    expect(engine.judged).toBeUndefined();
    expect(engine.state.proposals.get(0)?.id).toEqual(a);
    expect(engine.imported).toEqual([a]);
  });

  test('evidence that proves nothing is refused', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    const a = engine.propose(0);
    engine.prevotes(0, a, [1]);
    engine.prevotes(0, undefined, [1]);
    const proof = engine.evidence[0]!;
    for (const at of [0, 8, 20, 60, proof.length - 1]) expect(offence(proof.map((byte, i) => (i === at ? byte ^ 1 : byte)))).toMatchObject({ ok: false, code: 'BFT_EVIDENCE' });
    expect(offence(proof.slice(0, -1))).toMatchObject({ code: 'BFT_EVIDENCE' });
    expect(offence(new Uint8Array())).toMatchObject({ code: 'BFT_EVIDENCE' });
  });

  test('a vote is passed on once, one of another key costs its sender, and a stranger\'s seat too', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    const cast = engine.vote(1, PREVOTE, 0, undefined);
    const judge = (change: Partial<typeof cast>) => {
      engine.receive([{ kind: 'vote', vote: { ...cast, ...change } }]);
      return engine.judged;
    };
    expect(judge({ seat: 2 })).toBe('reject');
    expect(judge({ round: 1 })).toBe('reject');
    expect(judge({ step: PRECOMMIT })).toBe('reject');
    expect(judge({ id: new Uint8Array(32) })).toBe('reject');
    expect(judge({ seat: 4 })).toBe('reject');
    expect(judge({})).toBe('accept');
    expect(judge({})).toBe('ignore');
    engine.step({ kind: 'message', from: 'peer', bytes: new Uint8Array([9, 9]) });
    expect(engine.judged).toBe('reject');
  });

  test('votes of the next height wait for it, and so many of them show that we are behind', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    engine.receive([{ kind: 'vote', vote: engine.vote(1, PREVOTE, 0, undefined, 2) }]);
    expect([engine.judged, engine.behind]).toEqual(['accept', []]);
    engine.receive([{ kind: 'vote', vote: engine.vote(2, PREVOTE, 0, undefined, 2) }]);
    expect(engine.behind).toEqual([1]);
    expect(engine.state.next).toHaveLength(2);
    engine.receive([{ kind: 'vote', vote: engine.vote(2, PREVOTE, 0, undefined, 9) }]);
    expect(engine.behind).toEqual([1, 8]);
  });

  test('one validator cannot fill the memory with votes for rounds to come', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    for (let round = 1; round < 40; round++) engine.prevotes(round, undefined, [1]);
    expect(engine.state.tally.size).toBeLessThanOrEqual(4);
    for (let round = 0; round < 40; round++) engine.receive([{ kind: 'vote', vote: engine.vote(1, PREVOTE, round, undefined, 2) }]);
    expect(engine.state.next.length).toBeLessThanOrEqual(4);
  });

  test('who waits gets what it may have missed; who is behind hears it', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    const id = engine.propose(0);
    engine.prevotes(0, id, [1]);
    engine.receive([{ kind: 'status', height: 1, round: 0, atMs: 1 }], 'other');
    const answer = engine.sent.at(-1)!;
    expect(answer.to).toBe('other');
    expect(answer.notes.map(({ kind }) => kind)).toEqual(['holds', 'vote', 'vote']);
    engine.receive([{ kind: 'status', height: 5, round: 0, atMs: 1 }], 'ahead');
    expect(engine.behind).toEqual([4]);
  });

  test('a peer that joins in the same height hears of our round, so that it tells what we wait for in it', () => {
    const engine = oneEngine();
    engine.tickTo(2);
    engine.step({ kind: 'catchUp', from: 'other', have: 0 });
    expect(engine.sent.at(-1)).toMatchObject({ to: 'other', notes: [{ kind: 'status', height: 1, round: 2 }] });
    const before = engine.sent.length;
    engine.step({ kind: 'catchUp', from: 'ahead', have: 3 });
    expect(engine.sent).toHaveLength(before);
  });

  test('a proposal of a round far ahead stays out of the tree until votes ask for it', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    const id = engine.propose(5);
    expect([engine.imported, engine.state.proposals.size, engine.judged]).toEqual([[], 0, undefined]);
    engine.prevotes(0, id, [1]);
    engine.propose(5);
    expect(engine.imported).toEqual([]);
    // Two of four stand behind it: one of them is honest.
    engine.prevotes(0, id, [2]);
    engine.propose(5);
    expect(engine.imported).toEqual([id]);
  });

  test('a second proposal of a round is not executed, however often it comes', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    const a = engine.propose(0);
    for (let mark = 1; mark < 20; mark++) engine.propose(0, mark);
    expect(engine.imported).toEqual([a]);
    expect(engine.evidence).toHaveLength(1);
  });

  test('a block that votes name and nobody sent is asked for, of who voted for it, and again after a while of another', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    const id = new Uint8Array(32).fill(9);
    engine.receive([{ kind: 'vote', vote: engine.vote(1, PREVOTE, 0, id) }], 'first');
    engine.receive([{ kind: 'vote', vote: engine.vote(2, PREVOTE, 0, id) }], 'second');
    engine.tick();
    expect(engine.fetched).toEqual([]);
    engine.receive([{ kind: 'vote', vote: engine.vote(3, PREVOTE, 0, id) }], 'third');
    expect(engine.fetched).toEqual([{ from: 'third', id }]);
    engine.receive([{ kind: 'vote', vote: engine.vote(2, PREVOTE, 0, id) }], 'second');
    expect(engine.fetched).toHaveLength(1);
    engine.tick();
    engine.tick();
    expect(engine.fetched.slice(1)).toEqual([{ from: 'second', id }]);
    engine.tickTo(1);
    engine.tick();
    engine.precommits(0, id, [1, 2, 3]);
    expect(engine.fetched.at(-1)).toEqual({ from: 'peer', id });
    expect(engine.decided).toBeUndefined();
  });

  test('a step ends without any answer, the last after three waits, and the next round is more patient', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    for (let round = 0; round < 3; round++) {
      for (const step of ['propose', 'prevote', 'precommit', 'precommit', 'precommit'] as const) {
        expect([engine.state.round, engine.state.step]).toEqual([round, step]);
        engine.tick();
      }
      expect([castIn(engine, PREVOTE, round), castIn(engine, PRECOMMIT, round)]).toEqual(['nil', 'nil']);
    }
    const took = [0, 1, 2].map((round) => {
      const another = oneEngine();
      another.tickTo(round);
      const beganMs = another.nowMs;
      another.tickTo(round + 1);
      return another.nowMs - beganMs;
    });
    // Five waits of 400 ms, and 200 ms more for each in each further round.
    expect(took).toEqual([2_000, 3_000, 4_000]);
    // Each time it asked the others what it missed.
    expect(engine.sent.flatMap(({ notes }) => notes).filter(({ kind }) => kind === 'status')).toHaveLength(15);
  });

  test('a quorum for nothing begins the next round at once; one for whatever waits once', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    engine.tick();
    engine.prevotes(0, undefined, [1, 2]);
    const beforeMs = engine.nowMs;
    engine.precommits(0, undefined, [1, 2]);
    expect([engine.state.round, engine.state.step, engine.nowMs]).toEqual([1, 'propose', beforeMs]);
    engine.tick();
    engine.tick();
    engine.precommits(1, undefined, [1]);
    engine.precommits(1, new Uint8Array(32).fill(5), [2]);
    expect([engine.state.round, engine.state.step]).toEqual([1, 'precommit']);
    engine.tick();
    expect(engine.state.round).toBe(2);
  });

  test('when all voted and no block has a quorum, nobody is waited for: halves that meet again go on at once', () => {
    const engine = oneEngine();
    const block = new Uint8Array(32).fill(5);
    engine.tickTo(0);
    engine.tick();
    engine.prevotes(0, block, [1, 2]);
    expect(engine.state.step).toBe('prevote');
    const beganMs = engine.nowMs;
    engine.prevotes(0, undefined, [3]);
    expect(castIn(engine, PRECOMMIT, 0)).toBe('nil');
    engine.precommits(0, block, [1]);
    engine.precommits(0, undefined, [2]);
    expect([engine.state.round, engine.state.step]).toEqual([0, 'precommit']);
    engine.precommits(0, block, [3]);
    expect([engine.state.round, engine.state.step, engine.nowMs]).toEqual([1, 'propose', beganMs]);
  });

  test('a block that does not execute gets a vote for nothing, at once', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    engine.propose(0, 0, false);
    expect(castIn(engine, PREVOTE, 0)).toBe('nil');
    expect(engine.nowMs).toBe(START_MS + 1_000);
  });

  test('a block that still executes when its time is up is waited for as long again, once', () => {
    const [patient, late] = [oneEngine(), oneEngine()];
    for (const engine of [patient, late]) {
      engine.tickTo(0);
      const id = engine.propose(0, 0, 'slow');
      engine.tick();
      expect([engine.state.step, castIn(engine, PREVOTE, 0)]).toEqual(['propose', undefined]);
      if (engine === late) engine.tick();
      engine.execute(id);
      expect(castIn(engine, PREVOTE, 0)).toEqual(engine === late ? 'nil' : id);
    }
    expect(late.nowMs - patient.nowMs).toBe(400);
  });

  test('a reproposal of another than the proposer, or of another key, costs its sender', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    const id = engine.propose(0);
    engine.tickTo(1);
    engine.repropose(1, id, 0);
    expect(engine.judged).toBe('accept');
    const { reproposal } = engine.state.proposals.get(1)!.signed as { readonly reproposal: Reproposal };
    const judge = (change: Partial<Reproposal>) => {
      const other = oneEngine();
      other.tickTo(1);
      other.receive([{ kind: 'reproposal', reproposal: { ...reproposal, ...change } }]);
      return [other.judged, other.state.proposals.size];
    };
    expect(judge({})).toEqual(['accept', 1]);
    expect(judge({ seat: 3 })).toEqual(['reject', 0]);
    expect(judge({ id: new Uint8Array(32) })).toEqual(['reject', 0]);
    expect(judge({ signature: new Uint8Array(64) })).toEqual(['reject', 0]);
    expect(judge({ round: 9, seat: 2 })).toEqual(['ignore', 0]);
    const other = oneEngine();
    other.tickTo(1);
    other.repropose(1, id, 0, 3);
    expect([other.judged, other.state.proposals.size]).toEqual(['reject', 0]);
  });

  test('other keys sign nothing', () => {
    const engine = oneEngine({ seat: 9 });
    expect(paramsOf(4).validators.some(({ key }) => equalBytes(key, publicKeyOf(9).bytes))).toBe(false);
    engine.tickTo(2);
    expect([engine.cast, engine.built, engine.saved]).toEqual([[], [], undefined]);
  });
});
