import { describe, expect, test } from '@jest/globals';
import { addPlace, expectOneHistory, finals, pass, reached, start, stop, world } from './bft-world.ts';

describe('nodes under bft@1', () => {
  test.each([1, 2, 3])('decide one history though a tenth of all messages is lost (seed %i)', async (seed) => {
    const w = world(seed, 0.1);
    for (let seat = 0; seat < 4; seat++) await addPlace(w, seat);
    await pass(w.time, 120_000, reached(w, 8));
    expect(Math.min(...finals(w))).toBeGreaterThanOrEqual(8);
    await expectOneHistory(w);
    for (const place of w.places) await stop(w, place);
  });

  test('go on without one of four, stop without two, and go on when one is back', async () => {
    const w = world(4);
    for (let seat = 0; seat < 4; seat++) await addPlace(w, seat);
    await pass(w.time, 30_000, reached(w, 3));
    await stop(w, w.places[1]!);
    const withoutOne = Math.max(...finals(w));
    await pass(w.time, 60_000, reached(w, withoutOne + 6));
    expect(Math.min(...finals(w))).toBeGreaterThanOrEqual(withoutOne + 6);
    await stop(w, w.places[2]!);
    await pass(w.time, 2_000);
    const withoutTwo = Math.max(...finals(w));
    await pass(w.time, 10_000);
    expect(Math.max(...finals(w))).toBe(withoutTwo);
    await start(w, w.places[2]!);
    await pass(w.time, 120_000, reached(w, withoutTwo + 4));
    expect(Math.min(...finals(w))).toBeGreaterThanOrEqual(withoutTwo + 4);
    await expectOneHistory(w);
    for (const place of w.places) await stop(w, place);
  });

  test('all restarted at once go on from their disks, and none signs twice', async () => {
    const w = world(5);
    for (let seat = 0; seat < 4; seat++) await addPlace(w, seat);
    for (let restart = 0; restart < 3; restart++) {
      const from = Math.max(...finals(w));
      await pass(w.time, 60_000, reached(w, from + 3));
      // In the middle of a round as well.
      await pass(w.time, 25 * (restart + 1));
      for (const place of w.places) await stop(w, place);
      for (const place of w.places) await start(w, place);
    }
    expect(w.counts.get('vsys_consensus_evidence_total')).toBeUndefined();
    const from = Math.max(...finals(w));
    await pass(w.time, 120_000, reached(w, from + 3));
    expect(Math.min(...finals(w))).toBeGreaterThanOrEqual(from + 3);
    await expectOneHistory(w);
    for (const place of w.places) await stop(w, place);
  });

  test('one key on two nodes signs everything twice, and breaks nothing', async () => {
    const w = world(6);
    for (const seat of [0, 1, 2, 3]) await addPlace(w, seat);
    // Another clock, so that its blocks are others.
    await addPlace(w, 3, { aheadMs: 37 });
    await pass(w.time, 120_000, reached(w, 10));
    expect(Math.min(...finals(w))).toBeGreaterThanOrEqual(10);
    expect(w.counts.get('vsys_consensus_evidence_total')).toBeGreaterThan(0);
    await expectOneHistory(w);
    for (const place of w.places) await stop(w, place);
  });

  test('a node without a key follows, and catches up after a cut in which the others went on', async () => {
    const w = world(7);
    for (const seat of [0, 1, 2, 3, undefined]) await addPlace(w, seat);
    await pass(w.time, 30_000, reached(w, 3));
    w.net.partition([['h0', 'h1', 'h2', 'h3'], ['h4']]);
    await pass(w.time, 15_000);
    const [ahead, alone] = [w.places[0]!.node!.chain.final.height, w.places[4]!.node!.chain.final.height];
    expect(ahead).toBeGreaterThan(alone + 5);
    w.net.heal();
    await pass(w.time, 30_000, reached(w, ahead + 2));
    expect(w.places[4]!.node!.chain.final.height).toBeGreaterThanOrEqual(ahead + 2);
    await expectOneHistory(w);
    for (const place of w.places) await stop(w, place);
  });
});
