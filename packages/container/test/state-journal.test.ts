import { expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { applyWrites, rowsIn } from '@vsys/container/compliance';
import fc from 'fast-check';
import { createGasMeter, createRouter, createStateJournal, containerPrefix, KeysNotLoaded, OutOfGas } from '../src/index.ts';

const key = Uint8Array.of(1, 2);
const one = Uint8Array.of(1);
const two = Uint8Array.of(2);

test('a read of what was not loaded interrupts, and names the key', () => {
  const journal = createStateJournal();
  let thrown: unknown;
  try {
    journal.get(key);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(KeysNotLoaded);
  expect((thrown as KeysNotLoaded).keys).toEqual([key]);
});

test('a reverted transaction leaves what earlier ones kept', () => {
  const journal = createStateJournal();
  journal.load(key, undefined);
  journal.set(key, one);
  journal.commit();
  journal.set(key, two);
  expect(journal.get(key)).toEqual(two);
  journal.revert();
  expect(journal.get(key)).toEqual(one);
  expect(journal.writes()).toEqual([{ key, value: one }]);
});

test('what ends as it began is not a write', () => {
  const journal = createStateJournal();
  journal.load(key, one);
  journal.set(key, two);
  journal.set(key, Uint8Array.of(1));
  journal.commit();
  expect(journal.writes()).toEqual([]);
});

test('a dropped prefix hides what was loaded and written before, needs no loading, and comes back when it is reverted', () => {
  const journal = createStateJournal();
  const other = Uint8Array.of(1, 3);
  journal.load(key, one);
  journal.set(other, two);
  journal.commit();
  journal.dropPrefix(Uint8Array.of(1));
  expect([journal.get(key), journal.get(other), journal.get(Uint8Array.of(1, 9)), journal.isKnown(Uint8Array.of(1, 8))]).toEqual([undefined, undefined, undefined, true]);
  // Who declared a key is shown it by the executor, also after the drop.
  journal.load(Uint8Array.of(1, 7), one);
  expect(journal.get(Uint8Array.of(1, 7))).toBeUndefined();
  journal.revert();
  expect([journal.get(key), journal.get(other)]).toEqual([one, two]);
  journal.dropPrefix(Uint8Array.of(1));
  journal.set(key, one);
  journal.commit();
  // The same value as before the block, and yet a write: the drop comes first.
  expect(journal.writes()).toEqual([{ key: Uint8Array.of(1), value: undefined, below: true }, { key, value: one }]);
});

test('agrees with a plain map over sets, drops, ends and reverts in any order', () => {
  const keyOf = fc.uint8Array({ minLength: 1, maxLength: 3, max: 2 });
  const stepOf = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('set' as const), key: keyOf, value: fc.option(fc.uint8Array({ minLength: 1, maxLength: 1, max: 2 }), { nil: undefined }) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('drop' as const), key: keyOf }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('endOperation' as const, 'revertOperation' as const, 'commit' as const, 'revert' as const) }) },
  );
  let drops = 0;
  fc.assert(fc.property(fc.array(fc.tuple(keyOf, fc.uint8Array({ minLength: 1, maxLength: 1, max: 2 })), { maxLength: 8 }), fc.array(stepOf, { minLength: 1, maxLength: 30 }), (before, steps) => {
    const start = new Map(before.map(([at, value]) => [toHex(at), value]));
    let [kept, present, running] = [start, start, start];
    const keys = [0, 1, 2].flatMap((a) => [[a], ...[0, 1, 2].flatMap((b) => [[a, b], ...[0, 1, 2].map((c) => [a, b, c])])]).map((bytes) => Uint8Array.from(bytes));
    const journal = createStateJournal();
    for (const at of keys) journal.load(at, start.get(toHex(at)));
    for (const step of steps) {
      if (step.kind === 'set') {
        journal.set(step.key, step.value);
        running = new Map(running);
        if (step.value === undefined) running.delete(toHex(step.key));
        else running.set(toHex(step.key), step.value);
      } else if (step.kind === 'drop') {
        drops++;
        journal.dropPrefix(step.key);
        running = new Map([...running].filter(([name]) => !name.startsWith(toHex(step.key))));
      } else {
        journal[step.kind]();
        if (step.kind === 'commit') [kept, present] = [running, running];
        if (step.kind === 'endOperation') present = running;
        if (step.kind === 'revertOperation') running = present;
        if (step.kind === 'revert') [present, running] = [kept, kept];
      }
      for (const at of keys) expect(journal.get(at)).toEqual(running.get(toHex(at)));
      const after = new Map(start);
      applyWrites(after, journal.writes());
      expect(new Map([...after].toSorted())).toEqual(new Map([...kept].toSorted()));
    }
  }), { numRuns: 300 });
  expect(drops).toBeGreaterThan(200);
});

