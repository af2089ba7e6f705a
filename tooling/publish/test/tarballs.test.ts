import { copyFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pnpm, run } from './run.ts';
import { entries, exampleOf, type Manifest, publicPackages, root, vectorsOf } from './workspace.ts';

// One story on real tools: a slow, busy machine takes minutes for it.
const STEP_MS_MAX = 600_000;

let folder: string;
const tarballs = new Map<string, string>();
const project = (...path: string[]): string => join(folder, 'project', ...path);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vsys-publish-'));
  const packed = join(folder, 'packed');
  const done = await pnpm(['-r', ...publicPackages.flatMap(({ folder: home }) => ['--filter', `./${home}`]), 'pack', '--pack-destination', packed], root);
  expect(done).toMatchObject({ status: 0 });
  const files = await readdir(packed);
  for (const { manifest: { name, version } } of publicPackages) {
    const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    expect(files).toContain(file);
    tarballs.set(name, join(packed, file));
  }
}, STEP_MS_MAX);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(publicPackages.map(({ folder: home, manifest }) => ({ name: manifest.name, home, manifest })))('the tarball of $name', ({ name, home, manifest }) => {
  let files: string[];
  let published: Manifest;
  beforeAll(async () => {
    const tarball = tarballs.get(name) as string;
    const [list, text] = await Promise.all([run('tar', ['-tzf', tarball], { cwd: folder }), run('tar', ['-xzOf', tarball, 'package/package.json'], { cwd: folder })]);
    files = list.output.trim().split('\n').map((file) => file.replace('package/', '')).sort();
    published = JSON.parse(text.output) as Manifest;
  }, STEP_MS_MAX);

  test('holds what was built from the sources that are there, templates, vectors, README and licence, and nothing else', async () => {
    const sources = (await readdir(join(root, home, 'src'), { recursive: true })).filter((file) => /\.[cm]?ts$/.test(file));
    const built = sources.flatMap((file) => ['.js', '.js.map', '.d.ts'].map((ending) => `dist/${file.replace(/\.ts$/, ending)}`));
    const commands = Object.values(manifest.bin ?? {}).map((file) => file.replace('./', ''));
    const templates = manifest.files?.includes('templates') ? (await readdir(join(root, home, 'templates'), { recursive: true, withFileTypes: true })).filter((file) => file.isFile()).map((file) => relative(join(root, home), join(file.parentPath, file.name))) : [];
    const vectors = vectorsOf({ folder: home, manifest }).map((file) => `vectors/${file}.json`);
    expect(files).toEqual([...built, ...commands, ...templates, ...vectors, 'README.md', 'LICENSE', 'package.json'].sort());
  });

  test('has every entry that it exports, with its types', () => {
    expect(Object.keys(published.exports)).toEqual(Object.keys(manifest.exports));
    for (const [entry, target] of Object.entries(published.exports)) {
      const conditions = typeof target === 'string' ? { default: target } : target;
      // Order matters: the first condition that fits is taken. `node` stands for a faster twin of what browsers get.
      const names = Object.keys(conditions).filter((condition) => condition !== 'node');
      expect([entry, ...names]).toEqual(typeof target === 'string' ? [entry, 'default'] : [entry, 'types', 'default']);
      expect(Object.keys(conditions).at(-1)).toBe('default');
      for (const path of Object.values(conditions)) {
        const [start = '', end] = path.replace('./', '').split('*');
        expect([path, files.some((file) => (end === undefined ? file === start : file.startsWith(start) && file.endsWith(end)))]).toEqual([path, true]);
      }
    }
  });

  test('names itself, and dependencies that a stranger can install', () => {
    expect(published).toMatchObject({ name, version: manifest.version, license: 'Apache-2.0', type: 'module', engines: { node: expect.stringMatching(/^>=\d+/) } });
    expect(published.description?.length).toBeGreaterThan(10);
    expect(published.scripts).toBeUndefined();
    expect(published.devDependencies).toBeUndefined();
    const ours = new Set(publicPackages.map((one) => one.manifest.name));
    for (const [dependency, range] of Object.entries({ ...published.dependencies, ...published.optionalDependencies })) {
      expect([dependency, range]).toEqual([dependency, expect.stringMatching(/^\^?\d+\.\d+\.\d+$/)]);
      if (dependency.startsWith('@vsys/')) expect(ours).toContain(dependency);
    }
  });
});

