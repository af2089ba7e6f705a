import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Chain, type Collection, connect, Decimal128, mongoCode, ObjectId, stampOf, Uuid, type WritableCollection } from '../src/index.ts';
import { ada, bob, failureOf, startChain, type TestChain } from './support.ts';

interface Person { _id: string; name: string; age: number; tags?: string[] }

let node: TestChain;
let chain: Chain;
let people: Collection<Person>;
let writing: WritableCollection<Person>;

beforeAll(async () => {
  node = await startChain();
  chain = await connect(node.url);
  people = await chain.db('world').collection<Person>('people', { index: ['age', { fields: { name: 1 }, unique: true }] }).ensure(ada);
  writing = people.as(ada);
  await writing.insertMany(Array.from({ length: 30 }, (_, i) => ({ _id: `p${String(i).padStart(2, '0')}`, name: `name ${i}`, age: i % 5, tags: i % 2 === 0 ? ['even'] : ['odd', 'x'] })));
});

afterAll(async () => {
  chain?.close();
  await node?.[Symbol.asyncDispose]();
});

describe('a collection', () => {
  it('is made once by ensure, and found again by owner and name', async () => {
    const before = await chain.balance(ada);
    await chain.db('world').collection('people', { index: ['age'] }).ensure(ada);
    expect(await chain.balance(ada)).toBe(before);
    const others = chain.db({ owner: ada.address, name: 'world' }).collection<Person>('people');
    expect(await others.countDocuments()).toBe(30);
    expect(await failureOf(chain.db('world').collection('people').find().toArray())).toMatchObject({ code: 'CLIENT_OWNER' });
    expect(await failureOf(chain.db({ owner: bob.address, name: 'world' }).collection('people').find().toArray())).toMatchObject({ code: 'QUERY_NO_COLLECTION' });
    expect(await failureOf(chain.db('world').collection('people', { index: [{ fields: { name: -1 }, name: 'age_1' }] }).ensure(ada))).toMatchObject({ code: 'CLIENT_INDEX' });
    await chain.db('world').collection('people', { index: ['age', 'height'] }).ensure(ada);
  });

  it('holds everybody to its schema where ensure gave it to the chain, once', async () => {
    const schema = { text: 'string', done: 'boolean' } as const;
    const held = await chain.db('world').collection('held', { schema, enforce: true }).ensure(ada);
    const before = await chain.balance(ada);
    await chain.db('world').collection('held', { schema, enforce: true }).ensure(ada);
    expect(await chain.balance(ada)).toBe(before);
    await held.as(ada).insertOne({ text: 'x', done: false });
    const careless = chain.db({ owner: ada.address, name: 'world' }).collection<{ text: number }>('held').as(ada);
    const failed = await failureOf(Promise.resolve(careless.insertOne({ text: 5 })));
    expect(failed).toMatchObject({ code: 'DB_VALIDATION' });
    expect(mongoCode(failed as never)).toBe(121);
    await chain.db('world').collection('held', { schema: { text: 'number' }, enforce: true }).ensure(ada);
    await careless.insertOne({ text: 5 });
    expect(await held.countDocuments()).toBe(2);
  });

  it('is made once when several ensure it at the same time', async () => {
    const made = await Promise.all([1, 2, 3].map(() => chain.db('raced').collection('one', { index: ['n'] }).ensure(bob)));
    expect(await Promise.all(made.map((one) => one.countDocuments()))).toEqual([0, 0, 0]);
  });

  it('answers along an index with proofs, its block, and the version of each document', async () => {
    const young = await people.find({ age: { $lt: 2 } }).sort({ age: -1 }).limit(7).toArray();
    expect(young.map(({ age }) => age)).toEqual([1, 1, 1, 1, 1, 1, 0]);
    expect(young.proof).toBe('proven');
    expect(young.block.id).toMatch(/^[0-9a-f]{64}$/);
    expect(stampOf(young[0] as object)).toMatchObject({ version: 1n, proof: 'proven', block: young.block });
    expect(await people.findOne({ _id: 'p07' })).toEqual({ _id: 'p07', name: 'name 7', age: 2, tags: ['odd', 'x'] });
    expect(await people.findOne({ _id: 'nobody' })).toBeNull();
    expect(await people.count({ age: 3 })).toMatchObject({ count: 6, proof: 'proven' });
  });

  it('chooses what no index answers out of proven rows, with the whole filter', async () => {
    expect((await people.find({ age: 1, name: /^name (1|11)$/ }).toArray()).map(({ _id }) => _id)).toEqual(['p01', 'p11']);
    expect((await people.find({ $or: [{ _id: 'p03' }, { name: 'name 9' }] }).sort({ name: -1 }).toArray()).map(({ _id }) => _id)).toEqual(['p09', 'p03']);
    expect((await people.find({ tags: 'x', age: { $gte: 3, $ne: 4 } }).sort({ name: 1 }).skip(1).limit(1).toArray()).map(({ name }) => name)).toEqual(['name 23']);
    expect(await people.countDocuments({ tags: { $in: ['even'] } })).toBe(15);
    expect(await failureOf(people.find({ name: /9/ }, { scanMax: 10 }).toArray())).toMatchObject({ code: 'CLIENT_SCAN_MAX' });
    expect(await failureOf(people.find({ $where: '1' } as never).toArray())).toMatchObject({ code: 'QUERY_MALFORMED' });
  });

  it('reads page after page at one block while it is written to', async () => {
    const cursor = people.find({}).batchSize(4);
    const ids: string[] = [];
    for await (const { _id } of cursor) {
      ids.push(_id);
      if (ids.length === 5) await writing.insertOne({ _id: 'p99', name: 'late', age: 99 });
    }
    expect(ids).toHaveLength(30);
    expect(await people.countDocuments()).toBe(31);
    expect(await people.countDocuments({}, { asOf: cursor.block?.height })).toBe(30);
    await writing.deleteOne({ _id: 'p99' });
    expect(await failureOf(cursor.toArray())).toMatchObject({ code: 'CLIENT_CURSOR' });
  });

  it('says claimed where the node was taken at its word', async () => {
    const rows = await people.find({ age: 2 }, { verify: false }).limit(3).toArray();
    expect(rows).toHaveLength(3);
    expect(rows.proof).toBe('claimed');
    expect(rows[0]).toEqual(await people.findOne({ _id: rows[0]?._id as string }));
  });

  it('says stale of a head that is older than what was seen, or old by the clock', async () => {
    const fresh = await people.find({ age: 2 }).toArray();
    expect(fresh.proof).toBe('proven');
    const nowMs = Date.now;
    Date.now = () => nowMs() + 10 * 60_000;
    try {
      const cursor = people.find({ age: 2 });
      await cursor.toArray();
      expect(cursor.proof).toBe('stale');
    } finally {
      Date.now = nowMs;
    }
  });
});

