import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { createTestFolder, type Outcome, type RunningDev, startDev, type TestFolder, vsys } from './support.ts';

const TIME_MS = 240_000;
let folder: TestFolder;
let dev: RunningDev;
let watch: string;
const run = (...args: readonly string[]): Promise<Outcome> => vsys(folder.path, ['moderate', ...args]);
const page = (): readonly string[] => ['--database', 'shop', '--owner', dev.account, '--collection', 'pages', '--id', '7'];

beforeAll(async () => {
  folder = await createTestFolder();
  dev = await startDev(folder.path);
  for (const args of [['db', 'create', 'shop'], ['db', 'create-collection', 'shop', 'pages'], ['db', 'insert', 'shop', 'pages', '{"_id":7,"text":"gold, cheap"}'], ['key', 'new', 'watch.key']]) expect(await vsys(folder.path, args)).toMatchObject({ code: 0 });
  watch = (JSON.parse((await vsys(folder.path, ['key', 'show', 'watch.key', '--json'])).stdout) as { address: string }).address;
  expect(await vsys(folder.path, ['tx', 'transfer', '--to', watch, '--amount', '1000000000'])).toMatchObject({ code: 0 });
}, TIME_MS);
afterAll(async () => {
  await dev.stop();
  await folder.remove();
}, TIME_MS);

test('a moderator marks a document, its owner appeals, the moderator answers and takes the mark off: each step proven', async () => {
  const key = ['--key', 'watch.key'];
  expect(await run('mark', 'fraud', ...page(), ...key)).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error MODERATION_NO_MODERATOR: /) });
  expect((await run('describe', 'Watch of Orchid', '--uri', 'https://orchid.example/rules', ...key)).stdout).toMatch(/"Watch of Orchid", since height \d+/);
  expect((await run('mark', 'fraud', '--note', 'there is no gold', ...page(), ...key)).stdout).toMatch(/marked for fraud at height \d+: "there is no gold"/);
  expect(await run('appeal', watch, 'there is', ...page(), ...key)).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error MODERATION_NOT_PARTY: /) });
  expect((await run('appeal', watch, 'there is', ...page())).stdout).toMatch(/appealed at height \d+: "there is"/);
  expect((await run('answer', 'there is not', ...page(), ...key)).stdout).toMatch(/answered at height \d+: "there is not"/);
  expect(JSON.parse((await run('show', watch, ...page(), '--json')).stdout)).toMatchObject({ tier: 'proven', reason: 'fraud', note: 'there is no gold', appeal: { text: 'there is' }, answer: { text: 'there is not' } });
  expect((await run('unmark', ...page(), ...key)).stdout).toMatch(/it is not marked/);
  expect(await run('show', watch, ...page())).toMatchObject({ code: 5, stderr: expect.stringMatching(/^error NOT_FOUND: .*proven at block/) });
  // A mark hides nothing by itself, and neither did this one.
  expect((await vsys(folder.path, ['db', 'get', 'shop', 'pages', '7'])).stdout).toContain('gold, cheap');
}, TIME_MS);

test('a policy is signed, passed on and checked', async () => {
  expect(await run('policy', 'sign', 'policy.json', '--name', 'Orchid', '--moderator', watch, '--registrar', dev.account, '--key', 'watch.key')).toMatchObject({ code: 0 });
  const signer = (JSON.parse((await vsys(folder.path, ['key', 'show', 'watch.key', '--json'])).stdout) as { account: string }).account;
  const checked = JSON.parse((await run('policy', 'check', 'policy.json', '--json')).stdout) as { signer: string; moderators: string[]; name: string };
  expect(checked).toMatchObject({ name: 'Orchid', moderators: [checked.signer], revision: 0 });
  expect(checked.signer.toLowerCase()).toContain(signer.replace('0x', '').toLowerCase());
  expect(await run('policy', 'sign', 'policy.json', '--name', 'Orchid', '--key', 'watch.key')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error FILE_EXISTS: /) });
  const text = await readFile(folder.file('policy.json'), 'utf8');
  await writeFile(folder.file('other.json'), text.replace('"Orchid"', '"Rose"'));
  expect(await run('policy', 'check', 'other.json')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error DATA_FILE: .*POLICY_SIGNATURE/) });
  expect(await run('policy', 'check', 'none.json')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error DATA_FILE: /) });
}, TIME_MS);

test('what a mark is on is one thing', async () => {
  for (const args of [[], ['--person', dev.account, '--database', 'shop'], ['--person', dev.account, '--id', '7'], ['--database', 'shop', '--id', '7']]) {
    expect(await run('unmark', ...args)).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error USAGE: /) });
  }
}, TIME_MS);