describe('in an empty project', () => {
  const write = (name: string, text: string): Promise<void> => writeFile(project(name), text);
  /** Runs in the project with a program that was installed there. */
  const installed = (name: string, ...args: string[]) => run(project('node_modules', '.bin', name), args, { cwd: project() });
  const compile = (skipLibCheck: boolean, files: readonly string[]) => write('tsconfig.json', JSON.stringify({
    compilerOptions: { target: 'es2023', lib: ['es2024', 'esnext.disposable'], module: 'nodenext', types: ['node'], strict: true, noEmit: true, exactOptionalPropertyTypes: true, skipLibCheck },
    files,
  })).then(() => installed('tsc', '-p', '.'));

  beforeAll(async () => {
    const ours = Object.fromEntries([...tarballs].map(([name, file]) => [name, `file:${file}`]));
    const { devDependencies: { typescript, '@types/node': nodeTypes } } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> };
    await mkdir(project());
    await write('package.json', JSON.stringify({ name: 'stranger', private: true, type: 'module', dependencies: ours, devDependencies: { typescript, '@types/node': nodeTypes }, pnpm: { overrides: ours } }));
    // Gives the libraries the versions that were tested here, so that a release of today's changes no verdict.
    await copyFile(join(root, 'pnpm-lock.yaml'), project('pnpm-lock.yaml'));
    expect(await pnpm(['install', '--prefer-offline', '--no-frozen-lockfile', '--reporter=append-only', '--loglevel=warn'], project())).toMatchObject({ status: 0 });
    await write('example.ts', exampleOf('packages/node'));
  }, STEP_MS_MAX);

  test('the compiler takes the example of @vsys/node', async () => {
    expect(await compile(true, ['example.ts'])).toEqual({ status: 0, signal: null, output: '' });
  }, STEP_MS_MAX);

  test('the declarations of every entry hold without the sources', async () => {
    await write('entries.ts', entries.map((entry, i) => `export * as entry${i} from '${entry}';\n`).join(''));
    const { output } = await compile(false, ['entries.ts', 'example.ts']);
    // The declarations of libp2p want a browser's types; what they say about themselves is not judged here.
    expect(output.split('\n').filter((line) => line.includes('error') && !/^node_modules\/\.pnpm\/(?!@vsys)/.test(line))).toEqual([]);
  }, STEP_MS_MAX);

  test('every entry loads on plain Node, and the worker for signatures is found', async () => {
    await write('load.mjs', `
      for (const entry of ${JSON.stringify(entries)}) if (Object.keys(await import(entry)).length === 0) console.log(entry, 'is empty');
      const { createSigner, createSignatureVerifier } = await import('@vsys/crypto');
      const signer = createSigner('ed25519', new Uint8Array(32).fill(7));
      const message = Uint8Array.of(1);
      const verifier = createSignatureVerifier();
      const item = { publicKey: signer.publicKey, message, signature: signer.sign(message) };
      console.log('verdicts', ...await verifier.verify([item, { ...item, message: Uint8Array.of(2) }]));
      await verifier.close();
    `);
    expect(await run(process.execPath, ['load.mjs'], { cwd: project() })).toEqual({ status: 0, signal: null, output: 'verdicts 1 0\n' });
  }, STEP_MS_MAX);

  test('the vectors can be imported, and the packages agree with their own', async () => {
    const names = publicPackages.flatMap((one) => vectorsOf(one).map((file) => `${one.manifest.name}/vectors/${file}.json`));
    expect(names.length).toBeGreaterThan(15);
    await write('vectors.mjs', `
      import { verifySignature } from '@vsys/crypto';
      import { checkVectors } from '@vsys/primitives/vectors';
      import file from '@vsys/crypto/vectors/ed25519.json' with { type: 'json' };
      for (const name of ${JSON.stringify(names)}) {
        const { default: { title, origin, valid, invalid } } = await import(name, { with: { type: 'json' } });
        if (!(title && origin && valid.length > 0 && Array.isArray(invalid))) console.log(name, 'is not a file of vectors');
      }
      const bytes = (hex) => Uint8Array.from(Buffer.from(hex, 'hex'));
      const faults = await checkVectors(file, ({ publicKey, message, signature }) =>
        verifySignature({ scheme: 'ed25519', bytes: bytes(publicKey) }, bytes(message), bytes(signature)) ? { ok: true, output: {} } : { ok: false, code: 'INVALID' });
      console.log('faults', faults.length);
    `);
    expect(await run(process.execPath, ['vectors.mjs'], { cwd: project() })).toEqual({ status: 0, signal: null, output: 'faults 0\n' });
  }, STEP_MS_MAX);

  test('the example composes a node that makes blocks, and Ctrl-C ends it in order', async () => {
    expect(await installed('vsys', 'init', '.')).toMatchObject({ status: 0 });
    const done = await run(process.execPath, ['example.ts'], { cwd: project(), interruptWhen: (output) => output.includes('head 3\n') });
    expect(done).toMatchObject({ status: 0, signal: null, output: expect.stringMatching(/^head 1\nhead 2\nhead 3\n/) });
  }, STEP_MS_MAX);

  describe('a consensus module of one\'s own', () => {
    const own = (...path: string[]): string => project('own', ...path);
    /** Lies in the project, whose packages it finds as in a workspace. */
    const inOwn = (command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => run(command, args, { cwd: own(), env });

    test('is written by `vsys consensus eject`, and its types hold', async () => {
      expect(await installed('vsys', 'consensus', 'eject', 'own', '--name', 'own-rule')).toMatchObject({ status: 0 });
      const { dependencies, devDependencies } = JSON.parse(await readFile(own('package.json'), 'utf8')) as Manifest;
      const ours = new Map(publicPackages.map(({ manifest }) => [manifest.name, `^${manifest.version}`]));
      for (const [name, range] of Object.entries({ ...dependencies, ...devDependencies })) expect([name, range]).toEqual([name, ours.get(name)]);
      await writeFile(own('tsconfig.json'), JSON.stringify({ compilerOptions: { target: 'es2023', lib: ['es2024', 'esnext.disposable'], module: 'nodenext', types: ['node'], strict: true, noEmit: true, allowJs: true, checkJs: true, skipLibCheck: true }, include: ['src', 'test'] }));
      expect(await inOwn(project('node_modules', '.bin', 'tsc'), ['-p', '.'])).toEqual({ status: 0, signal: null, output: '' });
    }, STEP_MS_MAX);

    test('passes the published suite with `npm test`', async () => {
      const done = await inOwn('npm', ['test', '--', '--test-reporter=tap']);
      expect(done).toMatchObject({ status: 0, output: expect.stringMatching(/^# fail 0$/m) });
      expect(Number(/^# pass (\d+)$/m.exec(done.output)?.[1])).toBeGreaterThan(50);
    }, STEP_MS_MAX);

    test('makes blocks in a node whose config names it', async () => {
      const vsys = project('node_modules', '.bin', 'vsys');
      expect(await inOwn(vsys, ['init', 'chain', '--consensus', 'own-rule'], { V_CONSENSUS__MODULES: './src/index.js' })).toMatchObject({ status: 0 });
      expect(await readFile(own('chain', 'node.toml'), 'utf8')).toContain(own('src', 'index.js'));
      // Starts it, looks until blocks are final, and ends it as a terminal's Ctrl-C would.
      await writeFile(own('watch.mjs'), `
        import { spawn } from 'node:child_process';
        const node = spawn(${JSON.stringify(vsys)}, ['node', 'start', '--config', 'chain/node.toml', '--rpc-port', '0', '--p2p-listen', '/ip4/127.0.0.1/tcp/0'], { stdio: ['ignore', 'pipe', 'inherit'] });
        const ended = new Promise((resolve) => node.once('close', resolve));
        const rpc = await new Promise((resolve, reject) => {
          let output = '';
          node.stdout.on('data', (text) => {
            output += text;
            const found = /"rpc":"(http:[^"]+)"/.exec(output)?.[1];
            if (found !== undefined) resolve(found);
          });
          node.once('close', () => reject(new Error(output)));
        });
        const finalHeight = async () => Number(/^vsys_final_height (\\d+)$/m.exec(await (await fetch(rpc + '/metrics')).text())?.[1]);
        while ((await finalHeight()) < 2) await new Promise((resolve) => setTimeout(resolve, 200));
        node.kill('SIGINT');
        console.log('final, and ended with', await ended);
      `);
      const done = await inOwn(process.execPath, ['watch.mjs']);
      expect(done).toEqual({ status: 0, signal: null, output: 'final, and ended with 0\n' });
    }, STEP_MS_MAX);
  });

  test('proof of work, written from outside, passes the published suite', async () => {
    await cp(join(root, 'examples/consensus-pow'), project('pow'), { recursive: true, filter: (source) => !source.includes('node_modules') });
    await writeFile(project('pow', 'suite.mjs'), `
      import { test } from 'node:test';
      import { consensusCompliance } from '@vsys/consensus/compliance';
      import { createSubject, module } from './test/subject.ts';
      consensusCompliance({ test, module, create: createSubject });
    `);
    const done = await run(process.execPath, ['--test', '--test-reporter=tap', 'suite.mjs'], { cwd: project('pow') });
    expect(done).toMatchObject({ status: 0, output: expect.stringMatching(/^# fail 0$/m) });
    expect(Number(/^# pass (\d+)$/m.exec(done.output)?.[1])).toBeGreaterThan(20);
  }, STEP_MS_MAX);
});