test('keys of a range are those of a plain model, whatever was written and dropped, and whatever the limit', () => {
  const at = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 3 }).map((bytes) => Uint8Array.from(bytes));
  const change = fc.record({ kind: fc.constantFrom('set', 'delete', 'drop', 'commit'), at });
  let misses = 0;
  fc.assert(fc.property(fc.array(at, { maxLength: 12 }), fc.array(change, { maxLength: 10 }), at, at, fc.integer({ min: 1, max: 5 }), (before, changes, from, to, limit) => {
    const base = new Map(before.map((one) => [toHex(one), Uint8Array.of(9)]));
    const expected = new Map(base);
    const journal = createStateJournal();
    for (const { kind, at: place } of changes) {
      if (kind === 'commit') journal.commit();
      else if (kind === 'drop') {
        journal.dropPrefix(place);
        for (const name of expected.keys()) if (name.startsWith(toHex(place))) expected.delete(name);
      } else {
        journal.set(place, kind === 'set' ? one : undefined);
        if (kind === 'set') expected.set(toHex(place), one);
        else expected.delete(toHex(place));
      }
    }
    const ask = (): readonly Uint8Array[] => {
      for (;;) {
        try {
          return journal.keysIn({ from, to, limit });
        } catch (thrown) {
          if (!(thrown instanceof KeysNotLoaded) || thrown.range === undefined) throw thrown;
          misses++;
          journal.loadRange(thrown.range, rowsIn(base, thrown.range));
        }
      }
    };
    const found = ask();
    expect(found.map((key_) => toHex(key_))).toEqual([...expected.keys()].filter((name) => name >= toHex(from) && name < toHex(to)).toSorted().slice(0, limit));
    // Values came with the keys.
    for (const key_ of found) expect(journal.get(key_)).toEqual(expected.get(toHex(key_)));
  }), { numRuns: 500 });
  expect(misses).toBeGreaterThan(100);
});

test('gas stops at its limit and shows the limit as used', () => {
  const gas = createGasMeter(10n);
  gas.charge(10n);
  expect(() => gas.charge(1n)).toThrow();
  expect(gas.used).toBe(10n);
  try {
    gas.charge(1n);
  } catch (error) {
    expect(error).toBeInstanceOf(OutOfGas);
  }
});

test('prefixes of containers never overlap', () => {
  expect(containerPrefix('ab')).toEqual(Uint8Array.of(2, 0x61, 0x62));
});

test('a router refuses two containers of one name and says what it has', () => {
  const container = { name: 'notes', version: 1, check: () => ({ ok: true, value: undefined }) as const, touches: () => [], execute: () => ({ ok: true, value: new Uint8Array() }) as const };
  expect(() => createRouter([container, container])).toThrow(expect.objectContaining({ code: 'CONTAINER_DUPLICATE' }));
  expect(createRouter([container]).find('other')).toMatchObject({ ok: false, code: 'CONTAINER_UNKNOWN' });
});
