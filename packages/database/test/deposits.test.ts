import { describe, expect, test } from '@jest/globals';
import { equalBytes, toHex } from '@vsys/primitives';
import { type Document, int32, type Value } from '@vsys/data-format/value';
import fc from 'fast-check';
import { changeShares, type DepositShare, endShares } from '../src/deposit-shares.ts';
import { sharesOf } from '../src/deposits.ts';
import { DEPOSITS_ACCOUNT } from '../src/index.ts';
import { documentFromRecord, documentKey, documentPrefix } from '../src/layout.ts';
import { idKeyOf } from '../src/id-key.ts';
import { collectionOps, createDatabase, type DatabaseCall, databaseId, dropDatabase } from '../src/ops.ts';
import { databaseLimits } from '../src/payload-checks.ts';
import { systemKey } from '../src/system-keys.ts';
import { ada, type Bench, bob, createBench, eve } from './harness.ts';

const world = databaseId(ada, 'world');
const [pages, notes] = [collectionOps(world, 'pages'), collectionOps(world, 'notes')];
const rates = { depositPerByte: 3n, depositPerKey: 100n };
const indexes = [{ name: 'size', unique: false, fields: [{ path: 'size', direction: 1 as const }] }, { name: 'tag', unique: true, fields: [{ path: 'tag', direction: -1 as const }] }];
const page = (id: number, text: string, more: Record<string, Value> = {}): Document => new Map<string, Value>([['_id', int32(id)], ['text', text], ['size', int32(text.length)], ['tag', `t${id}`], ...Object.entries(more)]);
const people = [ada, bob, eve, ...Array.from({ length: 9 }, (_, i) => new Uint8Array(20).fill(10 + i))];

function documentsOf(bench: Bench, collection: string): ReturnType<typeof documentFromRecord>[] {
  return [...bench.state].filter(([key]) => key.startsWith(toHex(documentPrefix(world, collection)))).map(([, record]) => documentFromRecord(record));
}

/** By the definition: all keys and values of a document and its entries, as they stand in the state. */
function dueOf(bench: Bench, collection: string, id: number): bigint {
  const idKey = idKeyOf(int32(id));
  if (!idKey.ok) throw idKey;
  const prefix = documentPrefix(world, collection);
  const key = toHex(documentKey(prefix, idKey.value));
  const record = bench.state.get(key);
  if (record === undefined) return 0n;
  const entryStart = toHex(prefix).replace(/03(........)$/, '04$1');
  const entries = [...bench.state].filter(([name, value]) => name.startsWith(entryStart) && equalBytes(value, idKey.value));
  const bson = record.length - 16 - new DataView(record.buffer, record.byteOffset).getUint32(16, true);
  const bytes = key.length / 2 + bson + entries.reduce((sum, [name, value]) => sum + name.length / 2 + value.length, 0);
  return BigInt(bytes) * rates.depositPerByte + BigInt(1 + entries.length) * rates.depositPerKey;
}

const heldByMeta = (bench: Bench): Map<string, bigint> => {
  const held = new Map<string, bigint>();
  for (const { meta } of [...documentsOf(bench, 'pages'), ...documentsOf(bench, 'notes')]) for (const { payer, units } of sharesOf(meta)) held.set(toHex(payer), (held.get(toHex(payer)) ?? 0n) + units);
  return held;
};
const workIsLeft = (bench: Bench): boolean => bench.state.has(toHex(systemKey('work')));
const systemKeys = (bench: Bench): string[] => [...bench.state.keys()].filter((key) => key.startsWith(toHex(systemKey('work')).slice(0, -2)) && key !== toHex(systemKey('params')));

function filled(unitsOf: (i: number) => bigint = () => 1_000_000n): Bench {
  const bench = createBench({ params: rates, balances: people.map((one, i) => [one, unitsOf(i)]) });
  expect(bench.run([createDatabase('world'), pages.create(indexes), notes.create()])).toMatchObject({ ok: true });
  return bench;
}

