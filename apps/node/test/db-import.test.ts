import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { createTestFolder, type Outcome, type RunningDev, startDev, startVsys, type TestFolder, vsys } from './support.ts';

const TIME_MS = 240_000;
let folder: TestFolder;
let dev: RunningDev;
const run = (...args: readonly string[]): Promise<Outcome> => vsys(folder.path, ['db', ...args]);
const write = (name: string, text: string | Uint8Array): Promise<void> => writeFile(folder.file(name), text);
interface Imported { readonly rows: number; readonly sent: number; readonly known: number; readonly bad: number; readonly stored: string; readonly documents: string }
const imported = async (...args: readonly string[]): Promise<Imported> => {
  const { code, stdout, stderr } = await run('import', 'world', ...args, '--json');
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Imported;
};

beforeAll(async () => {
  folder = await createTestFolder();
  dev = await startDev(folder.path, ['--consensus', 'poa']);
  const made = [
    await run('create', 'world'), await run('create-collection', 'world', 'cities', '--index', 'name:name', '--index', 'code:code:unique'),
    await run('create-collection', 'world', 'many', '--index', 'n:n'), await run('create-collection', 'world', 'copy'), await run('create-collection', 'world', 'plain'),
  ];
  expect(made.map(({ code }) => code)).toEqual(made.map(() => 0));
}, TIME_MS);
afterAll(async () => {
  await dev.stop();
  await folder.remove();
}, TIME_MS);

