import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestFolder, type Outcome, type RunningDev, startDev, type TestFolder, vsys } from './support.ts';

const TIME_MS = 240_000;
let folder: TestFolder;
let dev: RunningDev;
const run = (...args: readonly string[]): Promise<Outcome> => vsys(folder.path, ['db', ...args]);
const json = async <T>(...args: readonly string[]): Promise<T> => {
  const { code, stdout, stderr } = await run(...args, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as T;
};
interface Wrote { readonly status: string; readonly proven: { readonly there: number; readonly of: number; readonly block: { readonly height: number } }; readonly height: number }

beforeAll(async () => {
  folder = await createTestFolder();
  dev = await startDev(folder.path);
  for (const args of [
    ['create', 'shop'], ['create-collection', 'shop', 'products', '--index', 'price:kind,-price', '--index', 'code:code:unique'],
    ['insert', 'shop', 'products', '[{"_id":"tea","kind":"leaf","price":4,"code":1},{"_id":"mate","kind":"leaf","price":6,"code":2},{"_id":7,"kind":"pot","price":12.0,"code":3}]'],
  ]) await json(...args);
}, TIME_MS);
afterAll(async () => {
  await dev.stop();
  await folder.remove();
}, TIME_MS);

describe('reading', () => {
  test('finds along an index, one document on each line, and says at which block it is proven', async () => {
    const found = await run('find', 'shop', 'products', '{"kind": "leaf"}', '--sort', '-price');
    expect(found).toMatchObject({ code: 0, stdout: '{"_id":"mate","kind":"leaf","price":6,"code":2}\n{"_id":"tea","kind":"leaf","price":4,"code":1}\n' });
    expect(found.stderr).toMatch(/^2 documents, and no more; proven at block \d+ \([0-9a-f]{16}…\) by \d+ bytes\n$/);
  }, TIME_MS);

  test('goes on behind a cursor, and through all of them at one block', async () => {
    const first = await json<{ documents: { document: { _id: unknown } }[]; more: boolean; cursor: string; block: { height: number } }>('find', 'shop', 'products', '--limit', '2');
    const second = await json<typeof first>('find', 'shop', 'products', '--limit', '2', '--after', first.cursor, '--at', String(first.block.height));
    expect([...first.documents, ...second.documents].map(({ document }) => document._id)).toEqual([7, 'mate', 'tea']);
    expect([first.more, second.more, second.cursor, second.block]).toEqual([true, false, undefined, first.block]);
    const all = await run('find', 'shop', 'products', '--all');
    expect(all.stdout.trim().split('\n')).toHaveLength(3);
    expect(all.stderr).toContain('3 documents, and no more; proven at block');
  }, TIME_MS);

  test('takes the word of the node when told to, and says so', async () => {
    const claimed = await run('find', 'shop', 'products', '{"_id": "tea"}', '--claimed');
    expect(JSON.parse(claimed.stdout)).toEqual({ _id: 'tea', kind: 'leaf', price: 4, code: 1 });
    expect(claimed.stderr).toContain(`claimed by ${dev.rpc} at block`);
    expect(claimed.stderr).toContain('not checked');
  }, TIME_MS);

  test('gets by _id, which is JSON where it is JSON, and proves that there is none', async () => {
    const [text, number, quoted, absent] = await Promise.all([run('get', 'shop', 'products', 'tea'), run('get', 'shop', 'products', '7'), run('get', 'shop', 'products', '"7"'), run('get', 'shop', 'products', 'coffee')]);
    expect(text).toMatchObject({ code: 0, stderr: expect.stringMatching(/^version 1, of block \d+; proven at block/) });
    // A whole double keeps its point.
    expect(number.stdout).toBe('{"_id":7,"kind":"pot","price":12.0,"code":3}\n');
    expect(quoted).toMatchObject({ code: 5, stdout: '' });
    expect(absent).toMatchObject({ code: 5, stdout: '', stderr: expect.stringMatching(/^error NOT_FOUND: "products" has no document with _id "coffee": proven at block \d+ /) });
  }, TIME_MS);

  test('counts and explains', async () => {
    const [all, some, explained] = await Promise.all([run('count', 'shop', 'products'), run('count', 'shop', 'products', '{"kind":"leaf","price":{"$gt":4}}'), run('explain', 'shop', 'products', '{"kind":"leaf"}', '--sort', '-price')]);
    expect([all.stdout, some.stdout]).toEqual(['3\n', '1\n']);
    expect(all.stderr).toMatch(/^proven at block/);
    expect(explained.stdout).toContain('the index "price"');
    expect(explained.stdout).toContain('price (kind, -price), code (code; unique)');
  }, TIME_MS);

  test('a database is named by owner and name, or by its id', async () => {
    const { database } = await json<{ database: string }>('patch', 'shop', 'products', '7', '--inc', '{"code": 100}').then(() => json<{ database: string }>('patch', 'shop', 'products', '7', '--inc', '{"code": -100}'));
    for (const named of [[database], ['shop', '--owner', dev.account]]) {
      const outcome = await vsys(folder.path, ['db', 'count', named[0]!, 'products', ...named.slice(1)], { V_CLIENT__KEY: '' });
      expect(outcome).toMatchObject({ code: 0, stdout: '3\n' });
    }
    expect(await vsys(folder.path, ['db', 'count', 'shop', 'products'], { V_CLIENT__KEY: '' })).toMatchObject({ code: 2, stderr: expect.stringContaining('a database of whom?') });
  }, TIME_MS);
});

/** Where documents were deleted before, the first version is not 1. */
const versionIn = (shown: string): number => Number(/the document has version (\d+)/.exec(shown)?.[1]);

describe('writing', () => {
  test('an inserted document is there, proven; one without an _id is given one', async () => {
    const wrote = await json<Wrote & { ids: { $oid: string }[] }>('insert', 'shop', 'products', '{"kind":"cup","code":50}');
    expect(wrote).toMatchObject({ status: expect.stringMatching(/^(included|safe|final)$/), proven: { there: 1, of: 1 } });
    expect(wrote.proven.block.height).toBeGreaterThanOrEqual(wrote.height);
    expect((await run('get', 'shop', 'products', JSON.stringify(wrote.ids[0]))).stdout).toContain('"kind":"cup"');
    const deleted = await json<Wrote>('delete', 'shop', 'products', JSON.stringify(wrote.ids[0]), '--wait', 'final');
    expect(deleted).toMatchObject({ status: 'final', proven: { there: 0, of: 1 } });
  }, TIME_MS);

  test('a version that was changed meanwhile is refused, and the document stays', async () => {
    await json('insert', 'shop', 'products', '{"_id":"v","code":60}');
    const read = versionIn((await run('patch', 'shop', 'products', 'v', '--set', '{"kind":"z"}')).stdout);
    expect(versionIn((await run('patch', 'shop', 'products', 'v', '--set', '{"kind":"a"}', '--if-version', String(read))).stdout)).toBe(read + 1);
    const refused = await run('update', 'shop', 'products', '{"_id":"v","kind":"lost"}', '--if-version', String(read));
    expect(refused).toMatchObject({ code: 4, stdout: '', stderr: expect.stringMatching(/^error DB_VERSION: .*read it again/) });
    expect((await run('get', 'shop', 'products', 'v')).stdout).toBe('{"_id":"v","code":60,"kind":"a"}\n');
    await json('update', 'shop', 'products', '{"_id":"v","kind":"new"}', '--if-version', String(read + 1));
    expect((await run('get', 'shop', 'products', 'v')).stdout).toBe('{"_id":"v","kind":"new"}\n');
    await json('delete', 'shop', 'products', 'v');
  }, TIME_MS);

  test('an update of MongoDB changes a document, or makes it where that is asked', async () => {
    const update = '{"$inc":{"code":300},"$push":{"tags":{"$each":["x","y"],"$slice":-1}},"$setOnInsert":{"kind":"made"}}';
    expect(await run('patch', 'shop', 'products', 'up', update)).toMatchObject({ code: 4, stderr: expect.stringContaining('DB_NO_DOCUMENT') });
    const made = versionIn((await run('patch', 'shop', 'products', 'up', update, '--upsert')).stdout);
    expect(versionIn((await run('patch', 'shop', 'products', 'up', update)).stdout)).toBe(made + 1);
    expect((await run('get', 'shop', 'products', 'up')).stdout).toBe('{"_id":"up","code":600,"kind":"made","tags":["y"]}\n');
    await json('update', 'shop', 'products', '{"_id":"up","code":601}', '--upsert');
    await json('delete', 'shop', 'products', 'up');
    await json('update', 'shop', 'products', '{"_id":"up","code":602}', '--upsert');
    expect((await run('get', 'shop', 'products', 'up')).stdout).toBe('{"_id":"up","code":602}\n');
    await json('delete', 'shop', 'products', 'up');
  }, TIME_MS);

  test('programs that write with one key at the same time do not hinder each other', async () => {
    const ids = ['a', 'b', 'c', 'd'];
    await Promise.all(ids.map((id, i) => json('insert', 'shop', 'products', `{"_id":"${id}","code":${200 + i}}`)));
    for (const id of ids) await json('delete', 'shop', 'products', id);
  }, TIME_MS);

  test('an index is made while a collection is empty, and built after that', async () => {
    await json('create-collection', 'shop', 'later');
    expect((await run('create-index', 'shop', 'later', 'x:x:unique')).stdout).toContain('it has the indexes x');
    await json('insert', 'shop', 'later', '{"_id":1,"x":1}');
    expect((await run('create-index', 'shop', 'later', 'y:y')).stdout).toContain('it has the indexes x, y');
  }, TIME_MS);
});

describe('what cannot be done ends in one line with a code', () => {
  test.each([
    [['insert', 'shop', 'products', '{"_id":"tea","code":9}'], 4, 'DB_DUPLICATE', 'taken'],
    [['insert', 'shop', 'nowhere', '{"_id":1}'], 4, 'DB_NO_COLLECTION', 'create'],
    [['find', 'shop', 'nowhere'], 4, 'QUERY_NO_COLLECTION', 'nowhere'],
    [['find', 'shop', 'products', '{"colour": 1}'], 4, 'QUERY_NOT_PROVABLE', 'an index on {"colour":1} would'],
    [['find', 'shop', 'products', '{"colour":'], 2, 'JSON_SYNTAX', 'the filter'],
    [['find', 'shop', 'products', '{"price": 9007199254740993}'], 2, 'JSON_INTEGER', '$numberLong'],
    [['insert', 'shop', 'products', '{"_id": 1, "_id": 2}'], 2, 'JSON_DUPLICATE', 'twice'],
    [['create', 'a b'], 4, 'DB_NAME', '1 to 64'],
    [['create', 'shop'], 4, 'DB_EXISTS', 'taken'],
    [['create-collection', 'shop', 'x', '--index', 'nofields'], 2, 'USAGE', 'name:fields'],
    [['patch', 'shop', 'products', 'tea'], 2, 'USAGE', '--set'],
    [['patch', 'shop', 'products', 'tea', '{"$inc":{"price":1}}', '--set', '{"a":1}'], 2, 'USAGE', '--set'],
    [['patch', 'shop', 'products', 'tea', '{"$inc":{"kind":1}}'], 4, 'DB_PATCH_NUMBER', '$inc at "kind"'],
    [['patch', 'shop', 'products', 'tea', '{"$push":{"tags":{"$slice":1}}}'], 4, 'DB_PATCH_TYPE', '$push at "tags"'],
    [['patch', 'shop', 'products', 'tea', '{"$set":{"a":1},"$inc":{"a.b":1}}'], 4, 'DB_PATCH_CONFLICT', '$inc at "a.b"'],
    [['patch', 'shop', 'products', 'tea', '{"$set":{"a.$.b":1}}'], 4, 'DB_NAME', '$set at "a.$.b"'],
    [['patch', 'shop', 'products', 'tea', '{"$inc":'], 2, 'JSON_SYNTAX', 'the update'],
    [['count', 'shop', 'products', '--at', '1000000'], 1, 'RPC_OUTSIDE_WINDOW', 'the head is at height'],
    [['count', 'shop', 'products', '--owner', 'nobody'], 2, 'ADDRESS_FORM', '--owner'],
    [['count', 'shop', 'products', '--key', 'none.key'], 2, 'KEY_FILE', 'vsys key new'],
    [['count', 'shop', 'products', '--config', 'none.toml'], 2, 'CONFIG_MISSING', 'vsys init'],
    [['find', 'shop', 'products', '--after', 'ab'], 4, 'QUERY_CURSOR', 'the answer before'],
    [['find', 'shop', 'products', '--after', 'ab', '--claimed'], 4, 'QUERY_CURSOR', 'the answer before'],
    [['find', 'shop', 'products', '--all', '--limit', '3'], 2, 'USAGE', '--limit'],
  ])('db %j', async (args, exit, code, says) => {
    const { code: found, stdout, stderr } = await run(...args);
    expect([found, stdout]).toEqual([exit, '']);
    expect(stderr).toMatch(new RegExp(`^error ${code}: .*\n$`));
    expect(stderr).toContain(says);
  }, TIME_MS);

  test('somebody else\'s database', async () => {
    await vsys(folder.path, ['key', 'new', 'bob.key']);
    const { address } = JSON.parse((await vsys(folder.path, ['key', 'show', 'bob.key', '--json'])).stdout) as { address: string };
    expect((await vsys(folder.path, ['tx', 'transfer', '--to', address, '--amount', '1000000000'])).code).toBe(0);
    const refused = await run('insert', 'shop', 'products', '{"_id":"mine"}', '--key', 'bob.key', '--owner', dev.account);
    expect(refused).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error DB_NOT_OWNER: /) });
  }, TIME_MS);
});

