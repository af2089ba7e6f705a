import { describe, expect, test } from '@jest/globals';
import { cancelLease, claim, claimBond, contend, enroll, lease, release, setKeys, setShare } from '@vsys/consensus-spos/ops';
import { toHex, uint64FromBytes } from '@vsys/primitives';
import { LEASES_MAX } from '../../src/stake/lease-operations.ts';
import { accountOf, createStakeBench, keyOf, pay } from './stake-bench.ts';

const window = 10;
const [SEAT, LESSOR, RIVAL, OTHER] = [1, 11, 12, 13];
const rich = { 1: 1_000n, 2: 1_000n, 3: 1_000n, 4: 1_000n, [LESSOR]: 10_000n, [RIVAL]: 5_000n, [OTHER]: 100n };
const holders = (bench: ReturnType<typeof createStakeBench>): string[] => bench.seats().map(({ index, account }) => `${index}:${account[0]}`);

describe('leases', () => {
  test('take the coins out of the balance, count for the other, and come back at once', () => {
    const bench = createStakeBench({ window }, rich);
    expect(bench.run(LESSOR, lease(accountOf(SEAT), 4_000n))).toBe('ok');
    expect([bench.balance(LESSOR), bench.record(SEAT)?.leasedIn, bench.record(SEAT)?.weight.effective]).toEqual([6_000n, 4_000n, 5_000n]);
    expect(bench.run(LESSOR, pay(OTHER, 6_001n))).toBe('COIN_INSUFFICIENT');
    bench.blocks(window);
    expect(bench.minting(SEAT)).toBe(5_000n);
    expect(bench.run(LESSOR, cancelLease(0))).toBe('ok');
    expect([bench.balance(LESSOR), bench.record(SEAT)?.leasedIn, bench.minting(SEAT)]).toEqual([10_000n, 0n, 1_000n]);
  });

  test('are refused with a reason', () => {
    const bench = createStakeBench({ leaseMin: 10n }, rich);
    expect(bench.run(LESSOR, lease(accountOf(LESSOR), 100n))).toBe('SPOS_LEASE_SELF');
    expect(bench.run(LESSOR, lease(accountOf(SEAT), 9n))).toBe('SPOS_LEASE_SMALL');
    expect(bench.run(LESSOR, lease(accountOf(SEAT), 10_001n))).toBe('SPOS_INSUFFICIENT');
    expect(bench.run(LESSOR, cancelLease(0))).toBe('SPOS_NO_LEASE');
    expect(bench.run(LESSOR, claim(0))).toBe('SPOS_NO_LEASE');
    expect(bench.run(LESSOR, lease(accountOf(SEAT), 10n))).toBe('ok');
    expect(bench.run(RIVAL, cancelLease(0))).toBe('SPOS_NO_LEASE');
    expect(bench.run(LESSOR, cancelLease(0))).toBe('ok');
    expect(bench.run(LESSOR, cancelLease(0))).toBe('SPOS_NO_LEASE');
  });

  test('are LEASES_MAX at a time', () => {
    const bench = createStakeBench({}, rich);
    bench.block(Array.from({ length: LEASES_MAX }, () => [LESSOR, lease(accountOf(SEAT), 1n)]));
    expect(bench.record(LESSOR)?.leases).toBe(LEASES_MAX);
    expect(bench.run(LESSOR, lease(accountOf(SEAT), 1n))).toBe('SPOS_LEASES_MAX');
    bench.run(LESSOR, cancelLease(9));
    expect(bench.run(LESSOR, lease(accountOf(SEAT), 1n))).toBe('ok');
  });
});

