import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parse } from 'smol-toml';
import { createTestFolder, type TestFolder, vsys } from './support.ts';

let folder: TestFolder;
beforeAll(async () => {
  folder = await createTestFolder();
  // The module of a stranger, as far as these commands look: authorities under another name.
  const poa = new URL('../../../packages/consensus-poa/src/index.ts', import.meta.url).href;
  const text = `import { createPoa } from '${poa}';\nexport const consensusModules = (parts) => [{ ...createPoa(parts), id: 'turns@1' }];\n`;
  await writeFile(folder.file('turns.mjs'), text);
  await mkdir(folder.file('node_modules/turns'), { recursive: true });
  await writeFile(folder.file('node_modules/turns/package.json'), '{ "name": "turns", "version": "1.0.0", "exports": "./index.mjs" }');
  await writeFile(folder.file('node_modules/turns/index.mjs'), text);
});
afterAll(() => folder.remove());

describe('consensus.modules', () => {
  test.each([['a path', './turns.mjs', () => folder.file('turns.mjs')], ['the name of a package', 'turns', () => 'turns']])('named by %s, a module serves every command, and the config keeps it', async (_, name, kept) => {
    const chain = `chain-${name.length}`;
    expect(await vsys(folder.path, ['init', chain, '--consensus', 'turns'], { V_CONSENSUS__MODULES: name })).toMatchObject({ code: 0 });
    expect(parse(await readFile(folder.file(`${chain}/node.toml`), 'utf8'))).toMatchObject({ consensus: { modules: [kept()] } });
    // No variable any more: the config says it.
    const described = await vsys(folder.path, ['chain', 'spec', `${chain}/chain.json`, '--config', `${chain}/node.toml`, '--json']);
    expect(JSON.parse(described.stdout)).toMatchObject({ consensus: { module: 'turns@1', numbers: { authorities: 1 } } });
    expect(await vsys(folder.path, ['chain', 'spec', `${chain}/chain.json`])).toMatchObject({ code: 2, stderr: expect.stringMatching(/MODULE_UNKNOWN.*turns@1.*consensus\.modules/) });
  });

  test('is in the help of who begins chains', async () => {
    expect((await vsys(folder.path, ['init', '--help'], { V_CONSENSUS__MODULES: './turns.mjs' })).stdout).toContain('"turns"');
  });

  test.each([
    ['a package that is not there', 'nowhere', '', /no package "nowhere".*npm install nowhere/],
    ['a file that is not there', './gone.mjs', '', /gone\.mjs cannot be imported/],
    ['a file that does not run', './bad.mjs', 'throw new Error("no such luck")', /bad\.mjs cannot be imported: no such luck/],
    ['one that exports nothing', './bad.mjs', 'export const modules = []', /no function "consensusModules"/],
    ['one that gives no list', './bad.mjs', 'export const consensusModules = () => ({})', /no list/],
    ['a module without a name and version', './bad.mjs', 'export const consensusModules = () => [{ id: "pow" }]', /id "pow"; expected a name and a version/],
    ['what is no module', './bad.mjs', 'export const consensusModules = () => [{ id: "pow@1" }]', /pow@1 of .*bad\.mjs is no consensus module/],
    ['a name that is taken', './bad.mjs', 'export const consensusModules = () => [{ id: "poa@1", open() {}, paramsFromJson() {} }]', /has a module poa@1.*already/],
  ])('%s is refused', async (_, name, text, message) => {
    if (text !== '') await writeFile(folder.file('bad.mjs'), text);
    const { code, stderr } = await vsys(folder.path, ['node', 'config'], { V_CONSENSUS__MODULES: name });
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
    expect(stderr).toContain('error MODULE_FILE');
  });
});
