import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { createProgram } from '../src/create-program.ts';
import { exitCodeOf } from '../src/app-error.ts';
import { settings } from '../src/settings.ts';
import { createTestFolder, type TestFolder, vsys } from './support.ts';

let folder: TestFolder;
beforeAll(async () => { folder = await createTestFolder(); });
afterAll(() => folder.remove());
const run = (...args: readonly string[]): ReturnType<typeof vsys> => vsys(folder.path, args);

describe('vsys init', () => {
  test.each(['spos', 'poa', 'bft'])('writes a chain under %s that the other commands read', async (consensus) => {
    const done = await run('init', `chain-${consensus}`, '--consensus', consensus, '--name', 'Orchid');
    expect(done.code).toBe(0);
    expect(await readdir(folder.file(`chain-${consensus}`))).toEqual(['chain.json', 'node.toml', 'p2p.key', 'seal.key']);
    for (const name of ['chain.json', 'node.toml', 'p2p.key', 'seal.key']) expect(done.stdout).toContain(`chain-${consensus}/${name}`);
    expect(done.stderr).toContain(`vsys node start --config chain-${consensus}/node.toml`);
    expect((await stat(folder.file(`chain-${consensus}/seal.key`))).mode & 0o777).toBe(0o600);
    const spec = JSON.parse((await run('chain', 'spec', `chain-${consensus}/chain.json`, '--json')).stdout) as { chainId: string; name: string; consensus: { module: string } };
    expect(spec).toMatchObject({ name: 'Orchid', consensus: { module: `${consensus}@1` }, genesis: { coins: '1000000000000000', accounts: 1 } });
    expect(done.stdout).toContain(spec.chainId);
    const seal = JSON.parse((await run('key', 'show', `chain-${consensus}/seal.key`, '--json')).stdout) as { publicKey: string };
    expect(JSON.stringify(spec)).toContain(seal.publicKey);
    const config = JSON.parse((await run('node', 'config', '-c', `chain-${consensus}/node.toml`, '--json')).stdout) as Record<string, unknown>;
    expect(config['seal.keys']).toEqual({ value: ['seal.key'], source: 'file' });
  });

  test.each(['chain.json', 'node.toml', 'p2p.key', 'seal.key'])('writes nothing where a %s is', async (name) => {
    const dir = `has-${name}`;
    await mkdir(folder.file(dir));
    await writeFile(folder.file(`${dir}/${name}`), 'mine');
    const refused = await run('init', dir);
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(new RegExp(`^error FILE_EXISTS: ${dir}/${name} exists already and nothing was written`)) });
    expect(await readdir(folder.file(`${dir}`))).toEqual([name]);
    expect(await readFile(folder.file(`${dir}/${name}`), 'utf8')).toBe('mine');
  });

  test('leaves nothing behind when the name is refused', async () => {
    expect(await run('init', 'bad-name', '--name', 'a/b')).toMatchObject({ code: 2, stderr: expect.stringContaining('error SPEC_FILE: chain spec: name must be') });
    expect(await readdir(folder.path)).not.toContain('bad-name');
  });
});

