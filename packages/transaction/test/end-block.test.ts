import { describe, expect, test } from '@jest/globals';
import { type BlockEnd, type Container, containerPrefix, createRouter } from '@vsys/container';
import { accept, concatBytes, toHex } from '@vsys/primitives';
import { balanceKey, createCoinContainer, executeBlock, type Execution, numberFromRecord, numberToRecord, transfer } from '../src/index.ts';
import { ada, block, bo, rules, stateWith, transaction } from './support.ts';

const key = (name: string, suffix = new Uint8Array()): Uint8Array => concatBytes(containerPrefix(name), suffix);

function ending(name: string, endBlock: (end: BlockEnd) => void): Container {
  return { name, version: 1, check: () => accept(undefined), touches: () => [], execute: () => accept(new Uint8Array()), endBlock };
}

async function run(containers: readonly Container[], transactions: Parameters<typeof executeBlock>[3], author = bo.account): Promise<Execution> {
  const made = await executeBlock({ ...rules, router: createRouter([createCoinContainer(), ...containers]) }, await stateWith([[ada, 100_000n], [bo, 100_000n]]), block, transactions, { skip: false, author });
  if (!made.ok) throw new RangeError(made.message);
  return made.value;
}

describe('the end of a block', () => {
  test('a container hears of the author and of the balances that changed, and not of those that stayed as they were', async () => {
    const heard: BlockEnd[] = [];
    await run([ending('hears', (end) => heard.push(end))], [transaction(ada, 0n, [transfer(bo.account, 500n)]), transaction(bo, 0n, [transfer(ada.account, 9n)])]);
    const accounts = [ada.account, bo.account].map((account) => toHex(account)).sort();
    expect(heard.at(-1)?.balancesChanged.map((account) => toHex(account))).toEqual(accounts);
    expect(toHex(heard.at(-1)?.author as Uint8Array)).toBe(toHex(bo.account));
    heard.length = 0;
    await run([ending('hears', (end) => heard.push(end))], []);
    expect(heard.map(({ balancesChanged }) => balancesChanged)).toEqual([[]]);
  });

  test('it begins again after a miss, and nothing of the run before stays', async () => {
    let runs = 0;
    const { writes } = await run([ending('rewards', ({ author, state }) => {
      state.set(key('rewards', Uint8Array.of(++runs)), Uint8Array.of(runs));
      const reward = balanceKey(author as Uint8Array);
      state.set(reward, numberToRecord(numberFromRecord(state.get(reward)) + numberFromRecord(state.get(balanceKey(ada.account)))));
    })], []);
    expect(writes.map((write) => [toHex(write.key), write.value?.length])).toEqual([[toHex(key('rewards', Uint8Array.of(runs))), 1], [toHex(balanceKey(bo.account)), 8]]);
  });

  test('a container sees what those before it left, in the order of the chain', async () => {
    const pays = ending('pays', ({ state }) => state.set(balanceKey(bo.account), numberToRecord(7n)));
    let heard: readonly Uint8Array[] = [];
    await run([pays, ending('hears', ({ balancesChanged }) => { heard = balancesChanged; })], []);
    expect(heard.map((account) => toHex(account))).toEqual([toHex(bo.account)]);
  });
});