describe('db import', () => {
  test('is killed half-way, and goes on where it stopped without storing a row twice', async () => {
    const rows = 1_500;
    await write('many.jsonl', Array.from({ length: rows }, (_, i) => `{"n":${i},"text":"row number ${i}"}\n`).join(''));
    const args = ['import', 'world', 'many', 'many.jsonl', '--batch', '10'];
    const killed = startVsys(folder.path, ['db', ...args]);
    await killed.until((_, stderr) => (stderr.includes('20%') ? true : undefined));
    expect(await killed.stop('SIGKILL')).toBe('SIGKILL');
    const second = await run(...args);
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining(`${rows} in the collection, proven at block`) });
    expect(second.stderr).toMatch(/\d+ documents are there already, proven at block/);
    const [, known, sent] = /rows +1500: (\d+) were there, 0 left out\nsent +(\d+) sent/.exec(second.stdout) as RegExpExecArray;
    expect(Number(known)).toBeGreaterThanOrEqual(rows / 5);
    // What waited in the node when it was killed may have been stored behind the first look.
    expect(Number(known) + Number(sent)).toBe(rows);
    expect(await imported('many', 'many.jsonl')).toMatchObject({ rows, sent: 0, known: rows, bad: 0, stored: '0', documents: String(rows) });
  }, TIME_MS);

  test('takes an array too, and --id for _id; what is exported comes back the same', async () => {
    const all = [
      { key: 'a', list: [1, 2.5, null, true], nested: { text: 'ü "\\ \u0001', deep: [{}] } },
      { key: 'b', when: { $date: { $numberLong: '-5' } }, bytes: { $binary: { base64: 'AQID', subType: '00' } }, big: { $numberLong: '9007199254740993' } },
    ];
    await write('all.json', `\ufeff${JSON.stringify(all, undefined, 2)}\n`);
    expect(await imported('plain', 'all.json', '--id', 'key')).toMatchObject({ rows: 2, sent: 2, documents: '2' });
    for (const form of [[], ['--canonical']]) {
      const name = `out${form.length}.jsonl`;
      const exported = await run('export', 'world', 'plain', '--out', name, ...form);
      expect(exported).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(new RegExp(`2 documents in ${name}, all that there are; proven at block \\d+`)) });
      expect(await run('export', 'world', 'plain', '--out', name)).toMatchObject({ code: 2, stderr: expect.stringContaining('error FILE_EXISTS') });
      const back = await imported('copy', name);
      expect(back).toMatchObject(form.length === 0 ? { sent: 2 } : { sent: 0, known: 2 });
    }
    const [plain, copy] = await Promise.all([run('export', 'world', 'plain'), run('export', 'world', 'copy')]);
    expect(copy.stdout).toBe(plain.stdout);
    expect(copy.stdout).toBe(await readFile(folder.file('out0.jsonl'), 'utf8'));
    expect(copy.stdout).toContain('"big":{"$numberLong":"9007199254740993"}');
  }, TIME_MS);

  test('tells of every bad row before anything is sent, and leaves them out when told to', async () => {
    await write('bad.jsonl', [
      '{"_id":1,"name":"one","code":1}', '', '{"_id":2,"name":"two","code":2}', '{"_id":3,"name":', '{"_id":null}', '{"_id":5,"a.b":"x"}', `{"_id":6,"name":"${'x'.repeat(300)}"}`, '[1]',
      '{"_id":8,"name":"eight","code":8}', '{"_id":8,"name":"other","code":9}', '{"_id":9,"code":1}', '{"_id":8,"name":"eight","code":8}',
    ].join('\n'));
    const refused = await run('import', 'world', 'cities', 'bad.jsonl');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    const lines = refused.stderr.trim().split('\n');
    expect(lines.slice(0, -1).map((line) => line.replace(/: .*\[/, ' ['))).toEqual([
      'row 3, line 4 [JSON_SYNTAX]', 'row 4, line 5, field _id [DB_VALUE]', 'row 5, line 6, field a.b [DB_VALUE]', 'row 6, line 7, field name [DB_KEY_TOO_LONG]', 'row 7, line 8 [JSON_NOT_OBJECT]',
    ]);
    expect(lines[2]).toContain('found "x"');
    expect(lines.at(-1)).toMatch(/^error DATA_ROW: 5 rows of bad\.jsonl cannot be stored, and nothing was sent; the first is row 3, line 4: .*--skip-bad$/);
    expect((await run('count', 'world', 'cities')).stdout).toBe('0\n');
    const skipped = await run('import', 'world', 'cities', 'bad.jsonl', '--skip-bad');
    expect(skipped.code).toBe(0);
    // Two rows fit by themselves, and not with the others: _id 8 with other content, and a code that is taken.
    expect(skipped.stderr).toMatch(/row 9, line 10, field _id: another document with this _id .*\[DB_DUPLICATE\]/);
    expect(skipped.stderr).toMatch(/row 10, line 11: .*unique index.*\[DB_DUPLICATE\]/);
    expect(skipped.stdout).toMatch(/rows +11: 1 were there, 7 left out\nsent +3 sent, 3 stored\ndocuments +3 in the collection/);
  }, TIME_MS);

  test.each([
    ['cut.json', '[{"_id":1},{"_id":2', 'cities', 2, 'DATA_ROW', 'the array does not end'],
    ['tail.json', '[{"_id":1}] {"_id":2}', 'cities', 2, 'DATA_ROW', 'something follows'],
    ['gap.json', '[{"_id":1},,{"_id":2}]', 'cities', 2, 'DATA_ROW', 'row 2'],
    ['latin.json', new Uint8Array([0x7b, 0xe9, 0x7d]), 'cities', 2, 'DATA_ROW', 'not UTF-8'],
    ['noid.json', '{"name":"x"}', 'cities --id code', 2, 'DATA_ROW', 'field code'],
    ['good.json', '{"_id":77}', 'nowhere', 4, 'DB_NO_COLLECTION', 'create-collection'],
  ] as const)('refuses %s', async (name, text, target, exit, code, says) => {
    await write(name, text);
    const [collection, ...options] = target.split(' ') as [string, ...string[]];
    const refused = await run('import', 'world', collection, name, ...options);
    expect([refused.code, refused.stdout]).toEqual([exit, '']);
    expect(refused.stderr.trim().split('\n').at(-1)).toMatch(new RegExp(`^error ${code}: `));
    expect(refused.stderr).toContain(says);
  }, TIME_MS);

  test('refuses a file that is not there, a database that is not, and one of somebody else', async () => {
    await vsys(folder.path, ['key', 'new', 'bob.key']);
    expect(await run('import', 'world', 'cities', 'none.json')).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error DATA_FILE: /) });
    expect(await run('import', 'moon', 'cities', 'good.json')).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error DB_NO_DATABASE: /) });
    expect(await run('import', 'world', 'cities', 'good.json', '--key', 'bob.key', '--owner', dev.account)).toMatchObject({ code: 4, stderr: expect.stringMatching(/^error DB_NOT_OWNER: /) });
  }, TIME_MS);
});
