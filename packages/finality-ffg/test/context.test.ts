import { describe, expect, test } from '@jest/globals';
import { createSeededRandom } from '@vsys/primitives';
import { FFG_RECENT_MAX, ffgContextFromBytes, ffgContextToBytes, genesisFfg, mayHandOver, stepFfg } from '@vsys/finality-ffg';
import type { FfgCertificate, FfgContext } from '@vsys/finality-ffg';
import { certified, check, childOf, GENESIS, keyOf, range, refOf, setOf, targetAt } from './support.ts';

const SET = setOf(...range(0, 4));
const start = genesisFfg(GENESIS, SET);
const refused = (parent: FfgContext, certificates: readonly FfgCertificate[]): string => {
  const stepped = stepFfg(parent, { ref: refOf(targetAt(parent).ref.height + 1, 'x'), certificates }, check);
  return stepped.ok ? 'taken' : stepped.code;
};

describe('fold over headers', () => {
  test('a certificate justifies its target, and makes its source final when the target is the direct child', () => {
    const a = childOf(start, 'a');
    const b = childOf(a, 'b', [certified(a)]);
    expect([b.justified, b.final]).toEqual([targetAt(a).ref, GENESIS]);
    const c = childOf(b, 'c', [certified(b)]);
    expect([c.justified, c.final]).toEqual([targetAt(b).ref, targetAt(a).ref]);
    // b is missing a certificate here: d's source is a, two below.
    const d = childOf(childOf(childOf(a, 'b'), 'c', [certified(a)]), 'd');
    const e = childOf(d, 'e', [certified(d)]);
    expect([e.justified, e.final]).toEqual([targetAt(d).ref, GENESIS]);
  });

  test('the source is what the target’s own branch records, not what is known later', () => {
    const a = childOf(start, 'a');
    const b = childOf(a, 'b');
    const c = childOf(b, 'c', [certified(a)]);
    expect(targetAt(b).source).toEqual(GENESIS);
    expect(targetAt(c).source).toEqual(targetAt(a).ref);
    expect(childOf(c, 'd', [certified(b)]).final).toEqual(GENESIS);
  });

  test('refuses certificates for another branch, for another source, for what is justified already, twice, and too many', () => {
    const a = childOf(start, 'a');
    const b = childOf(a, 'b', [certified(a)]);
    const other = childOf(start, 'other');
    expect(refused(a, [certified(other)])).toBe('FFG_LINK');
    expect(refused(b, [certified(a)])).toBe('FFG_LINK');
    expect(refused(a, [certified(a), certified(a)])).toBe('FFG_LINK');
    expect(refused(b, [{ ...certified(b), source: GENESIS }])).toBe('FFG_LINK');
    expect(refused(a, [certified(a), certified(a), certified(a)])).toBe('FFG_COUNT');
    expect(refused(a, [{ ...certified(a), signers: certified(a).signers.slice(1) }])).toBe('FFG_QUORUM');
    expect(refused(a, [certified(a)])).toBe('taken');
  });

  test('a certificate counts for eight blocks', () => {
    const a = childOf(start, 'a');
    const [first, last] = [certified(a), range(0, FFG_RECENT_MAX - 1).reduce<FfgContext>((parent, i) => childOf(parent, `b${i}`), a)];
    expect(childOf(last, 'x', [first]).justified).toEqual(targetAt(a).ref);
    expect(refused(childOf(last, 'y'), [first])).toBe('FFG_LINK');
    expect(last.recent).toHaveLength(FFG_RECENT_MAX);
  });

  test('neither justified nor final falls, whatever certificates come, and the bytes of a context are the context', () => {
    for (let seed = 1; seed <= 16; seed++) {
      const random = createSeededRandom(seed);
      let context = start;
      for (let step = 0; step < 12; step++) {
        const chosen = context.recent.filter(() => random.below(3) === 0).slice(-2).map((target) => certified({ ...context, recent: [target] }));
        const child = childOf(context, `${step}`, chosen);
        expect(child.justified.height).toBeGreaterThanOrEqual(context.justified.height);
        expect(child.final.height).toBeGreaterThanOrEqual(context.final.height);
        expect(child.final.height).toBeLessThanOrEqual(child.justified.height);
        expect(ffgContextFromBytes(ffgContextToBytes(child))).toEqual(child);
        context = child;
      }
    }
  });
});

describe('change of a set', () => {
  const NEXT = setOf(2, 3, 4, 5);
  // The announcement lies in b and is final with d.
  const a = childOf(start, 'a');
  const b = childOf(a, 'b', [certified(a)]);
  const c = childOf(b, 'c', [certified(b)]);
  const d = childOf(c, 'd', [certified(c)]);

  test('waits until the announcement is final on its branch', () => {
    expect([mayHandOver(c, 2), mayHandOver(d, 2)]).toEqual([false, true]);
  });

  test('from the first block of the new set both must agree, until one of its blocks is final', () => {
    const e = childOf(d, 'e', [certified(d)], { enters: NEXT });
    expect(e.voters.sets).toEqual([SET, NEXT]);
    expect(mayHandOver(e, 5)).toBe(false);
    expect(() => certified(e, [0, 1, 2, 3].map(keyOf))).toThrow('no quorum');
    const f = childOf(e, 'f', [certified(e)]);
    // d is final, and the last block of the old set.
    expect([f.final.height, f.voters.sets.length]).toEqual([4, 2]);
    const g = childOf(f, 'g', [certified(f)]);
    expect([g.final, g.voters.sets]).toEqual([targetAt(e).ref, [NEXT]]);
    expect(ffgContextFromBytes(ffgContextToBytes(g))).toEqual(g);
    expect(childOf(g, 'h', [certified(g)]).final.height).toBe(6);
    expect(mayHandOver(g, 5)).toBe(true);
  });

  test('a block of the change keeps its voters when a later one has fewer', () => {
    const e = childOf(d, 'e', [certified(d)], { enters: NEXT });
    const f = childOf(e, 'f', [certified(e)]);
    const g = childOf(f, 'g');
    const h = childOf(g, 'h', [certified(f)]);
    expect([h.voters.sets, h.recent.map(({ voters }) => voters.sets.length)]).toEqual([[NEXT], [2, 1]]);
    expect(ffgContextFromBytes(ffgContextToBytes(h))).toEqual(h);
    expect(refused(h, [{ ...certified(g, [2, 3, 4, 5, 0].map(keyOf)), setIds: [NEXT.id], voters: 4 }])).toBe('FFG_VOTERS');
  });

  test('no second change begins during one', () => {
    const e = childOf(d, 'e', [certified(d)], { enters: NEXT });
    expect(() => childOf(e, 'f', [], { enters: setOf(6, 7) })).toThrow('a set changes only when');
  });

  test('damaged bytes of a context stop the node', () => {
    const bytes = ffgContextToBytes(d);
    expect(() => ffgContextFromBytes(bytes.slice(1))).toThrow();
    expect(() => ffgContextFromBytes(bytes.slice(0, -1))).toThrow();
    expect(() => ffgContextFromBytes(new Uint8Array([...bytes, 0]))).toThrow();
  });
});
