import { describe, expect, test } from '@jest/globals';
import { createTransaction, chainId, type ChainSpec, type Operation, transactionToBytes } from '@vsys/data-format';
import { type Document, type Value } from '@vsys/data-format/value';
import { createDatabaseContainer } from '@vsys/database';
import { collectionOps, createDatabase, databaseId } from '@vsys/database/ops';
import { createSeededRandom, createVirtualTime, toHex } from '@vsys/primitives';
import { createMemoryBlockLog, createMemoryStore } from '@vsys/store';
import { transfer } from '@vsys/transaction';
import { makeBlocks, openTestChain } from './chain-run.ts';
import { mutate, pick, type Seeded } from './mutate.ts';
import { signers, START_MS, testChain, type TestChain } from './support.ts';

const BLOCKS = 12;
const PER_BLOCK = 40;

const plain = testChain('poa', 1);
const spec: ChainSpec = { ...plain.spec, containers: [...plain.spec.containers, { name: 'database', version: 1, params: new Uint8Array() }] };
const setup: TestChain = { ...plain, spec };
const database = databaseId(setup.rich.account, 'world');
const people = collectionOps(database, 'people');
const person = (i: number, more: readonly (readonly [string, Value])[] = []): Document => new Map<string, Value>([['_id', `p${i}`], ['age', BigInt(i % 9)], ...more]);

/** Good operations of every kind, some of which fail because of what was done before. */
function goodOperations(random: Seeded): readonly Operation[] {
  const i = random.below(60);
  return pick(random, [
    [createDatabase('world')], [people.create([{ name: 'age', unique: false, fields: [{ path: 'age', direction: 1 as const }] }])], [people.insert([person(i), person(i + 1)])], [people.replace(person(i, [['x', 'y']]))],
    [people.patch(`p${i}`, { inc: new Map([['age', 1n]]) })], [people.delete(`p${i}`)], [transfer(signers(1, 3)[0]!.account, BigInt(random.below(1_000)))], [people.insert([person(i)]), people.delete(`p${i}`)], [people.insert([person(i, [['age', [1n, 'a', null]]])])],
  ]);
}

function signedAt(sequence: bigint, operations: readonly Operation[]): Uint8Array {
  return transactionToBytes(createTransaction({ chainId: chainId(spec), payer: setup.rich.account, lane: 0, sequence, validUntil: 1_000_000, feeMax: 10_000_000n, gasMax: 2_000_000n, operations }, [setup.rich]));
}

/** Rightly signed, with payloads that no builder makes; or bytes that were a transaction. */
function wrongTransaction(random: Seeded, sequence: bigint): Uint8Array {
  const operations = goodOperations(random);
  const good = signedAt(sequence, operations);
  if (random.below(4) === 0) return mutate(random, good, signedAt(sequence + 1n, goodOperations(random)));
  const other = goodOperations(random)[0] as Operation;
  const twisted = operations.map((operation): Operation => (random.below(3) === 0 ? operation : { ...operation, payload: mutate(random, operation.payload, other.payload), ...(random.below(10) === 0 ? { container: other.container } : {}) }));
  return signedAt(sequence, twisted);
}

describe.each([1, 2, 3])('transactions made wrong, from seed %d', (seed) => {
  test('are refused or fail with codes, and every machine executes the blocks to the same state', async () => {
    const random = createSeededRandom(seed);
    const time = createVirtualTime(START_MS + 50);
    const containers = [createDatabaseContainer()];
    let sequence = 0n;
    const failures: unknown[] = [];
    const refusals = new Set<string>();
    const sent: Uint8Array[] = [];
    const outcomes = new Set<string>();
    const blocks = await makeBlocks(setup, time, BLOCKS, { containers, onFailure: (error) => failures.push(error) }, async (chain, height) => {
      for (let i = 0; i < PER_BLOCK; i++) {
        const bytes = height === 1 && i < 2 ? signedAt(sequence, i === 0 ? [createDatabase('world')] : [people.create([{ name: 'age', unique: false, fields: [{ path: 'age', direction: 1 }] }])]) : wrongTransaction(random, sequence);
        const [verdict] = await chain.submit([bytes]);
        if (verdict?.ok === true && verdict.value.status === 'pooled') {
          sequence++;
          sent.push(verdict.value.id);
        } else if (verdict?.ok === false) refusals.add(verdict.code);
      }
      for (const id of sent.splice(0, height === BLOCKS ? 0 : sent.length - PER_BLOCK)) {
        const status = await chain.status(id);
        outcomes.add('receipt' in status ? status.receipt.code : status.kind);
      }
    });
    expect(failures).toEqual([]);
    expect([...refusals]).toEqual(expect.arrayContaining(['TX_MALFORMED', 'TX_OPERATION']));
    // Some went through, and some failed where only the state could tell.
    expect(outcomes).toContain('');
    expect(outcomes.size).toBeGreaterThan(3);

    const [store, log] = [createMemoryStore(), createMemoryBlockLog()];
    const follower = await openTestChain(setup, time, { store, log, containers });
    for (const block of blocks) expect(await follower.importBlock(block)).toMatchObject({ ok: true });
    await follower.close();
    const replayed = await openTestChain(setup, time, { log, containers });
    expect(toHex((await replayed.stateAt())!.view.root)).toBe(toHex(blocks.at(-1)!.header.stateRoot));
    expect(blocks.some(({ transactions }) => transactions.length > 5)).toBe(true);
    await replayed.close();
  }, 60_000);
});