describe('vsys key', () => {
  test.each(['ed25519', 'secp256k1', 'vsys'])('makes a key of %s and shows it, without its secret unless asked', async (scheme) => {
    const file = `${scheme}.key`;
    const made = await run('key', 'new', file, '--scheme', scheme);
    const { secret } = JSON.parse(await readFile(folder.file(file), 'utf8')) as { secret: string };
    const shown = await run('key', 'show', file);
    const asJson = await run('key', 'show', file, '--json');
    expect([made.code, shown.code, shown.stdout]).toEqual([0, 0, made.stdout]);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ file, scheme });
    for (const { stdout, stderr } of [made, shown, asJson]) expect(stdout + stderr).not.toContain(secret);
    expect((await run('key', 'show', file, '--secret')).stdout).toContain(secret);
  });

  test('keeps the address of a V SYSTEMS seed, and never shows the seed', async () => {
    // Published by the V SYSTEMS project with its addresses; see the vectors of the crypto package.
    const seed = 'black vote metal exhaust stairs curtain tennis top surround carry bulk giant speed razor curious';
    await writeFile(folder.file('seed.txt'), `${seed}\n`);
    const imported = await run('key', 'import', 'imported.key', '--vsys-seed-file', 'seed.txt', '--nonce', '1', '--network', 'M');
    expect(imported).toMatchObject({ code: 0, stdout: expect.stringContaining('AR5EhMHz7YmxC1mrXQ818s6kP81mQvpNuDJ') });
    expect(imported.stdout + imported.stderr + (await readFile(folder.file('imported.key'), 'utf8'))).not.toContain('black vote');
    expect((await run('key', 'show', 'imported.key', '--network', 'M')).stdout).toBe(imported.stdout);
    expect((await run('key', 'import', 'first.key', '--vsys-seed-file', 'seed.txt', '--json')).stdout).toContain('ATwEV7r2zuHvNKtRBtUbqEQpptK7GDXRBPx');
  });

  test('refuses a seed file of two lines without quoting it, and a file that exists', async () => {
    await writeFile(folder.file('two.txt'), 'secret one\nsecret two\n');
    const refused = await run('key', 'import', 'x.key', '--vsys-seed-file', 'two.txt');
    expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('error KEY_FILE: two.txt') });
    expect(refused.stderr).not.toContain('secret one');
    await run('key', 'new', 'once.key');
    expect(await run('key', 'new', 'once.key')).toMatchObject({ code: 2, stderr: expect.stringContaining('error KEY_EXISTS') });
  });
});

describe('vsys node config', () => {
  test('shows each setting with where it came from', async () => {
    await writeFile(folder.file('node.toml'), '[rpc]\nhost = "127.0.0.2"\n');
    const shown = await vsys(folder.path, ['node', 'config', '--rpc-port', '7'], { V_LOG__LEVEL: 'warn' });
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    const rows = shown.stdout.trim().split('\n').map((line) => line.split(/ {2,}/));
    expect(rows.map(([path]) => path)).toEqual(['SETTING', ...settings.map(({ path }) => path)]);
    expect(rows).toContainEqual(['rpc.port', '7', 'flag']);
    expect(rows).toContainEqual(['log.level', 'warn', 'environment']);
    expect(rows).toContainEqual(['rpc.host', '127.0.0.2', 'file']);
    expect(rows).toContainEqual(['data.folder', 'data', 'default']);
  });

  test('says on stderr when there is no file, and refuses one that was named', async () => {
    const empty = folder.file('empty');
    await mkdir(empty);
    expect(await vsys(empty, ['node', 'config'])).toMatchObject({ code: 0, stderr: expect.stringContaining('vsys init') });
    expect(await vsys(empty, ['node', 'config', '--config', 'x.toml'])).toMatchObject({ code: 2, stderr: expect.stringContaining('error CONFIG_MISSING') });
  });
});

describe('wrong input ends in one line with a code, on stderr, and exit code 2', () => {
  test.each([
    [['inti'], 'USAGE', 'did you mean init?'],
    [['key', 'shwo', 'x'], 'USAGE', 'did you mean show?'],
    [['init', '--nmae', 'x'], 'USAGE', 'did you mean --name?'],
    [['node', 'config', '--rpc-prot', '1'], 'USAGE', 'did you mean --rpc-port?'],
    [['init', '--consensus', 'pow'], 'USAGE', 'spos, poa, bft'],
    [['key', 'new'], 'USAGE', 'file'],
    [['key', 'new', 'a', 'b'], 'USAGE', 'too many arguments'],
    [['key', 'import', 'x.key'], 'USAGE', '--vsys-seed-file'],
    [['key', 'import', 'x.key', '--vsys-seed-file', 'x', '--nonce', '-1'], 'USAGE', 'whole number'],
    [['completion', 'tcsh'], 'USAGE', 'bash, zsh, fish'],
    [['key', 'show', 'none.key'], 'KEY_FILE', 'vsys key new'],
    [['chain', 'spec', 'none.json'], 'SPEC_FILE', 'vsys init'],
    [['node', 'config', '--rpc-port', '99999'], 'CONFIG_VALUE', '--rpc-port'],
  ])('vsys %j: %s', async (args, code, says) => {
    const { code: exit, stdout, stderr } = await run(...args);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(new RegExp(`^error ${code}: .*\n$`));
    expect(stderr).toContain(says);
    expect(stderr).not.toMatch(/\n\s+at |file:\/\//);
  });

  test('a misspelt variable too', async () => {
    expect(await vsys(folder.path, ['node', 'config'], { V_RPC__PROT: '1' })).toMatchObject({ code: 2, stderr: 'error CONFIG_UNKNOWN: there is no setting "V_RPC__PROT"; did you mean "V_RPC__PORT"?\n' });
  });

  test('a group without a command shows its help there', async () => {
    expect(await run('key')).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Usage: vsys key') });
  });
});

test('help and version are results', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('completion') });
  expect(await run('--version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+/) });
});

