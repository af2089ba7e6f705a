import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseDefaults, databaseParamsToBytes } from '@vsys/database';
import { type Chain, type Collection, connect, stampOf, type WritableCollection } from '../src/index.ts';
import { ada, bob, failureOf, startChain, type TestChain } from './support.ts';

interface Note { _id: string; text: string; n: number }

let node: TestChain;
let chain: Chain;
let notes: Collection<Note>;
let writing: WritableCollection<Note>;

beforeAll(async () => {
  node = await startChain({ database: databaseParamsToBytes({ ...databaseDefaults, depositPerByte: 10n, depositPerKey: 1_000n }) });
  chain = await connect(node.url);
  notes = await chain.db('world').collection<Note>('notes', { index: ['n', { fields: { text: 1 }, unique: true }] }).ensure(ada);
  writing = notes.as(ada);
});

afterAll(async () => {
  chain?.close();
  await node?.[Symbol.asyncDispose]();
});

/** Lets blocks pass until something is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let blocks = 0; !(await isSo()); blocks++) {
    if (blocks > 120) throw new RangeError('it is not so after 120 blocks');
    await node.moveOn(1);
    await chain.follow();
  }
}

describe('what is stored', () => {
  it('takes a deposit that the estimate tells, and gives it back', async () => {
    const document = { _id: 'a', text: 'hello', n: 1 };
    const estimate = await writing.estimate([{ insertOne: { document } }]);
    expect(estimate.depositMax).toBeGreaterThan(3_000n);
    const before = await chain.balance(ada);
    const { feePaid } = await writing.insertOne(document);
    const held = before - feePaid - await chain.balance(ada);
    expect(held).toBe(estimate.depositMax);
    // Of a change the estimate is a bound.
    const change = await writing.estimate([{ updateOne: { filter: { _id: 'a' }, update: { $set: { text: 'hello, all of you' } } } }]);
    const changed = await writing.updateOne({ _id: 'a' }, { $set: { text: 'hello, all of you' } });
    const more = before - feePaid - changed.feePaid - held - await chain.balance(ada);
    expect(more > 0n && more <= change.depositMax).toBe(true);
    const gone = await writing.deleteOne({ _id: 'a' });
    expect(await chain.balance(ada)).toBe(before - feePaid - changed.feePaid - gone.feePaid);
  });

  it('is told with its quota, and refused past it', async () => {
    await writing.insertMany([{ _id: 'q1', text: 'one', n: 1 }, { _id: 'q2', text: 'two', n: 2 }]);
    await writing.setQuota({ documents: 2, bytes: 1_000n });
    expect(await notes.stats()).toMatchObject({ documents: 2n, quota: { documents: 2n, bytes: 1_000n } });
    expect(await failureOf(writing.insertOne({ _id: 'q3', text: 'three', n: 3 }))).toMatchObject({ code: 'DB_QUOTA' });
    await writing.setQuota({});
    await chain.db('world').setQuota(ada, { documents: 1 });
    const world = chain.db({ owner: ada.address, name: 'world' });
    expect(await world.stats()).toMatchObject({ collections: 1n, documents: 2n, quota: { documents: 1n } });
    expect(await failureOf(writing.insertOne({ _id: 'q3', text: 'three', n: 3 }))).toMatchObject({ code: 'DB_QUOTA' });
    await world.setQuota(ada, {});
    expect(await failureOf(writing.setQuota({ bytes: 1.5 }))).toMatchObject({ code: 'CLIENT_UPDATE' });
    await writing.deleteMany({});
  });
});

describe('a document that goes', () => {
  it('is there until its block, and gone after it, whatever wrote it', async () => {
    await writing.insertOne({ _id: 'short', text: 'short', n: 1 }, { ttl: 60 });
    await writing.insertMany([{ _id: 'm1', text: 'm1', n: 1 }, { _id: 'm2', text: 'm2', n: 2 }], { ttl: 60 });
    await writing.insertOne({ _id: 'stays', text: 'stays', n: 1 });
    const { upsertedId } = await writing.updateOne({ _id: 'made' }, { $set: { text: 'made' } }, { upsert: true, ttl: 60 });
    expect(upsertedId).toBe('made');
    // What lets it go is no change of it.
    expect(stampOf(await notes.findOne({ _id: 'short' }) as object)?.version).toBe(stampOf(await notes.findOne({ _id: 'stays' }) as object)?.version);
    await until(async () => (await notes.countDocuments()) === 1);
    expect((await notes.find({}).toArray()).map(({ _id }) => _id)).toEqual(['stays']);
    expect(await failureOf(writing.insertOne({ _id: 'x', text: 'x', n: 1 }, { expiresAt: 1 }))).toMatchObject({ code: 'DB_EXPIRES' });
    expect(await failureOf(writing.insertOne({ _id: 'x', text: 'x', n: 1 }, { expiresAt: 1, ttl: 1 }))).toMatchObject({ code: 'CLIENT_UPDATE' });
  });

  it('goes some blocks after its last change, where the collection says so', async () => {
    await writing.setTtl(10);
    expect(await notes.stats()).toMatchObject({ ttl: 10 });
    await writing.insertOne({ _id: 'cached', text: 'cached', n: 1 });
    await until(async () => (await notes.findOne({ _id: 'cached' })) === null);
    expect(await notes.findOne({ _id: 'stays' })).not.toBeNull();
    await writing.setTtl(0);
  });
});

describe('what is to happen once', () => {
  it('happens once, and the second write tells what did it', async () => {
    const first = await writing.insertOne({ _id: 'o1', text: 'o1', n: 1 }, { once: 'order-1' });
    const again = await failureOf(writing.insertOne({ _id: 'o2', text: 'o2', n: 1 }, { once: 'order-1' }));
    expect(again).toMatchObject({ code: 'DB_REPEATED', data: { first: { transaction: first.transactions[0], height: first.block.height } } });
    expect(await notes.findOne({ _id: 'o2' })).toBeNull();
    // A write that failed leaves the name free; a transfer has a name too.
    expect(await failureOf(writing.insertOne({ _id: 'o1', text: 'other', n: 1 }, { once: 'order-2' }))).toMatchObject({ code: 'DB_DUPLICATE' });
    await chain.transfer(ada, bob.account, 5n, { once: 'order-2' });
    expect(await failureOf(chain.transfer(ada, bob.account, 5n, { once: 'order-2' }))).toMatchObject({ code: 'DB_REPEATED' });
  });
});

describe('a drop', () => {
  it('takes a collection or a database at once, frees the name, and gives deposits back', async () => {
    const held = async (): Promise<bigint> => (await chain.balance(ada));
    await writing.deleteMany({});
    const before = await held();
    const { feePaid } = await writing.insertMany(Array.from({ length: 40 }, (_, i) => ({ _id: `d${i}`, text: `text ${i}`, n: i })));
    const dropped = await writing.drop();
    expect(await failureOf(notes.findOne({}))).toMatchObject({ code: 'QUERY_NO_COLLECTION' });
    await until(async () => (await held()) === before - feePaid - dropped.feePaid);
    const made = await chain.db('world').collection<Note>('notes').ensure(ada);
    expect(await made.countDocuments()).toBe(0);
    await made.as(ada).insertOne({ _id: 'd1', text: 'new', n: 1 });
    expect(stampOf(await made.findOne({ _id: 'd1' }) as object)?.version).toBe((1n << 40n) + 1n);
    await chain.db('world').drop(ada);
    expect(await failureOf(made.findOne({}))).toMatchObject({ code: 'QUERY_NO_COLLECTION' });
    expect(await failureOf(chain.db({ owner: ada.address, name: 'world' }).stats())).toMatchObject({ code: 'QUERY_NO_COLLECTION' });
    expect(await failureOf(chain.db('world').drop(bob))).toMatchObject({ code: 'DB_NO_DATABASE' });
  });
});
