import { describe, expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { createdKey, guardianKey, keyOfKey } from '../src/layout.ts';
import { avatarOps, createAvatar, finishRecovery, recover } from '../src/ops.ts';
import { account, at, type Bench, createBench, idOf } from './harness.ts';

const [phone, laptop, paper, mother, friend, thief] = [1, 2, 3, 4, 5, 6].map(account) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
const two = (...of: Uint8Array[]): { of: Uint8Array[]; threshold: number } => ({ of, threshold: 2 });
const guardians = { of: [mother, friend], threshold: 2, delay: 100 };

function withAvatar(): { bench: Bench; ada: Uint8Array } {
  const bench = createBench();
  return { bench, ada: idOf(bench.run(createAvatar(two(phone, laptop, paper), guardians), phone)) };
}

describe('an avatar', () => {
  test('acts when enough of its keys signed, in every container', () => {
    const { bench, ada } = withAvatar();
    expect(bench.may(ada, 'database', 'insert', phone, paper)).toBe('ok');
    expect(bench.may(ada, 'database', 'insert', phone)).toBe('IDENTITY_KEYS');
    expect(bench.may(ada, 'database', 'insert', phone, thief)).toBe('IDENTITY_KEYS');
    expect(bench.may(account(99), 'database', 'insert', phone, laptop)).toBe('IDENTITY_UNKNOWN');
  });

  test('keeps its id when its keys change, and a key that was taken out can do nothing', () => {
    const { bench, ada } = withAvatar();
    expect(bench.run(avatarOps(ada).setKeys({ of: [paper], threshold: 1 }), phone, laptop)).toMatchObject({ ok: true });
    expect(bench.may(ada, 'coin', '', phone, laptop)).toBe('IDENTITY_KEYS');
    expect(bench.may(ada, 'coin', '', paper)).toBe('ok');
    expect(bench.run(avatarOps(ada).setKeys({ of: [phone], threshold: 1 }), phone, laptop)).toMatchObject({ code: 'IDENTITY_KEYS' });
  });

  test('is found by its keys, its guardians and its maker, and no longer by those that left', () => {
    const { bench, ada } = withAvatar();
    const has = (key: Uint8Array): boolean => bench.state.has(toHex(key));
    expect([keyOfKey(phone, ada), keyOfKey(laptop, ada), guardianKey(friend, ada), createdKey(phone, ada)].map(has)).toEqual([true, true, true, true]);
    bench.run(avatarOps(ada).setKeys(two(phone, paper)), phone, laptop);
    expect([keyOfKey(phone, ada), keyOfKey(laptop, ada), keyOfKey(paper, ada)].map(has)).toEqual([true, false, true]);
  });

  test('two of one transaction, and two of one maker, are two', () => {
    const { bench, ada } = withAvatar();
    expect(toHex(idOf(bench.run(createAvatar(two(phone, laptop)), phone)))).not.toBe(toHex(ada));
  });

  test.each([
    ['no keys', { of: [], threshold: 1 }, 'IDENTITY_LIMIT'],
    ['17 keys', { of: Array.from({ length: 17 }, (_, i) => account(i)), threshold: 1 }, 'IDENTITY_LIMIT'],
    ['a key twice', { of: [phone, phone], threshold: 2 }, 'IDENTITY_PAYLOAD'],
    ['a threshold above the keys', { of: [phone], threshold: 2 }, 'IDENTITY_THRESHOLD'],
    ['a threshold of none', { of: [phone], threshold: 0 }, 'IDENTITY_THRESHOLD'],
    ['a key of 19 bytes', { of: [phone.slice(1)], threshold: 1 }, 'IDENTITY_PAYLOAD'],
  ])('with %s is refused before it is signed', (_, keys, code) => {
    expect(() => createAvatar(keys)).toThrow(expect.objectContaining({ code }) as never);
  });

  test('with 16 keys is taken', () => {
    expect(() => createAvatar({ of: Array.from({ length: 16 }, (_, i) => account(i)), threshold: 16 })).not.toThrow();
  });
});

describe('recovery by guardians', () => {
  test('puts new keys in force after the delay, and not before', () => {
    const { bench, ada } = withAvatar();
    expect(at(bench, 10).run(recover(ada, { of: [thief], threshold: 1 }), mother)).toMatchObject({ code: 'IDENTITY_GUARDIANS' });
    expect(at(bench, 10).run(recover(ada, { of: [account(7)], threshold: 1 }), mother, friend)).toMatchObject({ ok: true });
    expect(at(bench, 109).run(finishRecovery(ada), thief)).toMatchObject({ code: 'IDENTITY_TOO_EARLY', data: { from: 110 } });
    expect(bench.may(ada, 'coin', '', account(7))).toBe('IDENTITY_KEYS');
    expect(at(bench, 110).run(finishRecovery(ada), thief)).toMatchObject({ ok: true });
    expect(bench.may(ada, 'coin', '', account(7))).toBe('ok');
    expect(at(bench, 111).run(finishRecovery(ada), thief)).toMatchObject({ code: 'IDENTITY_NO_RECOVERY' });
  });

  test('is cancelled by the keys while it waits', () => {
    const { bench, ada } = withAvatar();
    at(bench, 10).run(recover(ada, { of: [thief], threshold: 1 }), mother, friend);
    expect(at(bench, 50).run(avatarOps(ada).cancelRecovery(), phone, paper)).toMatchObject({ ok: true });
    expect(at(bench, 200).run(finishRecovery(ada), thief)).toMatchObject({ code: 'IDENTITY_NO_RECOVERY' });
  });

  test('cannot be outrun by whoever has the keys and sends the guardians away', () => {
    const { bench, ada } = withAvatar();
    const own = { of: [thief], threshold: 1, delay: 1 };
    expect(at(bench, 10).run(avatarOps(ada).setGuardians(own), phone, laptop)).toMatchObject({ ok: true });
    expect(at(bench, 109).run(recover(ada, { of: [thief], threshold: 1 }), thief)).toMatchObject({ code: 'IDENTITY_GUARDIANS' });
    expect(at(bench, 109).run(recover(ada, two(phone, paper)), mother, friend)).toMatchObject({ ok: true });
    expect(at(bench, 109).run(avatarOps(ada).setGuardians(own), phone, laptop)).toMatchObject({ code: 'IDENTITY_RECOVERY' });
  });

  test('belongs to the new guardians once their time has come', () => {
    const { bench, ada } = withAvatar();
    at(bench, 10).run(avatarOps(ada).setGuardians({ of: [thief], threshold: 1, delay: 5 }), phone, laptop);
    expect(at(bench, 110).run(recover(ada, two(phone, paper)), mother, friend)).toMatchObject({ code: 'IDENTITY_GUARDIANS' });
    expect(at(bench, 110).run(recover(ada, two(phone, paper)), thief)).toMatchObject({ ok: true });
    expect(bench.identity(ada)).toMatchObject({ recovery: { from: 115 } });
  });

  test('is not for an avatar without guardians', () => {
    const bench = createBench();
    const lone = idOf(bench.run(createAvatar({ of: [phone], threshold: 1 }), phone));
    expect(bench.run(recover(lone, { of: [thief], threshold: 1 }), thief)).toMatchObject({ code: 'IDENTITY_NO_GUARDIANS' });
    expect(bench.run(avatarOps(lone).setGuardians(guardians), phone)).toMatchObject({ ok: true });
    expect(at(bench, 2).run(recover(lone, { of: [laptop], threshold: 1 }), mother, friend)).toMatchObject({ ok: true });
  });

  test('works through a guardian that is an avatar itself', () => {
    const bench = createBench();
    const guardian = idOf(bench.run(createAvatar(two(mother, friend)), mother));
    const ada = idOf(bench.run(createAvatar({ of: [phone], threshold: 1 }, { of: [guardian], threshold: 1, delay: 1 }), phone));
    expect(bench.run(recover(ada, { of: [paper], threshold: 1 }), mother)).toMatchObject({ code: 'IDENTITY_GUARDIANS' });
    expect(bench.run(recover(ada, { of: [paper], threshold: 1 }), mother, friend)).toMatchObject({ ok: true });
  });
});
