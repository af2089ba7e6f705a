import { describe, expect, test } from '@jest/globals';
import { BFT_NOTES_MAX, bftSealFromBytes, notesFromBytes, PRECOMMIT, PREVOTE } from '@vsys/consensus-bft';
import type { BftNote } from '@vsys/consensus-bft';
import type { Effect } from '@vsys/consensus';
import { tell } from '../src/tell.ts';
import { castIn, oneEngine } from './one-engine.ts';
import type { OneEngine } from './one-engine.ts';

// Height 1 of four validators. Seat 1 has two faces, proposes the block of round 0, and then is silent; round 1 is proposed by 2, round 3 by 0.

/** Engines by seat that hear each other from now on, as often as they are delivered to: until nobody has anything to say. */
function deliverTo(engines: ReadonlyMap<number, OneEngine>): () => void {
  const told = new Map([...engines].map(([seat, { sent }]) => [seat, sent.length]));
  const nextOf = (from: number, { sent }: OneEngine): OneEngine['sent'][number] | undefined => {
    const at = told.get(from) ?? 0;
    told.set(from, Math.min(at + 1, sent.length));
    return sent[at];
  };
  return () => {
    for (let count = -1; count !== 0; ) {
      count = 0;
      for (const [from, engine] of engines) {
        const message = nextOf(from, engine);
        if (message === undefined) continue;
        count++;
        for (const [seat, other] of engines) if (seat !== from && (message.to ?? String(seat)) === String(seat)) other.receive(message.notes, String(from));
      }
    }
  };
}

describe('a seat of bft@1 that signs twice', () => {
  test.each([
    ['and the others hear the vote that counts from the locked one only', false],
    ['and the others heard that vote already, before any other for its block', true],
  ])('does not stop a height where one is locked on its vote and the others heard another first, %s', (_, isEarly) => {
    const engines = new Map([0, 2, 3].map((seat) => [seat, oneEngine({ seat })]));
    const all = [...engines.values()];
    const [locked, second, slow] = all as [OneEngine, OneEngine, OneEngine];
    for (const engine of all) engine.tickTo(0);
    const id = locked.propose(0);
    second.propose(0);
    slow.propose(0, 0, 'slow');
    while (slow.state.step === 'propose') slow.tick();
    slow.execute(id);
    for (const engine of [second, slow]) {
      engine.prevotes(0, undefined, [1]);
      if (isEarly) engine.prevotes(0, id, [1]);
      expect(engine.evidence).toHaveLength(isEarly ? 1 : 0);
    }
    locked.prevotes(0, id, [1, 2]);
    second.prevotes(0, id, [0]);
    slow.prevotes(0, id, [0, 2]);
    const deliver = deliverTo(engines);
    expect(all.map((engine) => castIn(engine, PREVOTE, 0))).toEqual([id, id, 'nil']);
    expect(all.map(({ state }) => state.locked)).toEqual([{ round: 0, id }, undefined, undefined]);
    while (all.some(({ decided }) => decided === undefined)) {
      expect(locked.state.round).toBeLessThan(8);
      for (const engine of all) if (engine.decided === undefined) engine.tick();
      deliver();
    }
    expect(all.map(({ decided }) => decided)).toEqual([id, id, id]);
  });

  test('counts in the certificate of a block that it precommitted second, once', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    const id = engine.propose(0);
    engine.prevotes(0, id, [1, 2]);
    engine.precommits(0, undefined, [3]);
    engine.precommits(0, id, [3]);
    expect([engine.judged, engine.decided]).toEqual(['ignore', undefined]);
    engine.precommits(0, id, [1]);
    expect(engine.decided).toBeUndefined();
    engine.precommits(0, id, [3]);
    expect([engine.judged, engine.decided]).toEqual(['accept', id]);
    expect(bftSealFromBytes(engine.seal!)).toMatchObject({ kind: 'certificate', round: 0, precommits: [{ seat: 0 }, { seat: 1 }, { seat: 3 }] });
    expect(engine.evidence).toHaveLength(1);
  });

  test('is told of with both votes to who waits', () => {
    const engine = oneEngine();
    engine.tickTo(0);
    const id = engine.propose(0);
    engine.prevotes(0, id, [1]);
    engine.prevotes(0, undefined, [3]);
    engine.prevotes(0, id, [3]);
    engine.receive([{ kind: 'status', height: 1, round: 0, atMs: 1 }], 'other');
    expect(engine.sent.at(-1)!.notes.flatMap((note) => (note.kind === 'vote' && note.vote.seat === 3 ? [note.vote.id] : []))).toEqual([undefined, id]);
  });

  test('counts beside its first vote only for what others stand behind, however much it signs, and is one seat in a round', () => {
    const engine = oneEngine({ validators: 7 });
    engine.tickTo(0);
    const ids = Array.from({ length: 20 }, (_, i) => new Uint8Array(32).fill(i + 1));
    for (const seat of [1, 2, 3]) engine.precommits(2, ids[0], [seat]);
    expect(engine.state.round).toBe(2);
    for (const seat of [4, 5]) engine.precommits(2, ids[1], [seat]);
    for (const id of ids.toReversed()) engine.precommits(2, id, [6]);
    expect(engine.state.tally.get(2)?.precommits.get(6)?.map(({ id }) => id)).toEqual([ids[19], ids[0]]);
    for (const id of ids) engine.precommits(5, id, [6]);
    expect(engine.state.round).toBe(2);
  });
});

test('what is too long for one message is told in several', () => {
  const { vote } = oneEngine();
  const notes = Array.from({ length: 2 * BFT_NOTES_MAX + 1 }, (_, round): BftNote => ({ kind: 'vote', vote: { ...vote(1, PRECOMMIT, 0, undefined), round } }));
  const effects: Effect[] = [];
  tell({ effects }, notes, 'other');
  expect(effects.flatMap((effect) => (effect.kind === 'send' && effect.to === 'other' ? notesFromBytes(effect.bytes) : []))).toEqual(notes);
  expect(effects).toHaveLength(3);
});
