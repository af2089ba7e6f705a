import { expect, test } from '@jest/globals';
import { createStateJournal, KeysNotLoaded, type OrderedStateAccess } from '@vsys/container';
import { concatBytes, toHex, uint32FromBytes, uint32ToBytes } from '@vsys/primitives';
import fc from 'fast-check';
import { systemKey } from '../src/system-keys.ts';
import { addWork, doWork, type Workers, workLimits } from '../src/work-queue.ts';

const COUNTER = new TextEncoder().encode('counter');
const kept = (name: number): Uint8Array => concatBytes(COUNTER, uint32ToBytes(name));

/** An item is a name and how many steps it takes; each step counts its name up. */
const item = (name: number, steps: number): Uint8Array => concatBytes(uint32ToBytes(name), uint32ToBytes(steps));
const workers: Workers = {
  7: {
    needs: (payload) => [kept(uint32FromBytes(payload))],
    run(payload, { state, stepsMax }) {
      const [name, wanted] = [uint32FromBytes(payload), uint32FromBytes(payload, 4)];
      const steps = Math.min(wanted, stepsMax);
      state.set(kept(name), uint32ToBytes(uint32FromBytes(state.get(kept(name)) ?? new Uint8Array(4)) + steps));
      return { steps, ...(steps < wanted ? { rest: item(name, wanted - steps) } : {}) };
    },
  },
};

function createWorld(): { readonly state: Map<string, Uint8Array>; run(height: number, work: (state: OrderedStateAccess) => void): number; block(height: number): Parameters<typeof addWork>[1] } {
  const state = new Map<string, Uint8Array>();
  const block = (height: number): Parameters<typeof addWork>[1] => ({ chainId: new Uint8Array(32), height, timeMs: 0, parent: new Uint8Array(32) });
  return {
    state, block,
    run(_, work) {
      const journal = createStateJournal();
      for (let misses = 0; ; misses++) {
        try {
          work(journal);
          journal.commit();
          for (const { key, value } of journal.writes()) {
            if (value === undefined) state.delete(toHex(key));
            else state.set(toHex(key), value);
          }
          return misses;
        } catch (thrown) {
          if (!(thrown instanceof KeysNotLoaded)) throw thrown;
          journal.revert();
          for (const key of thrown.keys) journal.load(key, state.get(toHex(key)));
        }
      }
    },
  };
}

test('all work is done, within the limit of each block, and leaves nothing behind', () => {
  let behind = 0;
  fc.assert(fc.property(fc.array(fc.record({ at: fc.integer({ min: 1, max: 12 }), wait: fc.integer({ min: 0, max: 5 }), steps: fc.integer({ min: 1, max: 900 }) }), { minLength: 1, maxLength: 20 }), fc.integer({ min: 20, max: 600 }), (items, stepsMax) => {
    const world = createWorld();
    const due = new Map<number, number>();
    let doneBefore = 0;
    const done = (): number => [...world.state].filter(([key]) => key.startsWith(toHex(COUNTER))).reduce((sum, [, value]) => sum + uint32FromBytes(value), 0);
    let height = 1;
    for (; height <= 12 || world.state.has(toHex(systemKey('work'))); height++) {
      for (const [name, { wait, steps }] of items.entries()) {
        if (items[name]!.at !== height) continue;
        world.run(height, (state) => addWork(state, world.block(height), height + wait, { kind: 7, payload: item(name, steps) }));
        due.set(height + wait, (due.get(height + wait) ?? 0) + steps);
      }
      world.run(height, (state) => doWork(state, world.block(height), workers, stepsMax));
      const steps = done() - doneBefore;
      doneBefore += steps;
      expect(steps).toBeLessThanOrEqual(stepsMax);
      const dueNow = [...due].reduce((sum, [at, one]) => sum + (at <= height ? one : 0), 0);
      expect(doneBefore).toBeLessThanOrEqual(dueNow);
      // Whatever is due is done, unless the block was full but for what moving on took.
      if (doneBefore < dueNow) {
        behind++;
        expect(steps).toBeGreaterThan(stepsMax - 20);
      }
      expect(height).toBeLessThan(2_000);
    }
    for (const [name, { steps }] of items.entries()) expect(uint32FromBytes(world.state.get(toHex(kept(name))) as Uint8Array)).toBe(steps);
    expect([...world.state.keys()].filter((key) => !key.startsWith(toHex(COUNTER)))).toEqual([]);
  }), { numRuns: 60 });
  expect(behind).toBeGreaterThan(30);
});

test('large work does not hold small work up', () => {
  const world = createWorld();
  world.run(1, (state) => {
    addWork(state, world.block(1), 1, { kind: 7, payload: item(1, 100_000) });
    addWork(state, world.block(1), 1, { kind: 7, payload: item(2, 3) });
  });
  world.run(1, (state) => doWork(state, world.block(1), workers));
  expect(uint32FromBytes(world.state.get(toHex(kept(2))) as Uint8Array)).toBe(3);
  expect(uint32FromBytes(world.state.get(toHex(kept(1))) as Uint8Array)).toBe(workLimits.stepsPerBlockMax - 3);
});

test('many items cost few runs: their keys are loaded together', () => {
  const world = createWorld();
  for (let name = 0; name < 500; name++) world.run(1, (state) => addWork(state, world.block(1), 3, { kind: 7, payload: item(name, 1) }));
  for (const height of [1, 2]) world.run(height, (state) => doWork(state, world.block(height), workers));
  expect(world.run(3, (state) => doWork(state, world.block(3), workers))).toBeLessThan(8);
  expect([...world.state.keys()].filter((key) => key.startsWith(toHex(COUNTER)))).toHaveLength(500);
});
