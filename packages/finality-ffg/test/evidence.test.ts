import { describe, expect, test } from '@jest/globals';
import { createSeededRandom } from '@vsys/primitives';
import { ffgEvidence, ffgMemoryFromBytes, ffgMemoryToBytes, ffgRules, ffgVoteFromBytes, ffgVoteMessage, ffgVoteToBytes, mayVote, noVotes, offenceOf, verifyFfgEvidence } from '@vsys/finality-ffg';
import type { FfgBallot, FfgMemory, SignedBallot } from '@vsys/finality-ffg';
import { CHAIN, keyOf, refOf, signBy, verifySignature } from './support.ts';

const SET = new Uint8Array(32).fill(1);
const KEY = keyOf(0);
const ballot = (source: number, target: number, name = 'a'): FfgBallot => ({ setId: SET, source: refOf(source, name), target: refOf(target, name) });
const signed = (one: FfgBallot): SignedBallot => ({ ...one, signature: signBy(KEY, ffgVoteMessage(CHAIN, one)) });
const judge = (proof: Uint8Array) => verifyFfgEvidence(CHAIN, verifySignature, proof);

describe('evidence', () => {
  test.each([
    ['two blocks of one height', ballot(1, 5), ballot(1, 5, 'b'), 'double vote'],
    ['one block from two sources', ballot(1, 5), { ...ballot(1, 5), source: refOf(2, 'a') }, 'double vote'],
    ['a vote that spans another', ballot(1, 9), ballot(3, 5), 'surround vote'],
  ] as const)('%s', (_name, a, b, kind) => {
    for (const [first, second] of [[a, b], [b, a]] as const) {
      const proof = ffgEvidence(KEY, signed(first), signed(second)) as Uint8Array;
      expect(judge(proof)).toEqual({ ok: true, value: { key: KEY, kind, height: Math.max(a.target.height, b.target.height) } });
      expect(proof).toEqual(ffgEvidence(KEY, signed(second), signed(first)));
    }
  });

  test.each([['one vote twice', ballot(1, 5), ballot(1, 5)], ['neighbours', ballot(1, 3), ballot(3, 5)], ['the same source', ballot(1, 3), ballot(1, 5)], ['the same target’s height above', ballot(1, 5), ballot(2, 6)]] as const)('%s are none', (_name, a, b) => {
    expect(ffgEvidence(KEY, signed(a), signed(b))).toBeUndefined();
  });

  test.each([['double', ballot(1, 5), ballot(1, 5, 'b')], ['surround', ballot(1, 9), ballot(3, 5)]] as const)('no byte of a proof of a %s vote can be another, and none be missing', (_name, a, b) => {
    const proof = ffgEvidence(KEY, signed(a), signed(b)) as Uint8Array;
    for (let at = 0; at < proof.length; at++) {
      for (const change of [1, 128]) {
        const changed = proof.slice();
        changed[at] = (changed[at] as number) ^ change;
        expect([at, judge(changed).ok]).toEqual([at, false]);
      }
      expect(judge(proof.slice(0, at)).ok).toBe(false);
    }
  });

  test('is good for one chain', () => {
    const proof = ffgEvidence(KEY, signed(ballot(1, 5)), signed(ballot(1, 5, 'b'))) as Uint8Array;
    expect(verifyFfgEvidence(new Uint8Array(32), verifySignature, proof).ok).toBe(false);
  });
});

describe('who follows the rules', () => {
  const voteAll = (seed: number, rules = ffgRules): readonly FfgBallot[] => {
    const random = createSeededRandom(seed);
    let memory: FfgMemory = noVotes;
    const votes: FfgBallot[] = [];
    for (let i = 0; i < 60; i++) {
      const source = random.below(12);
      const one = ballot(source, source + 1 + random.below(6), `${random.below(2)}`);
      if (!mayVote(memory, one, rules)) continue;
      votes.push(one);
      memory = rules.remember(ffgMemoryFromBytes(ffgMemoryToBytes(memory)), one);
    }
    return votes;
  };
  const offences = (votes: readonly FfgBallot[]) => votes.flatMap((a, i) => votes.slice(i + 1).map((b) => offenceOf(a, b))).filter((one) => one !== undefined);

  test('never gives evidence against itself, whatever is asked', () => {
    for (let seed = 1; seed <= 200; seed++) expect([seed, offences(voteAll(seed))]).toEqual([seed, []]);
  });

  test('each rule is needed for that', () => {
    const found = (rules: typeof ffgRules) => new Set(Array.from({ length: 200 }, (_, seed) => offences(voteAll(seed + 1, rules))).flat());
    expect(found({ ...ffgRules, targetRises: () => true })).toContain('double vote');
    expect(found({ ...ffgRules, sourceStays: () => true })).toContain('surround vote');
    expect(found({ ...ffgRules, remember: (memory) => memory }).size).toBe(2);
  });
});

describe('bytes', () => {
  test('a vote comes back, and only from its own bytes', () => {
    const vote = { ...signed(ballot(1, 5)), seat: 300 };
    const bytes = ffgVoteToBytes(vote);
    expect(ffgVoteFromBytes(bytes)).toEqual(vote);
    expect(ffgVoteFromBytes(bytes.slice(1))).toBeUndefined();
    expect(ffgVoteFromBytes(ffgVoteToBytes({ ...vote, source: refOf(5, 'a') }))).toBeUndefined();
    expect(ffgVoteFromBytes(bytes.map((byte, i) => (i === 32 ? 255 : byte)))).toBeUndefined();
  });

  test('damaged memory is an error, never no memory', () => {
    const bytes = ffgMemoryToBytes({ source: 3, target: 5 });
    expect(ffgMemoryFromBytes(bytes)).toEqual({ source: 3, target: 5 });
    for (const bad of [bytes.slice(1), new Uint8Array(17), new Uint8Array(), ffgMemoryToBytes({ source: 5, target: 3 })]) expect(() => ffgMemoryFromBytes(bad)).toThrow(expect.objectContaining({ code: 'FFG_MEMORY' }));
  });
});
