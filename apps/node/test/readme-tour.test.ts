import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createTestFolder, startDev } from './support.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test('the tour of the README runs as it stands', async () => {
  const readme = await readFile(at('../README.md'), 'utf8');
  const tour = /a test runs it as it stands:\n\n```sh\n([^]*?)```/.exec(readme) as RegExpExecArray;
  const [first, ...lines] = (tour[1] as string).trim().split('\n');
  expect(first).toMatch(/^vsys dev +#/);
  expect(lines.length).toBeGreaterThan(8);
  const folder = await createTestFolder();
  await using dev = Object.assign(await startDev(folder.path), { [Symbol.asyncDispose]: async () => { await dev.stop(); } });
  await mkdir(folder.file('bin'));
  await writeFile(folder.file('bin/vsys'), `#!/bin/sh\nexec '${process.execPath}' --conditions=@vsys/source --disable-warning=ExperimentalWarning '${at('../src/vsys.ts')}' "$@"\n`);
  await chmod(folder.file('bin/vsys'), 0o755);
  const outcome = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile('bash', ['-e', '-c', lines.join('\n')], { cwd: folder.path, env: { PATH: `${folder.file('bin')}:${process.env.PATH}` } }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }));
  });
  expect(outcome).toMatchObject({ code: 0 });
  for (const says of ['database "shop" is there', '{"_id":"mate","kind":"leaf","price":6}\n{"_id":"tea","kind":"leaf","price":4}\n', '2 sent, 2 stored', 'the document has version 2', 'proven: there is none', 'the receiver holds 1000']) expect(outcome.stdout).toContain(says);
  expect((await readFile(folder.file('products.jsonl'), 'utf8')).split('\n').toSorted()).toEqual(['', '{"_id":"mate","kind":"leaf","price":6}', '{"_id":"pot","kind":"ware","price":12}', '{"_id":"tea","kind":"leaf","price":5}']);
  await dev.stop();
  await folder.remove();
}, 240_000);
