import { expect, test } from '@jest/globals';
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
