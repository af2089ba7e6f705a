import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ContainerBench, createContainerBench } from '@vsys/container/compliance';
import { toHex } from '@vsys/primitives';
import { AMOUNT_MAX, createTokenContainer } from '../src/index.ts';
import { accountObjectId, allowedKey, amountFromBytes, balanceFromRecord, createdKey, frozenKey, type FungibleRecord, holdingKey, ownedKey, tokenBalanceKey, tokenFromRecord, tokenKey, type TokenRecord } from '../src/layout.ts';
import { acceptObject, createAccount, createFungible, createNonFungible, destroyObject, fungibleOps, offerObject, type NewFungible } from '../src/ops.ts';

const account = (n: number): Uint8Array => new Uint8Array(20).fill(n);
const [ada, bob, eve] = [1, 2, 3].map(account) as [Uint8Array, Uint8Array, Uint8Array];

const idOf = (made: ReturnType<ContainerBench['run']>): Uint8Array => {
  if (!made.ok) throw new RangeError(made.code);
  return made.value;
};
const balance = (bench: ContainerBench, token: Uint8Array, of: Uint8Array): bigint => balanceFromRecord(bench.get(tokenBalanceKey(token, of)));
const record = (bench: ContainerBench, id: Uint8Array): TokenRecord => tokenFromRecord(bench.get(tokenKey(id)) as Uint8Array);

function withBeans(fungible: Partial<NewFungible> = {}): { bench: ContainerBench; bean: Uint8Array; beans: ReturnType<typeof fungibleOps> } {
  const bench = createContainerBench(createTokenContainer());
  const bean = idOf(bench.run(createFungible({ symbol: 'BEAN', decimals: 2, cap: 1_000n, ...fungible }), ada));
  return { bench, bean, beans: fungibleOps(bean) };
}