describe('writes', () => {
  it('change what they match, by id, by filter and with MongoDB\'s operators', async () => {
    expect(await writing.updateOne({ _id: 'p00' }, { $set: { age: 50 }, $push: { tags: 'new' } })).toMatchObject({ matchedCount: 1 });
    expect(await people.findOne({ age: 50 })).toMatchObject({ _id: 'p00', tags: ['even', 'new'] });
    expect(await writing.updateMany({ age: 4 }, { $inc: { age: 10 } })).toMatchObject({ matchedCount: 6 });
    expect(await people.countDocuments({ age: 14 })).toBe(6);
    expect(await writing.replaceOne({ name: 'name 2' }, { name: 'two', age: 2 })).toMatchObject({ matchedCount: 1 });
    expect(await people.findOne({ _id: 'p02' })).toEqual({ _id: 'p02', name: 'two', age: 2 });
    expect(await writing.deleteOne({ name: 'two' })).toMatchObject({ deletedCount: 1 });
    expect(await writing.deleteMany({ age: 14 })).toMatchObject({ deletedCount: 6 });
    const nothing = await writing.updateOne({ _id: 'nobody' }, { $set: { age: 1 } });
    expect(nothing).toMatchObject({ matchedCount: 0, transactions: [], feePaid: 0n });
  });

  it('upsert: from the filter and what the update sets on insert', async () => {
    const made = await writing.updateOne({ _id: 'new', name: 'made' }, { $set: { age: 70 } }, { upsert: true });
    expect(made).toMatchObject({ matchedCount: 0, upsertedId: 'new' });
    expect(await people.findOne({ _id: 'new' })).toEqual({ _id: 'new', name: 'made', age: 70 });
    expect(await writing.updateOne({ _id: 'new' }, { $inc: { age: 1 } }, { upsert: true })).toMatchObject({ matchedCount: 1 });
    expect(await writing.replaceOne({ _id: 'other' }, { name: 'other', age: 3 }, { upsert: true })).toMatchObject({ upsertedId: 'other' });
    await writing.deleteMany({ name: { $in: ['made', 'other'] } });
  });

  it('are refused with codes of ours and numbers of MongoDB', async () => {
    const twice = writing.insertOne({ _id: 'p01', name: 'again', age: 1 });
    expect(await twice.pooled()).toMatchObject({ insertedId: 'p01', transactions: [expect.stringMatching(/^[0-9a-f]{64}$/)] });
    const error: unknown = await twice.included().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'DB_DUPLICATE', name: 'TransactionFailed', remedy: expect.any(String) });
    expect(mongoCode(error)).toBe(11_000);
    expect(mongoCode(await failureOf(people.as(bob).insertOne({ _id: 'b', name: 'b', age: 1 })))).toBe(13);
    expect(mongoCode(await failureOf(writing.updateOne({ _id: 'p03' }, { $inc: { age: 1 } }, { ifVersion: 9n })))).toBe(112);
    expect(await failureOf(writing.updateOne({ _id: 'p03' }, { age: 1 } as object))).toMatchObject({ code: 'CLIENT_UPDATE' });
    expect(await failureOf(writing.insertOne({ _id: 'x', name: 'x', age: 1 }, { feeMax: 10n }))).toMatchObject({ code: 'CLIENT_FEE_MAX' });
    expect(mongoCode(new RangeError('another'))).toBeUndefined();
  });

  it('of one wallet at the same time do not collide, and come in their order', async () => {
    const counter = await chain.db('counters').collection<{ _id: string; n: number }>('one').ensure(ada);
    const counting = counter.as(ada);
    await counting.insertOne({ _id: 'n', n: 0 });
    const other = await connect(node.url, { chainId: chain.chainId });
    const otherCounting = other.db({ owner: ada.address, name: 'counters' }).collection<{ _id: string; n: number }>('one').as(ada);
    await Promise.all(Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? otherCounting : counting).updateOne({ _id: 'n' }, { $inc: { n: 1 } })));
    expect(await counter.findOne({ _id: 'n' })).toEqual({ _id: 'n', n: 40 });
    // On the condition that it is as it was read: a loser reads again.
    await Promise.all(Array.from({ length: 3 }, () => counting.updateOne({ n: { $gte: 40 } }, { $inc: { n: 1 } })));
    expect(await counter.findOne({ _id: 'n' })).toEqual({ _id: 'n', n: 43 });
    other.close();
  });

  it('tell what they may cost before they are sent, and what they did cost', async () => {
    const estimate = await writing.estimate([{ insertOne: { document: { _id: 'e', name: 'e', age: 1 } } }]);
    const before = await chain.balance(ada);
    const { feePaid } = await writing.insertOne({ _id: 'e', name: 'e', age: 1 });
    expect(feePaid).toBeGreaterThan(0n);
    expect(feePaid).toBeLessThanOrEqual(estimate.feeMax);
    expect(before - await chain.balance(ada)).toBe(feePaid);
    await writing.deleteOne({ _id: 'e' });
  });

  it('are pooled, included, safe and final, in time or with a reason', async () => {
    const write = writing.insertOne({ _id: 'stages', name: 'stages', age: 1 });
    const { transactions: [id] } = await write.pooled();
    expect((await write.included()).transactions).toEqual([id]);
    const final = await write.final({ timeoutMs: 20_000 });
    expect(await chain.call('tx_status', { id: id as string })).toMatchObject({ kind: 'final', height: final.block.height });
    await node.halt();
    const waiting = writing.deleteOne({ _id: 'stages' });
    await waiting.pooled();
    expect(await failureOf(waiting.included({ timeoutMs: 50 }))).toMatchObject({ code: 'CLIENT_TIMEOUT' });
    const stop = new AbortController();
    const stopped = waiting.final({ signal: stop.signal });
    stop.abort(new RangeError('enough'));
    await expect(stopped).rejects.toThrow('enough');
    await node.go();
    expect(await waiting).toMatchObject({ deletedCount: 1 });
  });

  it('of several kinds are one transaction, or none', async () => {
    const done = await writing.bulkWrite([
      { insertOne: { document: { _id: 'b1', name: 'b1', age: 1 } } }, { updateOne: { filter: { _id: 'p05' }, update: { $set: { age: 60 } } } },
      { replaceOne: { filter: { _id: 'p06' }, replacement: { _id: 'p06', name: 'six', age: 6 } } }, { deleteOne: { filter: { _id: 'p07' } } }, { updateOne: { filter: { _id: 'b2' }, update: { $set: { name: 'b2', age: 2 } }, upsert: true } },
    ]);
    expect(done).toMatchObject({ insertedCount: 1, matchedCount: 2, deletedCount: 1, upsertedCount: 1 });
    expect(done.transactions).toHaveLength(1);
    const count = await people.countDocuments();
    expect(await failureOf(writing.bulkWrite([{ insertOne: { document: { _id: 'b3', name: 'b3', age: 1 } } }, { insertOne: { document: { _id: 'b1', name: 'b1 again', age: 1 } } }]))).toMatchObject({ code: 'DB_DUPLICATE' });
    expect(await people.countDocuments()).toBe(count);
  });

  it('of many collections are one transaction', async () => {
    interface Account { _id: string; coins: bigint }
    const accounts = await chain.db('bank').collection<Account>('accounts').ensure(ada);
    const ledger = await chain.db('bank').collection<{ from: string; coins: bigint }>('ledger').ensure(ada);
    await accounts.as(ada).insertMany([{ _id: 'a', coins: 100n }, { _id: 'b', coins: 0n }]);
    const pay = (coins: bigint) => chain.withTransaction(ada, async (session) => {
      const from = await accounts.in(session).findOne({ _id: 'a' });
      if (from === null || from.coins < coins) throw new RangeError('too poor');
      await accounts.in(session).updateOne({ _id: 'a', coins: from.coins }, { $inc: { coins: -coins } });
      await accounts.in(session).updateOne({ _id: 'b' }, { $inc: { coins } });
      await ledger.in(session).insertOne({ from: 'a', coins });
      return from.coins - coins;
    });
    expect(await pay(30n)).toMatchObject({ value: 70n, transactions: [expect.any(String)] });
    // Both read the same; the second one meets the first and runs again.
    await Promise.all([pay(20n), pay(20n)]);
    expect(await accounts.find({}).toArray()).toEqual([{ _id: 'a', coins: 30n }, { _id: 'b', coins: 70n }]);
    await expect(pay(31n)).rejects.toThrow('too poor');
    expect(await ledger.countDocuments()).toBe(3);
  });

  it('keep every value as it is', async () => {
    const values = await chain.db('values').collection('all').ensure(ada);
    const document = {
      _id: new ObjectId(), long: 2n ** 63n - 1n, below: -(2n ** 63n), int: -7, double: 1.5, zero: -0, big: 2 ** 40, text: 'é\u{1f600}', yes: true, nothing: null, at: new Date(-5), bytes: Uint8Array.of(0, 255),
      uuid: new Uuid(), decimal: new Decimal128('12.50'), list: [1, 'a', [2n]], inside: { deep: { er: 1n } },
    };
    await values.as(ada).insertOne(document);
    expect(await values.findOne({ _id: document._id })).toEqual(document);
    expect(await values.findOne({ long: 2n ** 63n - 1n, 'inside.deep.er': 1 })).toEqual(document);
    const { insertedId } = await values.as(ada).insertOne({ a: 1, left: undefined });
    expect(insertedId).toBeInstanceOf(ObjectId);
    expect(await values.findOne({ _id: insertedId })).toEqual({ _id: insertedId, a: 1 });
    for (const wrong of [{ a: 2n ** 63n }, { a: () => 1 }, { a: Symbol('a') }, { a: new Date(Number.NaN) }, { a: new Set() }]) expect(await failureOf(values.as(ada).insertOne(wrong))).toMatchObject({ code: 'CLIENT_VALUE' });
  });
});
