import { expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createTestFolder, vsys } from './support.ts';

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

test('the composition in the README of the node makes blocks on a chain that vsys init wrote', async () => {
  const folder = await createTestFolder();
  const readme = await readFile(at('../../../packages/node/README.md'), 'utf8');
  const example = /```ts\n([^]*?)```/.exec(readme)?.[1] as string;
  expect((await vsys(folder.path, ['init', '.'])).code).toBe(0);
  await symlink(at('../node_modules'), folder.file('node_modules'));
  await writeFile(folder.file('package.json'), '{ "type": "module" }');
  await writeFile(folder.file('compose.ts'), example);
  const node = spawn(process.execPath, ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', 'compose.ts'], { cwd: folder.path });
  let heard = '';
  const ended = new Promise<void>((resolve) => node.once('close', () => resolve()));
  const threeBlocks = new Promise<void>((resolve) => {
    node.stdout.on('data', (text: Buffer) => {
      heard += text.toString();
      if (heard.includes('head 3\n')) resolve();
    });
  });
  node.stderr.on('data', (text: Buffer) => { heard += text.toString(); });
  await Promise.race([threeBlocks, ended]);
  node.kill('SIGKILL');
  await ended;
  await folder.remove();
  expect(heard).toContain('head 1\nhead 2\nhead 3\n');
});
