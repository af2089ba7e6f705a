import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Chain, type Change, type ChangeStream, type Collection, connect, stampOf } from '../src/index.ts';
import { ada, failureOf, seats, startChain, type TestChain } from './support.ts';

interface Note { _id: string; text: string; done: boolean }
type Event = Change<Note>;

let node: TestChain;
let chain: Chain;
let notes: Collection<Note>;

beforeAll(async () => {
  node = await startChain();
  chain = await connect(node.url);
  notes = await chain.db('notes').collection<Note>('note').ensure(ada);
});

afterAll(async () => {
  chain?.close();
  await node?.[Symbol.asyncDispose]();
});

const brief = (event: Event): string => (event.kind === 'final' ? 'final' : `${event.kind} ${event.operation ?? '?'} ${event.id}${event.document === undefined ? '' : ` ${event.document.text}`}`);

/** So many events that tell of documents. */
async function take(stream: AsyncIterator<Event>, count: number): Promise<Event[]> {
  const events: Event[] = [];
  while (events.length < count) {
    const next = await stream.next();
    if (next.done === true) throw new RangeError(`the stream ended after ${events.map(brief).join(', ')}`);
    if (next.value.kind !== 'final') events.push(next.value);
  }
  return events;
}

/** A stream that knows where now is. */
async function from<T extends object>(watched: Collection<T>): Promise<ChangeStream<T>> {
  const { block } = await watched.count();
  return watched.watch({}, { after: block });
}

