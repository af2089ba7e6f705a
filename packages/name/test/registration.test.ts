import { describe, expect, test } from '@jest/globals';
import { toHex } from '@vsys/primitives';
import { ownedKey, primaryKey, queueKey, reservationKey } from '../src/layout.ts';
import { clearLocalName, commitmentOf, nameOps, reserveName, revealName, setLocalName } from '../src/ops.ts';
import { account, type Bench, createBench, RICH, salt } from './harness.ts';

const [ada, bob, eve, poor] = [1, 2, 3, 9].map(account) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/** Reserved at height 1, revealed at 5: contested up to 9, held from 10 to 104, its term over at 105. */
function withOrchid(): Bench {
  const bench = createBench();
  bench.run(reserveName('orchid', ada, salt(1)), ada);
  bench.to(5);
  expect(bench.run(revealName('orchid', salt(1)), ada)).toMatchObject({ ok: true });
  return bench;
}

describe('having a global name', () => {
  test('takes a reservation, a wait and a reveal, and costs its price once', () => {
    const bench = withOrchid();
    expect(bench.name('orchid')).toMatchObject({ owner: ada, reservedAt: 1, contestUntil: 9, expires: 105 });
    expect(bench.balance(ada)).toBe(RICH - 10n);
    expect(bench.state.has(toHex(ownedKey(ada, 'orchid')))).toBe(true);
    expect(bench.state.has(toHex(reservationKey(commitmentOf(salt(1), 'orchid', ada))))).toBe(false);
  });

  test.each([[4, 'NAME_TOO_EARLY'], [5, 'ok'], [21, 'ok'], [22, 'NAME_NO_RESERVATION']])('revealed at height %i becomes %s', (height, becomes) => {
    const bench = createBench();
    bench.run(reserveName('orchid', ada, salt(1)), ada);
    bench.to(height);
    const done = bench.run(revealName('orchid', salt(1)), ada);
    expect(done.ok ? 'ok' : done.code).toBe(becomes);
  });

  test.each([['another salt', salt(2), ada, 'NAME_NO_RESERVATION'], ['another actor', salt(1), bob, 'NAME_NO_RESERVATION']])('with %s is refused', (_, its, actor, code) => {
    const bench = createBench();
    bench.run(reserveName('orchid', ada, salt(1)), ada);
    bench.to(5);
    expect(bench.run(revealName('orchid', its), actor)).toMatchObject({ code });
  });

  test('of a name that the chain keeps back, or without the means, is refused and changes nothing', () => {
    const bench = createBench();
    bench.run(reserveName('bank', ada, salt(1)), ada);
    bench.run(reserveName('orchid', poor, salt(1)), poor);
    bench.to(5);
    expect(bench.run(revealName('bank', salt(1)), ada)).toMatchObject({ code: 'NAME_KEPT_BACK' });
    expect(bench.run(revealName('orchid', salt(1)), poor)).toMatchObject({ code: 'NAME_CANNOT_PAY', data: { have: 0n, amount: 10n } });
    expect(bench.name('orchid')).toBeUndefined();
  });

  test.each([['ab', 640n], ['abc', 160n], ['abcd', 40n], ['abcde', 10n]])('the name "%s" costs %i', (name, price) => {
    const bench = createBench();
    bench.run(reserveName(name, ada, salt(1)), ada);
    bench.to(5);
    bench.run(revealName(name, salt(1)), ada);
    expect(bench.balance(ada)).toBe(RICH - price);
  });

  test.each([['0rchid', 'orchid'], ['orch1d', 'orchid'], ['or-chid', 'orchid'], ['modern', 'modem'], ['vvest', 'west']])('"%s" is refused while somebody has "%s", and free when nobody has', (like, name) => {
    const bench = createBench();
    for (const [one, by] of [[name, ada], [like, bob]] as const) bench.run(reserveName(one, by, salt(1)), by);
    bench.to(5);
    bench.run(revealName(name, salt(1)), ada);
    expect(bench.run(revealName(like, salt(1)), bob)).toMatchObject({ code: 'NAME_CONFUSABLE' });
    bench.to(130);
    bench.run(reserveName(like, bob, salt(2)), bob);
    bench.to(135);
    expect(bench.run(revealName(like, salt(2)), bob)).toMatchObject({ ok: true });
  });

  test('reservations that nobody revealed are forgotten when they have run out, and those of others stay', () => {
    const bench = createBench();
    const before = bench.state.size;
    bench.run(reserveName('orchid', ada, salt(1)), ada);
    bench.to(2);
    bench.run(reserveName('orchid', ada, salt(2)), ada);
    bench.to(22);
    expect([1, 2].map((n) => bench.state.has(toHex(reservationKey(commitmentOf(salt(n), 'orchid', ada)))))).toEqual([false, true]);
    bench.to(23);
    expect(bench.state.size).toBe(before);
  });

  test('a commitment that was revealed and made again is not forgotten with its older self', () => {
    const bench = withOrchid();
    bench.to(6);
    bench.run(reserveName('orchid', ada, salt(1)), ada);
    bench.to(23);
    expect(bench.state.has(toHex(reservationKey(commitmentOf(salt(1), 'orchid', ada))))).toBe(true);
  });

  test('a reservation is not made younger by whoever repeats it', () => {
    const bench = createBench();
    const first = reserveName('orchid', ada, salt(1));
    bench.run(first, ada);
    bench.to(4);
    expect(bench.run(first, eve)).toMatchObject({ code: 'NAME_RESERVED' });
    bench.to(5);
    expect(bench.run(revealName('orchid', salt(1)), ada)).toMatchObject({ ok: true });
  });

  test('a block takes 1,000 reservations and no more', () => {
    const bench = createBench();
    const many = (i: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, at) => (at < 2 ? i >> (8 * at) : 0) & 0xff);
    for (let i = 0; i < 1_000; i++) expect(bench.run(reserveName('orchid', ada, many(i)), ada).ok).toBe(true);
    expect(bench.run(reserveName('orchid', ada, many(1_000)), ada)).toMatchObject({ code: 'NAME_BUSY' });
    bench.to(22);
    expect(bench.state.has(toHex(queueKey(1)))).toBe(false);
  });

  test.each([['', 'NAME_FORM'], ['Orchid', 'NAME_FORM'], ['-a', 'NAME_FORM'], ['a-', 'NAME_FORM'], ['a_b', 'NAME_FORM'], ['ö', 'NAME_FORM'], ['a'.repeat(64), 'NAME_FORM']])('"%s" is no name', (name, code) => {
    expect(() => revealName(name, salt(1))).toThrow(expect.objectContaining({ code: name === '' ? 'NAME_PAYLOAD' : code }) as never);
  });

  test('63 letters are a name, and salts have 16 to 64 bytes', () => {
    expect(() => revealName('a'.repeat(63), new Uint8Array(64))).not.toThrow();
    for (const length of [15, 65]) expect(() => revealName('a', new Uint8Array(length))).toThrow(expect.objectContaining({ code: 'NAME_PAYLOAD' }) as never);
  });
});