describe('enrolled accounts', () => {
  test('count their coins from there on, those of the spec from the first block', () => {
    const bench = createStakeBench({ window }, rich);
    bench.blocks(6);
    expect(bench.minting(SEAT)).toBe(500n);
    expect(bench.run(RIVAL, enroll())).toBe('ok');
    expect(bench.run(RIVAL, enroll())).toBe('SPOS_ENROLLED');
    bench.blocks(4);
    expect([bench.minting(SEAT), bench.minting(RIVAL)]).toEqual([1_000n, 2_500n]);
  });

  test('cost a write when their coins change; everybody else costs a read', () => {
    const bench = createStakeBench({}, rich);
    bench.block();
    const writesOf = (...transaction: Parameters<typeof bench.run>): number => {
      const before = bench.writes;
      expect(bench.run(...transaction)).toBe('ok');
      return bench.writes - before;
    };
    expect(writesOf(LESSOR, pay(RIVAL, 5n))).toBe(2);
    expect(writesOf(LESSOR, pay(SEAT, 5n))).toBe(3);
    const [writes] = [bench.writes];
    bench.blocks(3, SEAT);
    expect(bench.writes - writes).toBe(0);
  });

  test('keep what a block leaves, not what was there within it', () => {
    const bench = createStakeBench({ window }, rich);
    bench.blocks(window + 1);
    bench.block([[SEAT, pay(OTHER, 900n)], [OTHER, pay(SEAT, 900n)]]);
    expect(bench.minting(SEAT)).toBe(1_000n);
  });
});

