import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'smol-toml';
import { nearestOf, readConfig, writeConfigText } from '../src/config.ts';
import { environmentName, flagName, settings } from '../src/settings.ts';
import { createTestFolder, type TestFolder } from './support.ts';

let folder: TestFolder;
let file: string;
beforeAll(async () => {
  folder = await createTestFolder();
  file = folder.file('node.toml');
  await writeFile(file, '[rpc]\nport = 3\n[p2p]\npeers = ["/ip4/127.0.0.1/tcp/1"]\n');
});
afterAll(() => folder.remove());

const code = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return 'did not throw';
};

describe('a setting comes from', () => {
  test.each([
    ['the flag before all others', { 'rpc.port': '1' }, { V_RPC__PORT: '2' }, 1, 'flag'],
    ['the environment before the file', {}, { V_RPC__PORT: '2' }, 2, 'environment'],
    ['the file before the default', {}, {}, 3, 'file'],
  ] as const)('%s', (_, flags, environment, value, source) => {
    const config = readConfig(file, flags, environment);
    expect(config.number('rpc.port')).toBe(value);
    expect(config.entries.get('rpc.port')?.source).toBe(source);
  });

  test('the default when nothing says it, and every setting is there', () => {
    const config = readConfig(folder.file('absent.toml'), {}, {});
    expect([...config.entries.keys()]).toEqual(settings.map(({ path }) => path));
    expect([...config.entries.values()].every(({ source }) => source === 'default')).toBe(true);
    expect(config.number('rpc.port')).toBe(9_922);
  });
});

test('flags and variables give lists with commas', () => {
  expect(readConfig(file, { 'p2p.peers': 'a, b,' }, {}).list('p2p.peers')).toEqual(['a', 'b']);
  expect(readConfig(file, {}, { V_P2P__PEERS: '' }).list('p2p.peers')).toEqual([]);
});

test('paths of the file start at its folder, typed ones where they were typed', () => {
  const config = readConfig(file, { 'chain.spec': 'other.json', 'seal.keys': 'a.key' }, {});
  expect(config.file('data.folder')).toBe(folder.file('data'));
  expect(config.file('chain.spec')).toBe(resolve('other.json'));
  expect(config.files('seal.keys')).toEqual([resolve('a.key')]);
});

test.each([
  ['a variable', {}, { V_RPC__PROT: '1' }, '', '"V_RPC__PORT"'],
  ['a name in the file', {}, {}, '[rpc]\nprot = 1', '"rpc.port"'],
  ['a section of the file', {}, {}, 'rpcport = 1', '"rpc.port"'],
])('refuses %s that is no setting, and suggests the nearest', async (_, flags, environment, text, suggestion) => {
  const path = folder.file('unknown.toml');
  await writeFile(path, text);
  expect(code(() => readConfig(path, flags, environment))).toMatchObject({ code: 'CONFIG_UNKNOWN', message: expect.stringContaining(suggestion) });
});

test('suggests nothing when nothing is near, and leaves other variables alone', () => {
  expect(nearestOf('xyzzy', ['rpc.port'])).toBeUndefined();
  expect(() => readConfig(file, {}, { V_HOME: '/x', VSYS__PORT: '1' })).not.toThrow();
});

test.each([
  ['a number out of range', '[rpc]\nport = 65536', 'a whole number from 0 to 65535; it is 65536'],
  ['a fraction', '[rpc]\nport = 1.5', 'a whole number'],
  ['a text for a number', '[rpc]\nport = "9"', 'it is "9"'],
  ['a number for a text', '[chain]\nspec = 1', 'a text; it is 1'],
  ['an empty text', '[chain]\nspec = ""', 'a text'],
  ['a text for a list', '[p2p]\npeers = "a"', 'a list of texts'],
  ['numbers in a list', '[p2p]\npeers = [1]', 'a list of texts'],
  ['a choice that is none', '[log]\nlevel = "loud"', 'one of debug, info, warn, error'],
])('refuses %s, naming setting, file and what is expected', async (_, text, expected) => {
  const path = folder.file('wrong.toml');
  await writeFile(path, text);
  const error = code(() => readConfig(path, {}, {}));
  expect(error).toMatchObject({ code: 'CONFIG_VALUE', message: expect.stringContaining(expected) });
  expect(error).toMatchObject({ message: expect.stringContaining(path) });
});

test.each(['', ' ', '0x10', '1e3', '-1', 'ten'])('refuses the number "%s" of a flag, as it was typed', (text) => {
  expect(code(() => readConfig(file, { 'rpc.port': text }, {}))).toMatchObject({ code: 'CONFIG_VALUE', message: expect.stringContaining(`--rpc-port must be a whole number from 0 to 65535; it is ${JSON.stringify(text)}`) });
});

test('refuses what is not TOML, in one line, and a named file that is not there', async () => {
  const path = folder.file('broken.toml');
  await writeFile(path, '[rpc\nport = 1');
  const error = code(() => readConfig(path, {}, {}));
  expect(error).toMatchObject({ code: 'CONFIG_SYNTAX', message: expect.stringContaining(path) });
  expect((error as Error).message).not.toContain('\n');
  expect(code(() => readConfig(folder.file('absent.toml'), {}, {}, { required: true }))).toMatchObject({ code: 'CONFIG_MISSING', message: expect.stringContaining('vsys init') });
});

test('the file that is written holds every setting, reads back to the same values, and names flag and variable', async () => {
  const text = writeConfigText({ 'rpc.port': 7, 'seal.keys': ['x.key'] });
  const path = folder.file('written.toml');
  await writeFile(path, text);
  const config = readConfig(path, {}, {});
  for (const { setting, value, source } of config.entries.values()) {
    expect(source).toBe('file');
    if (!['rpc.port', 'seal.keys'].includes(setting.path)) expect(value).toEqual(setting.fallback);
    expect(text).toContain(`${environmentName(setting.path)}, ${flagName(setting.path)}`);
  }
  expect([config.number('rpc.port'), config.list('seal.keys')]).toEqual([7, ['x.key']]);
  expect(Object.keys(parse(text))).toEqual(['chain', 'consensus', 'data', 'p2p', 'rpc', 'seal', 'evidence', 'client', 'log']);
});