describe('a front-runner', () => {
  /** Heights at which the reveal of the owner, and the reservation and reveal of whoever saw it under way, come into blocks. */
  const orders: [reveal: number, theirReservation: number, theirReveal: number][] = [];
  for (let reveal = 6; reveal <= 10; reveal++) for (let theirs = 6; theirs <= 12; theirs++) for (let theirReveal = theirs + 4; theirReveal <= theirs + 6; theirReveal++) orders.push([reveal, theirs, theirReveal]);

  test.each(orders)('who sees the reveal at height 6 loses when it is in block %i and their own in %i and %i, whoever is first in a block', (reveal, theirReservation, theirReveal) => {
    for (const eveFirst of [false, true]) {
      const bench = createBench();
      bench.run(reserveName('orchid', ada, salt(1)), ada);
      const steps = [
        { at: reveal, order: 1, run: () => bench.run(revealName('orchid', salt(1)), ada) },
        { at: theirReservation, order: eveFirst ? 0 : 2, run: () => bench.run(reserveName('orchid', eve, salt(3)), eve) },
        { at: theirReveal, order: eveFirst ? 0 : 2, run: () => bench.run(revealName('orchid', salt(3)), eve) },
      ].toSorted((a, b) => a.at - b.at || a.order - b.order);
      for (const { at, run } of steps) {
        bench.to(at);
        run();
      }
      bench.to(30);
      expect(bench.name('orchid')?.owner).toEqual(ada);
      // And has what they paid back.
      expect(bench.balance(eve)).toBe(RICH);
      expect(bench.balance(ada)).toBe(RICH - 10n);
    }
  });

  test('cannot use the salt of the other', () => {
    const bench = createBench();
    bench.run(reserveName('orchid', ada, salt(1)), ada);
    bench.to(5);
    expect(bench.run(revealName('orchid', salt(1)), eve)).toMatchObject({ code: 'NAME_NO_RESERVATION' });
  });

  test('of the same block is told apart by the smaller commitment, in either order', () => {
    const owners = [[ada, bob], [bob, ada]].map(([first, second]) => {
      const bench = createBench();
      for (const by of [ada, bob]) bench.run(reserveName('orchid', by, salt(7)), by);
      bench.to(5);
      for (const by of [first, second] as [Uint8Array, Uint8Array]) bench.run(revealName('orchid', salt(7)), by);
      return toHex(bench.name('orchid')?.owner as Uint8Array);
    });
    expect(owners[0]).toBe(owners[1]);
  });

  test('with an older reservation wins up to the end of the contest, and not after it', () => {
    const bench = createBench();
    bench.run(reserveName('orchid', bob, salt(2)), bob);
    bench.to(2);
    bench.run(reserveName('orchid', ada, salt(1)), ada);
    bench.to(6);
    bench.run(revealName('orchid', salt(1)), ada);
    const mark = bench.mark();
    bench.to(10);
    expect(bench.run(revealName('orchid', salt(2)), bob)).toMatchObject({ ok: true });
    expect([bench.balance(ada), bench.balance(bob)]).toEqual([RICH, RICH - 10n]);
    mark.back();
    bench.to(11);
    expect(bench.run(revealName('orchid', salt(2)), bob)).toMatchObject({ code: 'NAME_TAKEN', data: { standing: 'held' } });
  });
});