describe('a fungible', () => {
  test('is issued by its owner up to its cap, moved by holders and burned by them', () => {
    const { bench, bean, beans } = withBeans();
    expect(bench.run(beans.issue(ada, 600n), bob)).toMatchObject({ code: 'TOKEN_NOT_OWNER' });
    expect(bench.run(beans.issue(ada, 600n), ada)).toMatchObject({ ok: true });
    expect(bench.run(beans.issue(bob, 401n), ada)).toMatchObject({ code: 'TOKEN_CAP', data: { left: 400n } });
    expect(bench.run(beans.issue(bob, 400n), ada)).toMatchObject({ ok: true });
    expect(bench.run(beans.transfer(bob, eve, 401n), bob)).toMatchObject({ code: 'TOKEN_INSUFFICIENT', data: { have: 400n } });
    expect(bench.run(beans.transfer(bob, eve, 400n), bob)).toMatchObject({ ok: true });
    expect(bench.run(beans.burn(eve, 100n), eve)).toMatchObject({ ok: true });
    expect([ada, bob, eve].map((of) => balance(bench, bean, of))).toEqual([600n, 0n, 300n]);
    expect(record(bench, bean)).toMatchObject({ supply: 900n, cap: 1_000n, symbol: 'BEAN', decimals: 2 });
    expect(bench.run(beans.issue(ada, 100n), ada)).toMatchObject({ ok: true });
  });

  test('is found by holder, maker and owner, and no longer by whoever has none left', () => {
    const { bench, bean, beans } = withBeans();
    bench.run(beans.issue(bob, 5n), ada);
    expect([holdingKey(bob, bean), createdKey(ada, bean), ownedKey(ada, bean)].map((key) => bench.get(key) !== undefined)).toEqual([true, true, true]);
    bench.run(beans.transfer(bob, eve, 5n), bob);
    expect([holdingKey(bob, bean), holdingKey(eve, bean), tokenBalanceKey(bean, bob)].map((key) => bench.get(key) !== undefined)).toEqual([false, true, false]);
  });

  test('a transfer to oneself changes nothing', () => {
    const { bench, beans } = withBeans();
    bench.run(beans.issue(bob, 5n), ada);
    const before = new Map(bench.state);
    expect(bench.run(beans.transfer(bob, bob, 5n), bob)).toMatchObject({ ok: true });
    expect(bench.state).toEqual(before);
  });

  test('of others nobody spends', () => {
    const { bench, beans } = withBeans();
    bench.run(beans.issue(bob, 5n), ada);
    for (const call of [beans.transfer(bob, ada, 1n), beans.burn(bob, 1n)]) expect(bench.run(call, ada)).toMatchObject({ code: 'TOKEN_NOT_HOLDER' });
  });

  test('is frozen for one holder, who receives and does not spend, until the issuer thaws it', () => {
    const { bench, bean, beans } = withBeans();
    bench.run(beans.issue(bob, 5n), ada);
    expect(bench.run(beans.freeze(bob), bob)).toMatchObject({ code: 'TOKEN_NOT_OWNER' });
    bench.run(beans.freeze(bob), ada);
    expect(bench.get(frozenKey(bean, bob))).toBeDefined();
    expect(bench.run(beans.transfer(bob, eve, 1n), bob)).toMatchObject({ code: 'TOKEN_FROZEN' });
    expect(bench.run(beans.burn(bob, 1n), bob)).toMatchObject({ code: 'TOKEN_FROZEN' });
    expect(bench.run(beans.issue(bob, 1n), ada)).toMatchObject({ ok: true });
    bench.run(beans.freeze(bob, false), ada);
    expect(bench.run(beans.transfer(bob, eve, 6n), bob)).toMatchObject({ ok: true });
  });

  test('that is restricted is held by those on the list alone', () => {
    const { bench, bean, beans } = withBeans({ isRestricted: true });
    expect(bench.run(beans.issue(bob, 5n), ada)).toMatchObject({ code: 'TOKEN_NOT_ALLOWED' });
    bench.run(beans.allow(bob), ada);
    expect(bench.get(allowedKey(bean, bob))).toBeDefined();
    expect(bench.run(beans.issue(bob, 5n), ada)).toMatchObject({ ok: true });
    expect(bench.run(beans.transfer(bob, eve, 1n), bob)).toMatchObject({ code: 'TOKEN_NOT_ALLOWED' });
    bench.run(beans.allow(eve), ada);
    bench.run(beans.allow(bob, false), ada);
    // Whoever left the list sells what they have.
    expect(bench.run(beans.transfer(bob, eve, 5n), bob)).toMatchObject({ ok: true });
  });

  test('that is paused does not move', () => {
    const { bench, beans } = withBeans();
    bench.run(beans.issue(bob, 5n), ada);
    expect(bench.run(beans.pause(), bob)).toMatchObject({ code: 'TOKEN_NOT_OWNER' });
    bench.run(beans.pause(), ada);
    expect(bench.run(beans.transfer(bob, eve, 1n), bob)).toMatchObject({ code: 'TOKEN_PAUSED' });
    bench.run(beans.pause(false), ada);
    expect(bench.run(beans.transfer(bob, eve, 1n), bob)).toMatchObject({ ok: true });
  });

  test('changes its issuer when it is offered and accepted', () => {
    const { bench, bean, beans } = withBeans();
    bench.run(offerObject(bean, bob), ada);
    expect(bench.run(acceptObject(bean), eve)).toMatchObject({ code: 'TOKEN_NO_OFFER' });
    bench.run(offerObject(bean, ada), ada);
    expect(bench.run(acceptObject(bean), bob)).toMatchObject({ code: 'TOKEN_NO_OFFER' });
    bench.run(offerObject(bean, bob), ada);
    expect(bench.run(acceptObject(bean), bob)).toMatchObject({ ok: true });
    expect(bench.run(beans.issue(ada, 1n), ada)).toMatchObject({ code: 'TOKEN_NOT_OWNER' });
    expect(bench.run(beans.issue(ada, 1n), bob)).toMatchObject({ ok: true });
    expect([createdKey(ada, bean), ownedKey(ada, bean), ownedKey(bob, bean)].map((key) => bench.get(key) !== undefined)).toEqual([true, false, true]);
  });

  test('has amounts of 16 bytes, to the last one', () => {
    const { bench, bean, beans } = withBeans({ cap: AMOUNT_MAX });
    expect(bench.run(beans.issue(bob, AMOUNT_MAX), ada)).toMatchObject({ ok: true });
    expect(bench.run(beans.issue(bob, 1n), ada)).toMatchObject({ code: 'TOKEN_CAP' });
    expect(balance(bench, bean, bob)).toBe(AMOUNT_MAX);
  });

  test.each([
    [{ symbol: 'bean' }, 'TOKEN_PAYLOAD'], [{ symbol: '' }, 'TOKEN_PAYLOAD'], [{ symbol: 'ABCDEFGHIJKLM' }, 'TOKEN_PAYLOAD'], [{ symbol: 'B', decimals: 19 }, 'TOKEN_LIMIT'], [{ symbol: 'B', cap: 0n }, 'TOKEN_LIMIT'],
  ])('of the form %o is refused before it is signed', (form, code) => {
    expect(() => createFungible(form)).toThrow(expect.objectContaining({ code }) as never);
  });

  test('with a symbol of 12 and 18 decimals is taken, and an amount of 0 is not', () => {
    expect(() => createFungible({ symbol: 'ABCDEFGHIJKL', decimals: 18 })).not.toThrow();
    expect(() => fungibleOps(ada).issue(bob, 0n)).toThrow(expect.objectContaining({ code: 'TOKEN_PAYLOAD' }) as never);
  });
});