describe('a seat', () => {
  test('goes to who has strictly more minting balance; the fee is burned either way', () => {
    const bench = createStakeBench({ window, contendFee: 50n }, { ...rich, [RIVAL]: 1_050n + 50n });
    bench.block([[RIVAL, enroll()]]);
    bench.blocks(window);
    // 1,100 less the fee: the very balance that was 1,050 before the lost contest of a holder with as much.
    bench.block([[OTHER, pay(SEAT, 50n)]]);
    bench.blocks(window);
    expect(bench.contend(RIVAL, contend(0, keyOf(90)))).toEqual({ outcome: 'weak', own: 1_050n, holders: 1_050n });
    expect([bench.balance(RIVAL), bench.coins().burned]).toEqual([1_050n, 50n]);
    expect(bench.contend(RIVAL, contend(4, keyOf(90), keyOf(91)))).toEqual({ outcome: 'weak', own: 1_000n, holders: 1_000n });
    bench.run(OTHER, pay(RIVAL, 50n));
    bench.run(LESSOR, lease(accountOf(RIVAL), 100n));
    bench.blocks(window);
    expect(bench.contend(RIVAL, contend(4, keyOf(90), keyOf(91)))).toEqual({ outcome: 'won', own: 1_100n, holders: 1_000n });
    expect(holders(bench)).toEqual(['0:1', '4:12', '8:3', '12:4']);
    expect(bench.seats()[1]).toMatchObject({ mintKey: keyOf(90), voteKey: keyOf(91) });
    expect([bench.record(RIVAL)?.seat, bench.record(2)?.seat, bench.coins().burned]).toEqual([4, undefined, 150n]);
  });

  test('an empty one takes any minting balance above 0', () => {
    const bench = createStakeBench({ window }, rich);
    bench.block([[OTHER, enroll()]]);
    expect(bench.contend(OTHER, contend(16, keyOf(90)))).toMatchObject({ outcome: 'won', own: 10n, holders: 0n });
    expect(holders(bench)).toEqual(['0:1', '4:2', '8:3', '12:4', '16:13']);
  });

  test('too small an effective balance after the fee loses, and the fee is burned', () => {
    const bench = createStakeBench({ window, contendFee: 50n, contendMinimum: 51n }, rich);
    bench.block([[OTHER, enroll()]]);
    expect(bench.contend(OTHER, contend(16, keyOf(90)))).toMatchObject({ outcome: 'small' });
    expect([bench.balance(OTHER), bench.coins().burned]).toEqual([50n, 50n]);
  });

  test('is refused, without the fee, where a contender can know it before', () => {
    const bench = createStakeBench({ contendFee: 50n, bond: 60n }, rich);
    expect(bench.run(RIVAL, contend(16, keyOf(90)))).toBe('SPOS_NOT_ENROLLED');
    bench.block([[RIVAL, enroll()], [OTHER, enroll()]]);
    expect(bench.run(RIVAL, contend(17, keyOf(90)))).toBe('SPOS_NO_SEAT');
    expect(bench.run(RIVAL, contend(60, keyOf(90)))).toBe('SPOS_NO_SEAT');
    expect(bench.run(SEAT, contend(16, keyOf(90)))).toBe('SPOS_HOLDS_SEAT');
    expect(bench.run(OTHER, contend(16, keyOf(90)))).toBe('SPOS_INSUFFICIENT');
    expect(bench.run(RIVAL, contend(16, bench.seats()[0]!.mintKey, keyOf(90)))).toBe('SPOS_KEY_TAKEN');
    expect(bench.run(RIVAL, contend(16, keyOf(90), bench.seats()[0]!.mintKey))).toBe('SPOS_KEY_TAKEN');
    expect(bench.coins().burned).toBe(0n);
  });

  test('nothing may follow a contest: an operation that fails where it was lost would undo the fee', () => {
    const bench = createStakeBench({ contendFee: 50n, contendMinimum: 100_000n }, rich);
    bench.block([[RIVAL, enroll()]]);
    expect(bench.run(RIVAL, contend(16, keyOf(90)), setKeys(keyOf(91)))).toBe('SPOS_CONTEND_LAST');
    expect(bench.run(RIVAL, pay(OTHER, 1n), contend(16, keyOf(90)))).toBe('ok');
    expect(bench.coins().burned).toBe(50n);
  });

  test('a displaced holder waits before it contends again, and gets its bond back', () => {
    const bench = createStakeBench({ window, bond: 100n, rebar: 5, bondEpochs: 3 }, rich);
    bench.block([[RIVAL, enroll()], [OTHER, pay(2, 1n)], [LESSOR, enroll()]]);
    bench.blocks(window);
    expect(bench.contend(RIVAL, contend(16, keyOf(90)))).toMatchObject({ outcome: 'won' });
    expect(bench.balance(RIVAL)).toBe(4_900n);
    expect(bench.run(RIVAL, claimBond())).toBe('SPOS_BOND_HELD');
    expect(bench.contend(LESSOR, contend(16, keyOf(95)))).toMatchObject({ outcome: 'won' });
    expect(bench.run(RIVAL, contend(0, keyOf(90)))).toBe('SPOS_BARRED');
    expect(bench.run(RIVAL, claimBond())).toBe('SPOS_BOND_HELD');
    expect(bench.run(RIVAL, claimBond())).toBe('ok');
    expect(bench.run(RIVAL, claimBond())).toBe('SPOS_NO_BOND');
    expect(bench.balance(RIVAL)).toBe(5_000n);
    expect(bench.run(LESSOR, contend(16, keyOf(90)))).toBe('SPOS_HOLDS_SEAT');
    expect(bench.contend(RIVAL, contend(0, keyOf(90)))).toMatchObject({ outcome: 'won' });
    expect(bench.balance(RIVAL)).toBe(4_900n);
  });

  test('is released by its holder, above the floor only', () => {
    const bench = createStakeBench({ window, seatsFloor: 3 }, rich);
    expect(bench.run(SEAT, release(4))).toBe('SPOS_NOT_HOLDER');
    expect(bench.run(RIVAL, release(0))).toBe('SPOS_NOT_HOLDER');
    expect(bench.run(SEAT, release(0))).toBe('ok');
    expect(holders(bench)).toEqual(['4:2', '8:3', '12:4']);
    expect(bench.run(SEAT, release(0))).toBe('SPOS_NOT_HOLDER');
    expect(bench.run(2, release(4))).toBe('SPOS_FLOOR');
    bench.block();
    expect(bench.contend(SEAT, contend(0, keyOf(90)))).toMatchObject({ outcome: 'won' });
  });

  test('gets other keys from its holder', () => {
    const bench = createStakeBench({}, rich);
    const old = bench.seats()[0]!.mintKey;
    expect(bench.run(RIVAL, setKeys(keyOf(90)))).toBe('SPOS_NOT_HOLDER');
    expect(bench.run(SEAT, setKeys(bench.seats()[1]!.mintKey))).toBe('SPOS_KEY_TAKEN');
    expect(bench.run(SEAT, setKeys(keyOf(90), keyOf(91)))).toBe('ok');
    expect(bench.seats()[0]).toMatchObject({ mintKey: keyOf(90), voteKey: keyOf(91) });
    // An older key stays whose it was, so that evidence finds its account.
    expect(bench.run(2, setKeys(old))).toBe('SPOS_KEY_TAKEN');
    expect(bench.run(SEAT, setKeys(old))).toBe('ok');
  });
});