test('colour only where it is wanted', async () => {
  const plain = await vsys(folder.path, ['nope'], { NO_COLOR: '1' });
  const coloured = await vsys(folder.path, ['nope'], { FORCE_COLOR: '1' });
  expect(plain.stderr).toMatch(/^error USAGE/);
  expect(coloured.stderr.includes('\u001B[31m')).toBe(true);
});

test('every class of error has its exit code', () => {
  expect(['USAGE', 'KEY_FILE', 'NETWORK', 'CLIENT_PROOF', 'REFUSED', 'TX_EXPIRED', 'NOT_FOUND', 'STORE_LOCKED'].map(exitCodeOf)).toEqual([2, 2, 3, 3, 4, 4, 5, 1]);
});

describe('vsys completion', () => {
  const names = (command: Command): string[] => command.commands.flatMap((one) => [one.name(), ...one.options.flatMap(({ long }) => long?.slice(2) ?? []), ...names(one)]);

  test.each(['bash', 'zsh', 'fish'])('the script for %s holds every command and option', async (shell) => {
    const { code, stdout } = await run('completion', shell);
    expect(code).toBe(0);
    for (const name of names(createProgram())) expect(stdout).toContain(name);
  });

  test.each([
    ['vsys ', ['dev', 'init', 'node', 'key', 'chain', 'tx', 'stake', 'db', 'moderate', 'simulate', 'consensus', 'explain', 'completion']],
    ['vsys ke', ['key']],
    ['vsys key ', ['new', 'show', 'import']],
    ['vsys init --consensus ', ['spos', 'poa', 'bft']],
    ['vsys node config --log-level w', ['warn']],
    ['vsys completion ', ['bash', 'zsh', 'fish']],
    ['vsys key show k --s', ['--secret']],
    ['vsys init folder --consensus poa --n', ['--name']],
  ])('bash completes "%s"', async (typed, expected) => {
    const { stdout } = await run('completion', 'bash');
    await writeFile(folder.file('complete.bash'), `${stdout}\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _vsys; printf '%s\\n' "\${COMPREPLY[@]}"\n`);
    const words = typed.split(' ');
    const replies = await new Promise<string>((resolve, reject) => {
      execFile('bash', [folder.file('complete.bash'), ...words], (error, out) => (error === null ? resolve(out) : reject(error)));
    });
    expect(replies.trim().split('\n').filter((word) => !['help', '--help', '--version'].includes(word)).slice(0, expected.length)).toEqual(expected);
  });
});

test('keeps compiled code in the cache folder of the user, and does without where there is none', async () => {
  expect(await vsys(folder.path, ['--version'], { NODE_COMPILE_CACHE: '', XDG_CACHE_HOME: folder.file('cache') })).toMatchObject({ code: 0, stderr: '' });
  expect(await readdir(folder.file('cache/vsys'))).toHaveLength(1);
  await writeFile(folder.file('no-folder'), '');
  expect(await vsys(folder.path, ['--version'], { NODE_COMPILE_CACHE: '', XDG_CACHE_HOME: folder.file('no-folder') })).toMatchObject({ code: 0, stderr: '' });
});