test('a reorganisation across a reveal leaves what the other branch says', () => {
  const bench = createBench();
  bench.run(reserveName('orchid', ada, salt(1)), ada);
  bench.run(reserveName('orchid', bob, salt(2)), bob);
  bench.to(5);
  const mark = bench.mark();
  bench.run(revealName('orchid', salt(1)), ada);
  bench.to(8);
  mark.back();
  bench.run(revealName('orchid', salt(2)), bob);
  bench.to(30);
  expect(bench.name('orchid')?.owner).toEqual(bob);
});

describe('a name that is had', () => {
  test('leads somewhere, and its owner goes by it only while it leads back', () => {
    const bench = withOrchid();
    expect(bench.run(nameOps('orchid').setTarget(bob), eve)).toMatchObject({ code: 'NAME_NOT_OWNER' });
    expect(bench.run(nameOps('orchid').setTarget(bob), ada)).toMatchObject({ ok: true });
    bench.to(10);
    expect(bench.run(nameOps('orchid').setPrimary(), ada)).toMatchObject({ code: 'NAME_TARGET' });
    expect(bench.run(nameOps('orchid').setPrimary(), bob)).toMatchObject({ ok: true });
    expect(bench.state.has(toHex(primaryKey(bob)))).toBe(true);
    expect(bench.run(nameOps('orchid').clearTarget(), ada)).toMatchObject({ ok: true });
    expect(bench.name('orchid')?.target).toBeUndefined();
  });

  test('changes hands when it is offered and accepted, not while it is contested, and an offer can be taken back', () => {
    const bench = withOrchid();
    expect(bench.run(nameOps('orchid').offer(bob), ada)).toMatchObject({ code: 'NAME_STANDING', data: { standing: 'contested' } });
    bench.to(10);
    bench.run(nameOps('orchid').setTarget(ada), ada);
    bench.run(nameOps('orchid').offer(bob), ada);
    expect(bench.run(nameOps('orchid').accept(), eve)).toMatchObject({ code: 'NAME_NO_OFFER' });
    bench.run(nameOps('orchid').offer(ada), ada);
    expect(bench.run(nameOps('orchid').accept(), bob)).toMatchObject({ code: 'NAME_NO_OFFER' });
    bench.run(nameOps('orchid').offer(bob), ada);
    expect(bench.run(nameOps('orchid').accept(), bob)).toMatchObject({ ok: true });
    expect(bench.name('orchid')).toEqual(expect.objectContaining({ owner: bob }));
    expect(bench.name('orchid')?.target).toBeUndefined();
    expect([ada, bob].map((by) => bench.state.has(toHex(ownedKey(by, 'orchid'))))).toEqual([false, true]);
  });

  test('is renewed by anyone, up to ten terms ahead', () => {
    const bench = withOrchid();
    bench.to(10);
    for (let i = 0; i < 9; i++) expect(bench.run(nameOps('orchid').renew(), bob)).toMatchObject({ ok: true });
    expect(bench.run(nameOps('orchid').renew(), bob)).toMatchObject({ code: 'NAME_FAR' });
    expect(bench.name('orchid')?.expires).toBe(1_005);
    expect(bench.balance(bob)).toBe(RICH - 90n);
  });

  test.each([
    [104, 'renew', 10n], [105, 'renew', 10n], [114, 'renew', 10n], [115, 'redeem', 30n], [124, 'redeem', 30n],
  ] as const)('at height %i its owner may %s it for %i', (height, how, price) => {
    const bench = withOrchid();
    bench.to(height);
    for (const other of ['renew', 'redeem', 'buy'] as const) if (other !== how) expect(bench.run(nameOps('orchid')[other](), ada)).toMatchObject({ code: 'NAME_STANDING' });
    expect(bench.run(nameOps('orchid')[how](), ada)).toMatchObject({ ok: true });
    expect(bench.balance(ada)).toBe(RICH - 10n - price);
    expect(bench.name('orchid')?.expires).toBe(how === 'renew' ? 205 : height + 100);
  });

  test('is not redeemed by somebody else', () => {
    const bench = withOrchid();
    bench.to(120);
    expect(bench.run(nameOps('orchid').redeem(), eve)).toMatchObject({ code: 'NAME_NOT_OWNER' });
  });

  test.each([[125, 110n], [130, 60n], [134, 20n]])('is auctioned after that: at height %i for %i', (height, price) => {
    const bench = withOrchid();
    bench.to(height);
    expect(bench.run(nameOps('orchid').buy(), bob)).toMatchObject({ ok: true });
    expect(bench.balance(bob)).toBe(RICH - price);
    expect(bench.name('orchid')).toMatchObject({ owner: bob, expires: height + 100, contestUntil: height - 1 });
    expect(bench.run(nameOps('orchid').setTarget(bob), bob)).toMatchObject({ ok: true });
  });

  test('is free when nobody bought it, and then reserved and revealed again', () => {
    const bench = withOrchid();
    bench.to(131);
    bench.run(reserveName('orchid', bob, salt(5)), bob);
    bench.to(135);
    expect(bench.run(nameOps('orchid').buy(), bob)).toMatchObject({ code: 'NAME_STANDING', data: { standing: 'free' } });
    expect(bench.run(revealName('orchid', salt(5)), bob)).toMatchObject({ ok: true });
    expect(bench.name('orchid')).toMatchObject({ owner: bob });
  });
});

test('local names are everyone\'s own, and need no more than a form', () => {
  const bench = createBench();
  const before = bench.state.size;
  expect(bench.run(setLocalName('bank', bob), ada)).toMatchObject({ ok: true });
  expect(bench.run(setLocalName('bank', eve), bob)).toMatchObject({ ok: true });
  expect(bench.state.size).toBe(before + 2);
  bench.run(clearLocalName('bank'), ada);
  expect(bench.state.size).toBe(before + 1);
});