describe('what is stored', () => {
  test('is held to the schema of its collection', async () => {
    await json('create-collection', 'shop', 'held');
    expect((await run('schema', 'shop', 'held', '{"properties":{"price":{"type":"integer","minimum":1}},"required":["price"]}')).stdout).toMatch(/documents are held to \{.*"minimum".*\}/);
    await json('insert', 'shop', 'held', '{"_id":1,"price":5}');
    expect(await run('insert', 'shop', 'held', '{"_id":2,"price":0}')).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error DB_VALIDATION: /) });
    expect(await run('schema', 'shop', 'held', '{"pattern":"^a"}')).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error DB_SCHEMA: .*no keyword/) });
    expect((await run('schema', 'shop', 'held', 'none')).stdout).toMatch(/may have any form/);
    await json('insert', 'shop', 'held', '{"_id":2,"price":0}');
  }, TIME_MS);

  test('is bounded, goes at its height, and is dropped when that is meant', async () => {
    await json('create-collection', 'shop', 'cache');
    expect((await run('quota', 'shop', 'cache', '--documents', '2')).stdout).toMatch(/it may hold 2 documents in any number of bytes[\s\S]*it holds 0 documents in 0 bytes, of 2 documents/);
    await json('insert', 'shop', 'cache', '[{"_id":1},{"_id":2}]');
    expect(await run('insert', 'shop', 'cache', '{"_id":3}')).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error DB_QUOTA: /) });
    await json('quota', 'shop', 'cache');
    const { height } = await json<Wrote>('ttl', 'shop', 'cache', '5');
    expect((await run('expire', 'shop', 'cache', '1', String(height + 1_000))).stdout).toMatch(new RegExp(`it goes at height ${height + 1_000}`));
    await json('insert', 'shop', 'cache', '{"_id":3}');
    expect(await run('expire', 'shop', 'cache', '1', '1')).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error DB_EXPIRES: /) });
    // Blocks pass; the document of the collection with a ttl goes by itself.
    while ((await json<{ count: string }>('count', 'shop', 'cache')).count !== '2');
    expect(await run('drop', 'shop', 'cache')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error USAGE: .*--yes/) });
    expect((await run('drop', 'shop', 'cache', '--yes')).stdout).toMatch(/it is not there/);
    await json('create', 'closing');
    await json('drop', 'closing', '--yes');
    expect(await run('create-collection', 'closing', 'any')).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error DB_NO_DATABASE: /) });
  }, TIME_MS);
});

