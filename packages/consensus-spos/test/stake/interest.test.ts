import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accrue, addToPot, closeInterest, earned, noInterest } from '../../src/stake/interest.ts';
import type { Earning, Interest } from '../../src/stake/interest.ts';

const lease = (amount: bigint, { perCoin }: Interest): Earning => ({ amount, perCoin, rest: 0n });

describe('interest', () => {
  test('goes to leases by coins and blocks', () => {
    let interest = addToPot(noInterest, 768n, 0, 100);
    const first = lease(256n, interest);
    interest = accrue(interest, 256n, 50);
    const second = lease(128n, interest);
    interest = accrue(interest, 384n, 100);
    expect([earned(interest, first).paid, earned(interest, second).paid]).toEqual([384n + 256n, 128n]);
    expect(interest.owed).toBe(768n);
  });

  test('a lease for the one block in which the seat earns gets that block and no more', () => {
    let interest = addToPot(accrue(noInterest, 1_000n, 10), 600n, 10, 600);
    const hopper = lease(1_000n, interest);
    interest = accrue(interest, 2_000n, 11);
    expect(earned(interest, hopper).paid).toBe(0n);
    expect(interest).toMatchObject({ pot: 599n, owed: 1n });
  });

  test('claiming at every block pays as much as claiming once', () => {
    fc.assert(fc.property(fc.bigInt(1n, 10n ** 12n), fc.array(fc.bigInt(0n, 10n ** 9n), { minLength: 1, maxLength: 40 }), fc.bigInt(0n, 10n ** 15n), (amount, rewards, others) => {
      let interest = noInterest;
      let [often, paid] = [lease(amount, interest), 0n];
      const once = often;
      for (const [i, reward] of rewards.entries()) {
        interest = addToPot(accrue(interest, amount + others, i + 1), reward, i + 1, 7);
        interest = accrue(interest, amount + others, i + 1);
        const part = earned(interest, often);
        paid += part.paid;
        often = { amount, perCoin: interest.perCoin, rest: part.rest };
      }
      expect(paid).toBe(earned(interest, once).paid);
    }));
  });

  test('never owes more than it was given, and what nobody is owed comes out at the end', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.bigInt(1n, 10n ** 6n), fc.bigInt(0n, 10n ** 6n), fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 30 }), (steps) => {
      let [interest, leased, height, given] = [noInterest as Interest, 0n, 0, 0n];
      const leases: Earning[] = [];
      for (const [amount, reward, blocks] of steps) {
        interest = accrue(interest, leased, height += blocks);
        leases.push(lease(amount, interest));
        leased += amount;
        interest = addToPot(interest, reward, height, 10);
        given += reward;
      }
      interest = accrue(interest, leased, height + 100);
      const paid = leases.reduce((sum, one) => sum + earned(interest, one).paid, 0n);
      expect(paid <= given && given - paid <= BigInt(leases.length)).toBe(true);
      expect(closeInterest({ ...interest, owed: interest.owed - paid }).left).toBe(given - paid);
    }));
  });
});
