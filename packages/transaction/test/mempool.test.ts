import { describe, expect, test } from '@jest/globals';
import { checkSignatures, createMempool, mempoolDefaults } from '../src/index.ts';
import { ada, bo, note, rules, stateWith, transaction, verifier } from './support.ts';

const view = await stateWith([[ada, 1_000_000n], [bo, 1_000_000n]]);
const limits = { bytesMax: 100_000, gasMax: 100_000n };

describe('the pool', () => {
  test('hands out each lane in its order, lanes in turn, whatever the order of arrival', async () => {
    const pool = createMempool(rules.fees);
    await pool.add([transaction(ada, 1n, [note(1)]), transaction(bo, 0n, [note(2)]), transaction(ada, 0n, [note(3)]), transaction(ada, 3n, [note(4)])], view, 1);
    const order = (await pool.candidates(view, 1, limits)).map(({ transaction: { body } }) => body.operations[0]?.payload[0]);
    expect(order).toEqual([3, 2, 1]);
  });

  test('takes the same transaction twice without harm, and not a rival for its sequence', async () => {
    const pool = createMempool(rules.fees);
    const one = transaction(ada, 0n, [note(1)]);
    expect(await pool.add([one, one, transaction(ada, 0n, [note(2)])], view, 1)).toMatchObject([{ value: 'pooled' }, { value: 'known' }, { code: 'TX_SEQUENCE_USED' }]);
    expect(pool.size).toBe(1);
  });

  test('finds a transaction by its bytes, until it is settled, and not by other bytes', async () => {
    const pool = createMempool(rules.fees);
    const [one, other] = [transaction(ada, 0n, [note(1)]), transaction(bo, 0n, [note(1)])];
    await pool.add([one, other], view, 1);
    expect(pool.getSame(one.bytes.slice())).toBe(one);
    const forged = one.bytes.slice();
    forged[20] = (forged[20] as number) ^ 1;
    expect(pool.getSame(forged)).toBeUndefined();
    expect(pool.getSame(new Uint8Array(3))).toBeUndefined();
    pool.settle([one], 1);
    expect(pool.getSame(one.bytes)).toBeUndefined();
    expect(pool.getSame(other.bytes)).toBe(other);
  });

  test('is full at its limits, says so, and has room again after a block', async () => {
    const pool = createMempool(rules.fees, { ...mempoolDefaults, transactionsMax: 2, perPayerMax: 1 });
    const [first, second, third] = [transaction(ada, 0n, [note(1)]), transaction(ada, 1n, [note(1)]), transaction(bo, 0n, [note(1)])];
    expect(await pool.add([first, second, third], view, 1)).toMatchObject([{ ok: true }, { code: 'TX_POOL_FULL' }, { ok: true }]);
    expect(await pool.add([transaction(bo, 1n, [note(1)])], view, 1)).toMatchObject([{ code: 'TX_POOL_FULL' }]);
    pool.settle([first], 1);
    expect(await pool.add([second], view, 1)).toMatchObject([{ ok: true }]);
    expect(pool.bytes).toBe(second.bytes.length + third.bytes.length);
  });

  test('settling drops rivals and what expired, and says why', async () => {
    const pool = createMempool(rules.fees);
    const waiting = transaction(ada, 0n, [note(1)]);
    const short = transaction(bo, 0n, [note(1)], { validUntil: 5 });
    await pool.add([waiting, short], view, 1);
    const gone = pool.settle([transaction(ada, 0n, [note(9)])], 5);
    expect(gone.map(({ reason }) => reason)).toEqual(['TX_SEQUENCE_USED', 'TX_EXPIRED']);
    expect(pool.size).toBe(0);
  });

  test('a reorganisation puts transactions back, beyond the limits', async () => {
    const pool = createMempool(rules.fees, { ...mempoolDefaults, transactionsMax: 1 });
    const some = [transaction(ada, 0n, [note(1)]), transaction(ada, 1n, [note(1)])];
    pool.restore(some);
    pool.restore(some);
    expect(pool.size).toBe(2);
    expect((await pool.candidates(view, 1, limits))).toEqual(some);
  });

  test('a block gets no more bytes and gas than it has', async () => {
    const pool = createMempool(rules.fees);
    await pool.add(Array.from({ length: 10 }, (_, i) => transaction(ada, BigInt(i), [note(1)])), view, 1);
    expect(await pool.candidates(view, 1, { bytesMax: 100_000, gasMax: 3_000n })).toHaveLength(3);
    expect(await pool.candidates(view, 1, { bytesMax: 500, gasMax: 100_000n })).toHaveLength(2);
  });
});

test('signatures are judged one by one in a batch', async () => {
  const good = transaction(ada, 0n, [note(1)]);
  const authorization = good.transaction.authorizations[0]!;
  const bad = { ...good, transaction: { ...good.transaction, authorizations: [{ ...authorization, signature: authorization.signature.map((byte) => byte ^ 1) }] } };
  expect(await checkSignatures(verifier, [good, bad, good])).toEqual([undefined, expect.objectContaining({ code: 'TX_SIGNATURE' }), undefined]);
});