describe('shares in the deposit of a document', () => {
  const share = fc.record({ payer: fc.constantFrom(...people), units: fc.bigInt(1n, 50n) });
  const sharesOfAny = fc.uniqueArray(share, { maxLength: databaseLimits.depositSharesMax, selector: ({ payer }) => toHex(payer) });
  const sum = (shares: readonly { readonly units: bigint }[]): bigint => shares.reduce((all, { units }) => all + units, 0n);

  test('what is paid and given back is what the shares change by, and nobody is in them twice', () => {
    fc.assert(fc.property(sharesOfAny, fc.bigInt(-300n, 300n), fc.constantFrom(...people), (shares, units, writer) => {
      const { shares: after, moves } = changeShares(shares, units, writer);
      expect(sum(after) - sum(shares)).toBe(sum(moves));
      expect(sum(moves)).toBe(units < -sum(shares) ? -sum(shares) : units);
      expect(new Set(after.map(({ payer }) => toHex(payer))).size).toBe(after.length);
      expect(after.length).toBeLessThanOrEqual(databaseLimits.depositSharesMax);
      expect(after.every((one) => one.units > 0n)).toBe(true);
      // Nobody but the writer pays, and who shrinks a document earns nothing by it.
      expect(moves.every((move) => move.units < 0n || equalBytes(move.account, writer))).toBe(true);
      // Everyone's share changes by what they paid or had back.
      for (const person of people) {
        const of = (list: readonly DepositShare[]): bigint => sum(list.filter(({ payer }) => equalBytes(payer, person)));
        expect(of(after) - of(shares)).toBe(sum(moves.filter(({ account }) => equalBytes(account, person))));
      }
      expect(sum(endShares(after))).toBe(-sum(after));
    }), { numRuns: 400 });
  });

  test('go back to who came last first, and a newcomer takes over the last of a full list', () => {
    const shares = [{ payer: ada, units: 10n }, { payer: bob, units: 5n }];
    expect(changeShares(shares, -7n, ada)).toEqual({ shares: [{ payer: ada, units: 8n }], moves: [{ account: bob, units: -5n }, { account: ada, units: -2n }] });
    expect(changeShares(shares, 4n, ada).shares).toEqual([{ payer: ada, units: 14n }, { payer: bob, units: 5n }]);
    const full = people.slice(0, databaseLimits.depositSharesMax).map((payer) => ({ payer, units: 6n }));
    const newcomer = people[databaseLimits.depositSharesMax] as Uint8Array;
    const taken = changeShares(full, 1n, newcomer);
    expect(taken.shares).toHaveLength(databaseLimits.depositSharesMax);
    expect(taken.shares.at(-1)).toEqual({ payer: newcomer, units: 7n });
    expect(taken.moves).toEqual([{ account: newcomer, units: 7n }, { account: people[databaseLimits.depositSharesMax - 1], units: -6n }]);
  });
});

describe('a deposit', () => {
  test('is held for the bytes and keys of a document and its entries, and comes back to who paid', () => {
    const bench = filled();
    expect(bench.run([pages.insert([page(1, 'hello')])], { payer: bob })).toMatchObject({ ok: true });
    const due = dueOf(bench, 'pages', 1);
    expect(due).toBeGreaterThan(3n * 100n);
    expect([bench.balance(bob), bench.balance(DEPOSITS_ACCOUNT), bench.balance(ada)]).toEqual([1_000_000n - due, due, 1_000_000n]);
    expect(bench.run([pages.delete(int32(1))], { payer: eve })).toMatchObject({ ok: true });
    expect([bench.balance(bob), bench.balance(eve), bench.balance(DEPOSITS_ACCOUNT)]).toEqual([1_000_000n, 1_000_000n, 0n]);
    expect(systemKeys(bench)).toEqual([]);
  });

  test('of what several wrote is shared: each pays for what they add, and has it back when that goes', () => {
    const bench = filled();
    bench.run([pages.insert([page(1, 'short')])], { payer: ada });
    const first = dueOf(bench, 'pages', 1);
    bench.run([pages.replace(page(1, `short${'x'.repeat(50)}`))], { payer: bob });
    expect([bench.balance(ada), bench.balance(bob)]).toEqual([1_000_000n - first, 1_000_000n - 150n]);
    // Undone by another, who earns nothing: the vandal's own comes back.
    bench.run([pages.replace(page(1, 'short'))], { payer: eve });
    expect([bench.balance(ada), bench.balance(bob), bench.balance(eve)]).toEqual([1_000_000n - first, 1_000_000n, 1_000_000n]);
    expect(documentsOf(bench, 'pages')[0]?.meta).toEqual({ payer: ada, deposit: first });
  });

  test('that cannot be paid refuses the change, and says what is missing', () => {
    const bench = createBench({ params: rates, balances: [[bob, 500n]] });
    bench.run([createDatabase('world'), pages.create(indexes)]);
    const before = new Map(bench.state);
    const refused = bench.run([pages.insert([page(1, 'hello')])], { payer: bob });
    expect(refused).toMatchObject({ ok: false, code: 'DB_DEPOSIT', data: { holds: 500n } });
    expect(bench.state).toEqual(before);
    const { needs, missing } = (refused as unknown as { data: { needs: bigint; missing: bigint } }).data;
    expect(needs - missing).toBe(500n);
    // At the limit, and one below.
    for (const [units, ok] of [[needs - 1n, false], [needs, true]] as const) {
      const other = createBench({ params: rates, balances: [[bob, units]] });
      other.run([createDatabase('world'), pages.create(indexes)]);
      expect(other.run([pages.insert([page(1, 'hello')])], { payer: bob }).ok).toBe(ok);
      expect(other.balance(bob)).toBe(ok ? 0n : units);
    }
  });

  test('a chain that asks for none holds none', () => {
    const bench = createBench();
    expect(bench.run([createDatabase('world'), pages.create(indexes), pages.insert([page(1, 'hello')]), pages.drop()])).toMatchObject({ ok: true });
    expect(systemKeys(bench)).toEqual([]);
  });
});

