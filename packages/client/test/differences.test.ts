import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Chain, type Collection, connect, type Difference, stampOf } from '../src/index.ts';
import { ada, startChain, type TestChain } from './support.ts';

interface Page { _id: string; text: string }

let node: TestChain;
let chain: Chain;
let pages: Collection<Page>;

beforeAll(async () => {
  node = await startChain();
  chain = await connect(node.url);
  pages = await chain.db('wiki').collection<Page>('page').ensure(ada);
});

afterAll(async () => {
  chain?.close();
  await node?.[Symbol.asyncDispose]();
});

async function all(since: number, asOf?: number): Promise<Difference<Page>[]> {
  const told: Difference<Page>[] = [];
  for await (const one of pages.diff(since, { asOf })) told.push(one);
  return told;
}

it('tells each document that came, changed or went between two heights, once, and nothing of the others', async () => {
  const writing = pages.as(ada);
  await writing.insertMany(Array.from({ length: 600 }, (_, i) => ({ _id: `p${String(i).padStart(3, '0')}`, text: 'old' })));
  const { block: { height } } = await pages.count();
  await writing.updateOne({ _id: 'p100' }, { $set: { text: 'new' } });
  await writing.updateOne({ _id: 'p100' }, { $set: { text: 'newer' } });
  await writing.deleteOne({ _id: 'p599' });
  await writing.insertOne({ _id: 'q', text: 'there' });
  await writing.insertOne({ _id: 'r', text: 'gone again' });
  await writing.deleteOne({ _id: 'r' });
  const { block: { height: now } } = await pages.count();
  const told = await all(height);
  expect(told).toEqual([
    { id: 'p100', before: { _id: 'p100', text: 'old' }, after: { _id: 'p100', text: 'newer' } },
    { id: 'p599', before: { _id: 'p599', text: 'old' } },
    { id: 'q', after: { _id: 'q', text: 'there' } },
  ]);
  expect(stampOf(told[0]?.after as Page)).toMatchObject({ version: 3n });
  expect(stampOf(told[0]?.before as Page)).toMatchObject({ version: 1n, block: { height } });
  // The other way round, and more than one answer holds.
  expect((await all(now, height)).map(({ id, before, after }) => [id, before?.text, after?.text])).toEqual([['p100', 'newer', 'old'], ['p599', undefined, 'old'], ['q', 'there', undefined]]);
  expect((await all(0, height)).length).toBe(600);
  expect(await all(now, now)).toEqual([]);
});