describe('a node that is none, or lies', () => {
  const served: Server[] = [];
  const serve = (answer: (body: string) => Promise<string>): Promise<string> => new Promise((resolve) => {
    const server = createServer(async (request, response) => {
      let body = '';
      for await (const piece of request) body += String(piece);
      response.end(await answer(body));
    });
    served.push(server);
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
  const ask = (url: string): Promise<Outcome> => run('find', 'shop', 'products', '{"_id":"tea"}', '--url', url);
  afterAll(() => { for (const server of served) server.close(); });

  test('a page, a port where nobody listens, and another chain are three different errors', async () => {
    const page = await serve(async () => '<html>welcome</html>');
    expect(await ask(page)).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/^error CLIENT_BAD_ANSWER: /) });
    expect(await ask('http://127.0.0.1:9')).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/^error CLIENT_UNREACHABLE: .*127\.0\.0\.1:9/) });
    expect(await ask('localhost')).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/^error CLIENT_UNREACHABLE: /) });
    await vsys(folder.path, ['init', 'other']);
    expect(await run('find', 'shop', 'products', '--spec', 'other/chain.json')).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/^error CLIENT_WRONG_CHAIN: /) });
  }, TIME_MS);

  test('an answer with one changed byte is not shown', async () => {
    const lie = await serve(async (body) => {
      const text = await (await fetch(dev.rpc, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).text();
      if (!body.includes('"db_find"')) return text;
      const answer = JSON.parse(text) as { result: { answer: { documentsProof: string } } };
      const proof = Buffer.from(answer.result.answer.documentsProof, 'base64');
      const at = proof.indexOf('leaf');
      proof[at] = (proof[at] as number) ^ 1;
      answer.result.answer.documentsProof = proof.toString('base64');
      return JSON.stringify(answer);
    });
    expect(await ask(lie)).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/^error CLIENT_PROOF_FAILED: /) });
  }, TIME_MS);
});