describe('rewards', () => {
  test('go to the author; of a seat with lessors its share goes to them, and they claim it', () => {
    const bench = createStakeBench({ reward: 1_000n, interestSpread: 10 }, rich);
    bench.blocks(1, SEAT);
    expect(bench.balance(SEAT)).toBe(2_000n);
    bench.block([[SEAT, setShare(250)], [LESSOR, lease(accountOf(SEAT), 900n)], [OTHER, lease(accountOf(SEAT), 100n)]]);
    bench.blocks(1, SEAT);
    expect(bench.balance(SEAT)).toBe(2_750n);
    bench.blocks(9);
    const [claimed] = bench.block([[LESSOR, claim(0)]]);
    expect(uint64FromBytes(claimed!.result)).toBe(225n);
    expect(bench.balance(LESSOR)).toBe(9_325n);
    const [cancelled] = bench.block([[OTHER, cancelLease(0)], [LESSOR, cancelLease(0)]]);
    expect([uint64FromBytes(cancelled!.result), bench.balance(OTHER), bench.balance(LESSOR)]).toEqual([25n, 125n, 10_225n]);
    expect(bench.record(SEAT)?.interest).toMatchObject({ pot: 0n, owed: 0n });
    expect(bench.coins()).toEqual({ there: Object.values(rich).reduce((a, b) => a + b) + 2_000n, minted: 2_000n, burned: 0n });
  });

  test('without lessors all of it is the author\'s, whatever the share', () => {
    const bench = createStakeBench({ reward: 1_000n }, rich);
    bench.run(SEAT, setShare(1_000));
    bench.blocks(1, SEAT);
    expect(bench.balance(SEAT)).toBe(2_000n);
  });

  test('a lower share waits for its notice, a higher one holds at once', () => {
    const bench = createStakeBench({ reward: 1_000n, shareNotice: 3 }, rich);
    expect(bench.run(RIVAL, setShare(1))).toBe('SPOS_NOT_ENROLLED');
    bench.block([[SEAT, setShare(500)], [LESSOR, lease(accountOf(SEAT), 900n)]]);
    const own = (): bigint => { const before = bench.balance(SEAT); bench.blocks(1, SEAT); return bench.balance(SEAT) - before; };
    expect(own()).toBe(500n);
    bench.run(SEAT, setShare(0));
    expect([own(), own(), own()]).toEqual([500n, 500n, 1_000n]);
    bench.run(SEAT, setShare(100));
    expect(own()).toBe(900n);
  });

  test('nobody makes more coins than balances hold', () => {
    const most = 0x7fff_ffff_ffff_ffffn;
    const bench = createStakeBench({ reward: most - 1n }, rich);
    bench.blocks(1, SEAT);
    expect(bench.coins().minted).toBe(most - 1n);
    bench.blocks(2, SEAT);
    expect(bench.coins().minted).toBe(most - 1n);
  });

  test('an author without a seat record is paid nothing', () => {
    const bench = createStakeBench({ reward: 5n }, rich);
    bench.blocks(1, 77);
    expect([bench.balance(77), bench.coins().minted]).toEqual([0n, 0n]);
  });
});

test('records show nothing of the block that wrote them', () => {
  const bench = createStakeBench({}, rich);
  bench.block([[LESSOR, lease(accountOf(SEAT), 5n)], [RIVAL, lease(accountOf(OTHER), 5n)]]);
  expect([1, 2, 3, 4, LESSOR, RIVAL, OTHER].map((account) => bench.record(account)?.touched)).toEqual(Array.from({ length: 7 }, () => undefined));
  expect(toHex(bench.seats()[0]!.account)).toBe(toHex(accountOf(SEAT)));
});
