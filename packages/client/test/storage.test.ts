import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { databaseDefaults, DEPOSITS_ACCOUNT, databaseParamsToBytes } from '@vsys/database';
import { type Chain, type Collection, connect, stampOf, type WritableCollection } from '../src/index.ts';
import { ada, bob, failureOf, seats, startChain, type TestChain } from './support.ts';

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

describe('a reorganisation', () => {
  it('brings back what was dropped, what had gone, the coins that were given back and the names that were used', async () => {
    const database = databaseParamsToBytes({ ...databaseDefaults, depositPerByte: 10n, depositPerKey: 1_000n });
    await using base = await startChain({ database });
    using setup = await connect(base.url);
    const made = await setup.db('world').collection<Note>('notes', { index: ['n'] }).ensure(ada);
    await made.as(ada).insertMany(Array.from({ length: 25 }, (_, i) => ({ _id: `n${i}`, text: `text ${i}`, n: i })));
    await made.as(ada).insertOne({ _id: 'goes', text: 'goes', n: 99 }, { ttl: 12 }).final();
    await base.halt();
    expect(await made.countDocuments()).toBe(26);
    const [adaBefore, heldBefore] = [await setup.balance(ada), await setup.balance(DEPOSITS_ACCOUNT)];

    // One seat drops it in one block on top; the two others go on without, and are heavier.
    const sealed = (await base.chain.blockById(base.chain.head.id))?.header.ext[1] as number;
    const alone = (sealed + 2) % 3;
    await using left = await startChain({ from: base, signers: seats.filter((_, i) => i === alone) });
    await using right = await startChain({ from: base, signers: seats.filter((_, i) => i !== alone) });
    using chainLeft = await connect(left.url);
    using chainRight = await connect(right.url);
    const notesOf = (one: Chain): Collection<Note> => one.db({ owner: ada.address, name: 'world' }).collection<Note>('notes');
    const dropped = await notesOf(chainLeft).as(ada).drop({ once: 'the drop' });
    await left.halt();
    expect(await failureOf(notesOf(chainLeft).findOne({}))).toMatchObject({ code: 'QUERY_NO_COLLECTION' });
    expect(await chainLeft.balance(DEPOSITS_ACCOUNT)).toBe(0n);
    expect(await chainLeft.balance(ada)).toBe(adaBefore + heldBefore - dropped.feePaid);

    const other = notesOf(chainRight).as(ada).updateOne({ _id: 'n3' }, { $set: { text: 'changed' } });
    await other.pooled();
    // Out of turn it takes longer.
    await right.moveOn(16);
    await other;
    left.time.advance(right.time.nowMs() - left.time.nowMs());
    for (const block of right.blocks.slice(base.blocks.length)) await left.chain.importBlock(block);
    await chainLeft.follow();
    expect(left.chain.head.id).toEqual(right.chain.head.id);
    const onLeft = notesOf(chainLeft);
    expect((await onLeft.findOne({ _id: 'n3' }))?.text).toBe('changed');
    // The height at which one goes has come on this branch.
    expect(left.chain.head.height).toBeGreaterThan(base.chain.head.height + 12);
    expect([await onLeft.countDocuments(), await onLeft.countDocuments({ n: { $gte: 20 } }), await onLeft.findOne({ _id: 'goes' })]).toEqual([25, 5, null]);
    expect((await onLeft.find({}).toArray()).map(({ _id }) => _id)).toEqual((await notesOf(chainRight).find({}).toArray()).map(({ _id }) => _id));
    const [ada1, held1] = [await chainLeft.balance(ada), await chainLeft.balance(DEPOSITS_ACCOUNT)];
    expect([ada1, held1]).toEqual([await chainRight.balance(ada), await chainRight.balance(DEPOSITS_ACCOUNT)]);
    expect(ada1 + held1).toBe(adaBefore + heldBefore - (await other.included()).feePaid);
  });
});
