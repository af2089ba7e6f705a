import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { consensusChecks } from '@vsys/consensus/compliance';
import { createTestFolder, startVsys, type TestFolder, vsys } from './support.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await createTestFolder();
});
afterAll(() => folder.remove());

describe('vsys consensus laws', () => {
  test('has a row for each law, and a column for each module, those from outside too, that counts what it owes', async () => {
    const pow = fileURLToPath(new URL('../../../examples/consensus-pow/src/index.ts', import.meta.url));
    const { code, stdout } = await vsys(folder.path, ['consensus', 'laws', '--modules', pow]);
    expect(code).toBe(0);
    const rows = stdout.trim().split('\n').map((row) => row.split('|').slice(1, -1).map((cell) => cell.trim()));
    expect(rows[0]).toEqual(['property', 'law', 'spos', 'poa', 'bft', 'eras', 'pow']);
    expect(rows.length).toBe(consensusChecks.length + 3);
    for (let at = 2; at < 7; at++) {
      const column = rows.map((row) => row[at]);
      expect(Number(column.at(-1))).toBe(column.filter((cell) => cell === '✓').length);
    }
  });
});

describe('vsys consensus eject', () => {
  const WAIT_MS = 300_000;
  /** In place of `npm install`: what is published is tried in tooling/publish. */
  const install = (name: string): Promise<void> => symlink(fileURLToPath(new URL('../node_modules', import.meta.url)), folder.file(`${name}/node_modules`));

  test('writes a module whose own suite passes', async () => {
    const { code, stdout, stderr } = await vsys(folder.path, ['consensus', 'eject', 'own', '--name', 'own-rule']);
    expect([code, stdout.trim().split('\n').map((line) => line.split(' ')[0])]).toEqual([0, [
      'own/README.md', 'own/package.json', 'own/src/engine.js', 'own/src/index.js', 'own/src/module.js', 'own/src/params.js', 'own/src/rules.js', 'own/test/compliance.test.js', 'own/test/subject.js',
    ]]);
    expect(stderr).toContain('cd own && npm install && npm test');
    expect(JSON.parse(await readFile(folder.file('own/package.json'), 'utf8'))).toMatchObject({ name: 'own-rule', scripts: { test: 'node --test' } });
    for (const file of stdout.trim().split('\n').map((line) => line.split(' ')[0] as string)) expect(await readFile(folder.file(file), 'utf8')).not.toContain('__NAME__');
    await install('own');
    const { NODE_OPTIONS: _, ...env } = process.env;
    const ran = await promisify(execFile)(process.execPath, ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', '--test', '--test-reporter=tap'], { cwd: folder.file('own'), env, maxBuffer: 1 << 24 });
    expect(ran.stdout).toMatch(/^# fail 0$/m);
    expect(Number(/^# pass (\d+)$/m.exec(ran.stdout)?.[1])).toBeGreaterThan(50);
  }, WAIT_MS);

  test('its module makes blocks in a node whose config names it', async () => {
    expect(await vsys(folder.file('own'), ['init', 'chain', '--consensus', 'own-rule'], { V_CONSENSUS__MODULES: './src/index.js' })).toMatchObject({ code: 0 });
    const node = startVsys(folder.file('own'), ['node', 'start', '--config', 'chain/node.toml', '--stop-with-stdin', '--rpc-port', '0', '--p2p-listen', '/ip4/127.0.0.1/tcp/0']);
    const rpc = await node.until((stdout) => /"rpc":"(http:[^"]+)".*"msg":"the node is up"/.exec(stdout)?.[1]);
    const finalHeight = async (): Promise<number> => Number(/^vsys_final_height (\d+)$/m.exec(await (await fetch(`${rpc}/metrics`)).text())?.[1]);
    while ((await finalHeight()) < 2) await new Promise((resolve) => setTimeout(resolve, 200));
    const status = await vsys(folder.path, ['node', 'status', '--json', '--url', rpc]);
    expect(JSON.parse(status.stdout)).toMatchObject({ consensus: { module: 'own-rule@1', producers: 1 } });
    expect(await node.stop()).toBe(0);
  }, WAIT_MS);

  test('does not write where something is, nor under a name that no module may have', async () => {
    await writeFile(folder.file('own/README.md'), 'mine');
    expect(await vsys(folder.path, ['consensus', 'eject', 'own'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/FILE_EXISTS.*not empty/) });
    expect(await readFile(folder.file('own/README.md'), 'utf8')).toBe('mine');
    expect(await vsys(folder.path, ['consensus', 'eject', 'other', '--name', 'Own Rule'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/USAGE.*no name of a module/) });
  });
});