describe('what is dropped', () => {
  test('gives the deposits back to all that paid, a bounded number in each block, whatever takes its name meanwhile', () => {
    const crowd = Array.from({ length: 900 }, (_, i) => { const one = new Uint8Array(20).fill(200); one[0] = i >> 8; one[1] = i & 255; return one; });
    const rich = createBench({ params: rates, balances: [...crowd, ada].map((one) => [one, 100_000n]) });
    rich.run([createDatabase('world'), pages.create(indexes), notes.create()]);
    for (const one of crowd) expect(rich.run([pages.insert([page((one[0]! << 8) + one[1]!, 'x')])], { payer: one })).toMatchObject({ ok: true });
    const dropped = rich.run([pages.drop(), pages.create(), pages.insert([page(1, 'again')])]);
    expect(dropped).toMatchObject({ ok: true });
    const back = (): number => crowd.filter((one) => rich.balance(one) === 100_000n).length;
    let blocks = 0;
    for (let before = 0; workIsLeft(rich); before = back()) {
      rich.end(++blocks);
      expect(back() - before).toBeLessThanOrEqual(400);
    }
    expect(blocks).toBeGreaterThan(1);
    expect(back()).toBe(900);
    expect(rich.balance(DEPOSITS_ACCOUNT)).toBe(dueOf(rich, 'pages', 1));
    // And the database with what is in it now.
    expect(rich.run([notes.insert([page(1, 'note')])], { payer: crowd[5]! })).toMatchObject({ ok: true });
    expect(rich.run([dropDatabase(world), createDatabase('world'), notes.create(), notes.insert([page(2, 'new')])])).toMatchObject({ ok: true });
    while (workIsLeft(rich)) rich.end(++blocks);
    expect([rich.balance(crowd[5]!), rich.balance(DEPOSITS_ACCOUNT)]).toEqual([100_000n, dueOf(rich, 'notes', 2)]);
    expect(rich.run([dropDatabase(world)])).toMatchObject({ ok: true });
    while (workIsLeft(rich)) rich.end(++blocks);
    expect([rich.balance(ada), rich.balance(DEPOSITS_ACCOUNT)]).toEqual([100_000n, 0n]);
    expect(systemKeys(rich)).toEqual([]);
  });
});

test('coins are never made or lost, and all that is held is what documents say', () => {
  const text = fc.nat({ max: 60 }).map((length) => 'y'.repeat(length));
  const id = fc.integer({ min: 1, max: 4 });
  const collection = fc.constantFrom(pages, notes);
  const callOf: fc.Arbitrary<readonly DatabaseCall[]> = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(collection, id, text).map(([on, one, words]) => [on.upsert(page(one, words))]) },
    { weight: 2, arbitrary: fc.tuple(collection, id, text).map(([on, one, words]) => [on.insert([page(one, words)])]) },
    { weight: 3, arbitrary: fc.tuple(collection, id, text).map(([on, one, words]) => [on.patch(int32(one), { set: new Map<string, Value>([['text', words], ['size', int32(words.length)]]) })]) },
    { weight: 2, arbitrary: fc.tuple(collection, id).map(([on, one]) => [on.delete(int32(one))]) },
    { weight: 1, arbitrary: fc.tuple(collection, id).map(([on, one]) => [on.expire([int32(one)], 40)]) },
    { weight: 1, arbitrary: collection.map((on) => [on.drop(), on.create(indexes)]) },
    { weight: 1, arbitrary: fc.constant([dropDatabase(world), createDatabase('world'), pages.create(indexes), notes.create()]) },
  );
  const done: Record<string, number> = {};
  fc.assert(fc.property(fc.array(fc.record({ calls: callOf, payer: fc.constantFrom(...people) }), { minLength: 5, maxLength: 40 }), (steps) => {
    // Some cannot pay for much.
    const unitsOf = (i: number): bigint => BigInt(400 + 300 * i);
    const bench = filled(unitsOf);
    const everyone = [...people, DEPOSITS_ACCOUNT];
    const total = everyone.reduce((sum, one) => sum + bench.balance(one), 0n);
    for (const [i, { calls, payer }] of steps.entries()) {
      const height = i + 2;
      const ran = bench.run(calls, { payer, height });
      done[ran.ok ? 'ok' : ran.code] = (done[ran.ok ? 'ok' : ran.code] ?? 0) + 1;
      expect(everyone.reduce((sum, one) => sum + bench.balance(one), 0n)).toBe(total);
      bench.end(height);
      const held = heldByMeta(bench);
      expect(bench.balance(DEPOSITS_ACCOUNT)).toBe([...held.values()].reduce((sum, units) => sum + units, 0n));
      for (const [at, one] of people.entries()) expect(bench.balance(one)).toBe(unitsOf(at) - (held.get(toHex(one)) ?? 0n));
      for (const where of ['pages', 'notes']) {
        for (const { document, meta } of documentsOf(bench, where)) expect(meta.deposit ?? 0n).toBe(dueOf(bench, where, (document.get('_id') as { value: number }).value));
      }
    }
  }), { numRuns: 60 });
  expect(done.ok).toBeGreaterThan(200);
  expect(done.DB_DEPOSIT).toBeGreaterThan(5);
}, 60_000);