describe('a stream of changes', () => {
  it('tells what each block did to each document, before and after, and when it is final', async () => {
    await using stream = await from(notes);
    const events = stream[Symbol.asyncIterator]();
    const writing = notes.as(ada);
    await writing.insertMany([{ _id: 'a', text: 'one', done: false }, { _id: 'b', text: 'two', done: false }]);
    await writing.updateOne({ _id: 'a' }, { $set: { done: true } });
    await writing.deleteOne({ _id: 'b' });
    // Does nothing but pay: nothing is told of it.
    expect(await failureOf(writing.insertOne({ _id: 'a', text: 'again', done: false }))).toMatchObject({ code: 'DB_DUPLICATE' });
    await chain.withTransaction(ada, async (session) => {
      await notes.in(session).insertOne({ _id: 'c', text: 'short', done: false });
      await notes.in(session).deleteOne({ _id: 'c' });
    });
    await writing.insertOne({ _id: 'd', text: 'last', done: false });
    const told = await take(events, 5);
    expect(told.map(brief)).toEqual(['applied insert a one', 'applied insert b two', 'applied update a one', 'applied delete b', 'applied insert d last']);
    expect(told[2]).toMatchObject({ before: { done: false }, document: { done: true } });
    const update = told[2] as Extract<Event, { kind: 'applied' }>;
    expect(stampOf(update.document as Note)).toMatchObject({ version: 2n, proof: 'proven', block: update.block });
    for (let final = await events.next(); ; final = await events.next()) {
      if (final.value?.kind === 'final' && final.value.block.id === told[4]?.block.id) break;
      if (final.value?.kind !== 'final') throw new RangeError('something else than final came');
      await node.moveOn(1);
    }
  });

  it('tells only of what matches, before or after', async () => {
    const { block } = await notes.count();
    await using stream = notes.watch({ done: false, text: /^x/ }, { after: block });
    const writing = notes.as(ada);
    await writing.insertMany([{ _id: 'm1', text: 'x1', done: false }, { _id: 'm2', text: 'y', done: false }, { _id: 'm3', text: 'x3', done: true }]);
    await writing.updateMany({ _id: { $in: ['m1', 'm3'] } }, { $set: { done: true } });
    await writing.updateOne({ _id: 'm3' }, { $set: { done: false } });
    expect((await take(stream[Symbol.asyncIterator](), 3)).map(brief)).toEqual(['applied insert m1 x1', 'applied update m1 x1', 'applied update m3 x3']);
    expect(() => notes.watch({ done: { $near: 1 } } as never)).toThrow('$near is not an operator');
  });

  it('goes on from any token, with nothing missing and nothing twice', async () => {
    const { block } = await notes.count();
    const writing = notes.as(ada);
    await writing.insertMany(Array.from({ length: 3 }, (_, i) => ({ _id: `r${i}`, text: 'r', done: false })));
    await writing.deleteMany({ text: 'r' });
    await using whole = notes.watch({}, { after: block });
    const all = await take(whole[Symbol.asyncIterator](), 6);
    for (const [i, { token }] of all.slice(0, 5).entries()) {
      await using stream = notes.watch({}, { resumeAfter: token });
      expect(await take(stream[Symbol.asyncIterator](), 5 - i)).toEqual(all.slice(i + 1));
    }
    await using later = notes.watch({}, { resumeAfter: whole.resumeToken });
    await writing.insertOne({ _id: 'later', text: 'later', done: false });
    expect((await take(later[Symbol.asyncIterator](), 1)).map(brief)).toEqual(['applied insert later later']);
    expect(() => notes.watch({}, { resumeAfter: 'yesterday' })).toThrow('resumeAfter is the token');
  });

  it('says that it lags, and from where on, when the node cannot tell all any more', async () => {
    const token = `1.${'ab'.repeat(32)}.end`;
    await using stream = notes.watch({}, { resumeAfter: token });
    const lagged = await failureOf(take(stream[Symbol.asyncIterator](), 1));
    expect(lagged).toMatchObject({ code: 'CLIENT_LAGGED', data: { token } });
  });

  it('calls a listener for each, until it is closed; what the listener throws is not lost', async () => {
    const heard: string[] = [];
    const { block } = await notes.count();
    const watching = notes.watch({}, (event) => {
      heard.push(brief(event));
      if (heard.length === 1) watching.close();
    }, { after: block });
    await notes.as(ada).insertOne({ _id: 'heard', text: 'heard', done: false });
    await watching.done;
    expect(heard).toEqual(['applied insert heard heard']);
    const failing = notes.watch({}, () => { throw new RangeError('cannot render'); }, { after: block });
    await expect(failing.done).rejects.toThrow('cannot render');
    const stop = new AbortController();
    const aborted = notes.watch({}, () => undefined, { signal: stop.signal });
    stop.abort(new RangeError('page left'));
    await expect(aborted.done).rejects.toThrow('page left');
  });

  it('believes no transactions that are not those of the block', async () => {
    const liar = createServer((request, response) => {
      void text(request).then(async (body) => {
        const answer = await (await fetch(node.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).json() as { result?: { transactions?: unknown[] } };
        if (body.includes('"chain_block"')) answer.result?.transactions?.pop();
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => void liar.listen(0, '127.0.0.1', resolve));
    try {
      const { block } = await notes.count();
      await notes.as(ada).insertOne({ _id: 'hidden', text: 'hidden', done: false });
      const { block: after } = await notes.as(ada).insertOne({ _id: 'seen', text: 'seen', done: false });
      using lied = await connect(`http://127.0.0.1:${(liar.address() as AddressInfo).port}`);
      const of = lied.db({ owner: ada.address, name: 'notes' }).collection<Note>('note');
      expect(after.height).toBeGreaterThan(block.height);
      // Resumed in the middle of a block, it asks for that block before it subscribes, which this liar does not serve.
      const stream = of.watch({}, { resumeAfter: `${after.height}.${after.id}.-1` });
      expect(await failureOf(take(stream[Symbol.asyncIterator](), 1))).toMatchObject({ code: 'CLIENT_PROOF_FAILED' });
    } finally {
      liar.closeAllConnections();
      liar.close();
    }
  });
});

describe('a reorganisation', () => {
  it('is told: what the left branch did is taken back, then what the other one did', async () => {
    await using base = await startChain();
    using setup = await connect(base.url);
    await (await setup.db('notes').collection<Note>('note').ensure(ada)).as(ada).insertOne({ _id: 'common', text: 'common', done: false }).final();
    await base.halt();
    // One seat makes one block on top, the two others go on without it and are heavier.
    const sealed = (await base.chain.blockById(base.chain.head.id))?.header.ext[1] as number;
    const alone = (sealed + 2) % 3;
    await using left = await startChain({ from: base, signers: seats.filter((_, i) => i === alone) });
    await using right = await startChain({ from: base, signers: seats.filter((_, i) => i !== alone) });
    using chainLeft = await connect(left.url);
    using chainRight = await connect(right.url);
    const place = { owner: ada.address, name: 'notes' };
    const watched = chainLeft.db(place).collection<Note>('note');
    await using stream = await from(watched);
    const events = stream[Symbol.asyncIterator]();

    const write = watched.as(ada).bulkWrite([{ insertOne: { document: { _id: 'l1', text: 'left', done: false } } }, { updateOne: { filter: { _id: 'common' }, update: { $set: { text: 'changed' } } } }]);
    await write;
    const told = await take(events, 2);
    expect(told.map(brief)).toEqual(['applied insert l1 left', 'applied update common changed']);
    const other = chainRight.db(place).collection<Note>('note').as(ada).insertOne({ _id: 'r1', text: 'right', done: false });
    await other.pooled();
    // Out of turn it takes longer.
    await right.moveOn(16);
    await other;
    await left.halt();
    left.time.advance(right.time.nowMs() - left.time.nowMs());
    // Two blocks outrank the one, and make none of them final.
    const fork = base.blocks.length;
    for (const block of right.blocks.slice(fork, fork + 2)) await left.chain.importBlock(block);
    expect(left.chain.head.height).toBeGreaterThan(base.chain.head.height + 1);

    const moved = await take(events, 3);
    expect(moved.map(brief)).toEqual(['undone update common changed', 'undone insert l1 left', 'applied insert r1 right']);
    expect(moved[0]).toMatchObject({ block: told[1]?.block, before: { text: 'common' } });

    // A stream that begins behind what was told on the left branch was told of it by somebody else.
    await using resumed = watched.watch({}, { resumeAfter: told[0]?.token as string });
    expect((await take(resumed[Symbol.asyncIterator](), 2)).map(brief)).toEqual(['undone ? l1', 'applied insert r1 right']);
    await using whole = watched.watch({}, { resumeAfter: told[1]?.token as string });
    expect((await take(whole[Symbol.asyncIterator](), 3)).map(brief)).toEqual(['undone ? common', 'undone ? l1', 'applied insert r1 right']);

    // When the other branch is final, the node forgets the left one, and says so.
    for (const block of right.blocks.slice(fork + 2)) await left.chain.importBlock(block);
    await using late = watched.watch({}, { resumeAfter: told[1]?.token as string });
    expect(await failureOf(take(late[Symbol.asyncIterator](), 1))).toMatchObject({ code: 'CLIENT_LAGGED', data: { token: told[1]?.token } });
  });
});
