import { describe, expect, test } from '@jest/globals';
import { type Container, containerPrefix, createRouter } from '@vsys/container';
import { createTransaction, transactionToBytes } from '@vsys/data-format';
import { accept, concatBytes, toHex } from '@vsys/primitives';
import { balanceKey, checkEnvelope, executeBlock, type Execution, numberFromRecord, numberToRecord, sequenceKey, transfer } from '../src/index.ts';
import { ada, block, bo, note, rules, stateWith, transaction } from './support.ts';

const run = async (transactions: Parameters<typeof executeBlock>[3], skip = false, balances: Parameters<typeof stateWith>[0] = [[ada, 100_000n], [bo, 100_000n]]) =>
  executeBlock(rules, await stateWith(balances), block, transactions, { skip });
const written = (execution: Execution, key: Uint8Array): bigint | undefined => {
  const write = execution.writes.find((one) => toHex(one.key) === toHex(key));
  return write === undefined ? undefined : numberFromRecord(write.value);
};
const done = async (...args: Parameters<typeof run>): Promise<Execution> => {
  const result = await run(...args);
  if (!result.ok) throw new RangeError(result.message);
  return result.value;
};

describe('executing a block', () => {
  test('coins are conserved: what is paid and burned is all that is missing', async () => {
    const execution = await done([transaction(ada, 0n, [transfer(bo.account, 500n)]), transaction(bo, 0n, [transfer(ada.account, 9n), note(1, 2)])]);
    const fees = execution.receipts.reduce((sum, { feePaid }) => sum + feePaid, 0n);
    expect((written(execution, balanceKey(ada.account)) as bigint) + (written(execution, balanceKey(bo.account)) as bigint) + fees).toBe(200_000n);
    expect(execution.receipts.map(({ status }) => status)).toEqual(['ok', 'ok']);
  });

  test('a later transaction sees what an earlier one wrote, also through reads that nobody declared', async () => {
    const { receipts } = await done([transaction(ada, 0n, [note(7, 42)]), transaction(ada, 1n, [note(7)])]);
    expect(receipts[1]?.results).toEqual([Uint8Array.of(42)]);
  });

  test('operations happen together or not at all', async () => {
    const execution = await done([transaction(ada, 0n, [transfer(bo.account, 500n), note(7, 42), note(0xff)])]);
    expect(execution.receipts[0]).toMatchObject({ status: 'failed', code: 'NOTES_REFUSED', results: [] });
    expect(execution.writes).toHaveLength(2);
    expect(written(execution, sequenceKey(ada.account, 0))).toBe(1n);
    expect(written(execution, balanceKey(bo.account))).toBeUndefined();
  });

  test('gas that runs out is all charged; reads past the limit fail', async () => {
    const { receipts } = await done([transaction(ada, 0n, [note(1), note(2)], { gasMax: 15n }), transaction(ada, 1n, [note(0xfe)])]);
    expect(receipts[0]).toMatchObject({ code: 'OUT_OF_GAS', gasUsed: 15n });
    expect(receipts[1]).toMatchObject({ code: 'TOO_MANY_READS', gasUsed: 1_000n });
  });

  test('operations cannot spend the fee that is set aside', async () => {
    const { receipts } = await done([transaction(ada, 0n, [transfer(bo.account, 99_999n)])]);
    expect(receipts[0]).toMatchObject({ status: 'failed', code: 'COIN_INSUFFICIENT' });
  });

  test('a transfer to oneself changes nothing but the fee', async () => {
    const execution = await done([transaction(ada, 0n, [transfer(ada.account, 100n)])]);
    expect(written(execution, balanceKey(ada.account))).toBe(100_000n - (execution.receipts[0]?.feePaid as bigint));
  });

  test.each([
    ['a used sequence', [transaction(ada, 0n, [note(1)]), transaction(ada, 0n, [note(2)])], 'TX_SEQUENCE_USED'],
    ['a sequence ahead', [transaction(ada, 4n, [note(1)])], 'TX_SEQUENCE_AHEAD'],
    ['an expired one', [transaction(ada, 0n, [note(1)], { validUntil: 0 })], 'TX_EXPIRED'],
  ])('%s makes a block invalid, and its author leaves it out', async (_, transactions, reason) => {
    expect(await run(transactions)).toMatchObject({ ok: false, code: 'BODY_TRANSACTION', data: { reason } });
    const execution = await done(transactions, true);
    expect(execution.skipped.map(({ code }) => code)).toEqual([reason]);
  });

  test('a payer who cannot pay, and more gas than a block has', async () => {
    expect(await run([transaction(ada, 0n, [note(1)])], false, [])).toMatchObject({ data: { reason: 'TX_CANNOT_PAY' } });
    const greedy = [transaction(ada, 0n, [note(1)], { gasMax: 600_000n, feeMax: 2_000_000n }), transaction(ada, 1n, [note(1)], { gasMax: 600_000n, feeMax: 2_000_000n })];
    expect(await run(greedy, false, [[ada, 10_000_000n]])).toMatchObject({ code: 'BODY_GAS' });
    expect((await done(greedy, true, [[ada, 10_000_000n]])).included).toHaveLength(1);
  });

  test('an operation that read what it did not declare runs again by itself, with what those before it wrote and charged', async () => {
    let runs = 0;
    const keyOf = (payload: Uint8Array): Uint8Array => concatBytes(containerPrefix('counted'), payload);
    /** Adds one to the number under a key that it does not declare. */
    const counted: Container = {
      name: 'counted', version: 1,
      check: () => accept(undefined),
      touches: () => [],
      execute(payload, { state, gas }) {
        runs++;
        gas.charge(1n);
        const number = numberFromRecord(state.get(keyOf(payload))) + 1n;
        state.set(keyOf(payload), numberToRecord(number));
        return accept(Uint8Array.of(Number(number)));
      },
    };
    const counting = { ...rules, router: createRouter([...rules.router.containers, counted]) };
    // More operations than one of them may be interrupted; the last goes back to the key of the first.
    const operations = Array.from({ length: 401 }, (_, i) => ({ container: 'counted', payload: Uint8Array.of((i % 400) >> 8, i % 400) }));
    const body = { chainId: rules.chainId, payer: ada.account, lane: 0, sequence: 0n, validUntil: 100, feeMax: 1_000_000n, gasMax: 1_000n, operations };
    const checked = checkEnvelope(counting, transactionToBytes(createTransaction(body, [ada])));
    if (!checked.ok) throw new RangeError(checked.message);
    const executed = await executeBlock(counting, await stateWith([[ada, 1_000_000n]]), block, [checked.value], { skip: false });
    if (!executed.ok) throw new RangeError(executed.message);
    expect(executed.value.receipts[0]).toMatchObject({ status: 'ok', gasUsed: 401n });
    expect(executed.value.receipts[0]?.results.map(([number]) => number)).toEqual([...Array.from({ length: 400 }, () => 1), 2]);
    expect(runs).toBe(2 * 400 + 1);
  });

  test('what an author leaves out changes nothing for what is in', async () => {
    const keyOf = (at: number): Uint8Array => concatBytes(containerPrefix('reads'), Uint8Array.of(at >> 8, at & 0xff));
    const keys = Array.from({ length: 300 }, (_, at) => keyOf(at));
    /** Reads 300 keys, which only its second form declares. */
    const reads: Container = {
      name: 'reads', version: 1,
      check: () => accept(undefined),
      touches: (payload) => (payload.length === 0 ? [] : keys),
      execute(_, { state }) {
        for (const key of keys) state.get(key);
        return accept(new Uint8Array());
      },
    };
    const reading = { ...rules, router: createRouter([...rules.router.containers, reads]) };
    const of = (sequence: bigint, ...payload: number[]): Parameters<typeof executeBlock>[3][number] => {
      const body = { chainId: rules.chainId, payer: ada.account, lane: 0, sequence, validUntil: 100, feeMax: 1_000_000n, gasMax: 1_000n, operations: [{ container: 'reads', payload: Uint8Array.from(payload) }] };
      const checked = checkEnvelope(reading, transactionToBytes(createTransaction(body, [ada])));
      if (!checked.ok) throw new RangeError(checked.message);
      return checked.value;
    };
    const view = await stateWith([[ada, 100_000n]]);
    const made = await executeBlock(reading, view, block, [of(0n), of(5n, 1)], { skip: true });
    if (!made.ok) throw new RangeError(made.message);
    expect(made.value.skipped.map(({ code }) => code)).toEqual(['TX_SEQUENCE_AHEAD']);
    const seen = await executeBlock(reading, view, block, made.value.included, { skip: false });
    expect(seen).toMatchObject({ ok: true, value: { receipts: made.value.receipts, gasUsed: made.value.gasUsed } });
  });

  test('lanes count by themselves', async () => {
    const { receipts } = await done([transaction(ada, 0n, [note(1)], { lane: 1 }), transaction(ada, 0n, [note(1)], { lane: 2 })]);
    expect(receipts).toHaveLength(2);
  });
});