describe('an account', () => {
  test('holds fungibles for whoever owns it, and takes them along when it changes hands', () => {
    const { bench, bean, beans } = withBeans();
    const savings = accountObjectId(ada, 'savings');
    bench.run(beans.issue(savings, 50n), ada);
    expect(bench.run(beans.transfer(savings, bob, 1n), ada)).toMatchObject({ code: 'TOKEN_NOT_HOLDER' });
    expect(idOf(bench.run(createAccount('savings'), ada))).toEqual(savings);
    expect(bench.run(createAccount('savings'), ada)).toMatchObject({ code: 'TOKEN_EXISTS' });
    expect(bench.run(beans.transfer(savings, bob, 10n), ada)).toMatchObject({ ok: true });
    bench.run(offerObject(savings, bob), ada);
    bench.run(acceptObject(savings), bob);
    expect(bench.run(beans.transfer(savings, ada, 1n), ada)).toMatchObject({ code: 'TOKEN_NOT_HOLDER' });
    expect(bench.run(beans.transfer(savings, bob, 40n), bob)).toMatchObject({ ok: true });
    expect(balance(bench, bean, bob)).toBe(50n);
    expect(bench.run(createAccount('savings'), ada)).toMatchObject({ code: 'TOKEN_EXISTS' });
    expect(bench.run(destroyObject(savings), bob)).toMatchObject({ code: 'TOKEN_KIND' });
  });
});

describe('a non-fungible', () => {
  test('is given away as new, offered and accepted, and destroyed by its owner', () => {
    const bench = createContainerBench(createTokenContainer());
    const picture = idOf(bench.run(createNonFungible(bob, new Uint8Array(32).fill(7), 'ipfs://picture'), ada));
    expect(record(bench, picture)).toMatchObject({ kind: 'nonFungible', creator: ada, owner: bob, uri: 'ipfs://picture' });
    expect(bench.run(offerObject(picture, eve), ada)).toMatchObject({ code: 'TOKEN_NOT_OWNER' });
    bench.run(offerObject(picture, eve), bob);
    expect(bench.run(acceptObject(picture), eve)).toMatchObject({ ok: true });
    expect(bench.run(destroyObject(picture), bob)).toMatchObject({ code: 'TOKEN_NOT_OWNER' });
    expect(bench.run(destroyObject(picture), eve)).toMatchObject({ ok: true });
    expect(bench.state.size).toBe(0);
    expect(bench.run(offerObject(picture, eve), eve)).toMatchObject({ code: 'TOKEN_UNKNOWN' });
  });

  test('is not taken for a fungible', () => {
    const bench = createContainerBench(createTokenContainer());
    const picture = idOf(bench.run(createNonFungible(bob, new Uint8Array(32)), ada));
    expect(bench.run(fungibleOps(picture).issue(ada, 1n), bob)).toMatchObject({ code: 'TOKEN_KIND' });
    expect(bench.run(fungibleOps(eve).issue(ada, 1n), bob)).toMatchObject({ code: 'TOKEN_UNKNOWN' });
  });

  test('has a uri of 128 characters of ASCII at most', () => {
    expect(() => createNonFungible(bob, new Uint8Array(32), 'a'.repeat(128))).not.toThrow();
    for (const uri of ['a'.repeat(129), 'ö', '\n']) expect(() => createNonFungible(bob, new Uint8Array(32), uri)).toThrow(expect.objectContaining({ code: 'TOKEN_LIMIT' }) as never);
  });
});

test('whatever is done, the supply is the sum of all balances, never above the cap, and holdings are those with a balance', () => {
  const holders = [ada, bob, eve, accountObjectId(ada, 'box')];
  const who = fc.constantFrom(...holders);
  const amount = fc.bigInt(1n, 400n);
  const step = fc.oneof(
    fc.record({ kind: fc.constant('issue' as const), to: who, amount }),
    fc.record({ kind: fc.constant('transfer' as const), from: who, to: who, amount, by: who }),
    fc.record({ kind: fc.constant('burn' as const), from: who, amount, by: who }),
    fc.record({ kind: fc.constant('freeze' as const), holder: who, on: fc.boolean() }),
  );
  let moved = 0;
  fc.assert(fc.property(fc.array(step, { minLength: 10, maxLength: 30 }), (steps) => {
    const { bench, bean, beans } = withBeans();
    bench.run(createAccount('box'), ada);
    for (const one of steps) {
      const done = one.kind === 'issue' ? bench.run(beans.issue(one.to, one.amount), ada)
        : one.kind === 'transfer' ? bench.run(beans.transfer(one.from, one.to, one.amount), one.by)
        : one.kind === 'burn' ? bench.run(beans.burn(one.from, one.amount), one.by) : bench.run(beans.freeze(one.holder, one.on), ada);
      if (done.ok) moved++;
      const start = toHex(tokenBalanceKey(bean));
      const balances = [...bench.state].filter(([key]) => key.startsWith(start));
      const { supply, cap } = record(bench, bean) as FungibleRecord;
      expect(balances.reduce((sum, [, value]) => sum + amountFromBytes(value), 0n)).toBe(supply);
      expect(supply <= cap).toBe(true);
      expect(holders.map((holder) => bench.get(holdingKey(holder, bean)) !== undefined)).toEqual(holders.map((holder) => balance(bench, bean, holder) > 0n));
    }
  }), { numRuns: 60 });
  expect(moved).toBeGreaterThan(200);
});
