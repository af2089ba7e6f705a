// Holds the structure: a package imports lower floors only, plugs are imported by apps and tests only, heavy libraries have one home,
// what is imported is declared and what is declared is imported, deterministic floors touch no clock or randomness, entries for browsers
// reach nothing of Node, what is written fits what is there, and no file tells of the machine it was written on. Prints what it checked.
import { readdirSync, readFileSync, existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browserProblems } from './browser-safe.mjs';
import { docProblems } from './docs.mjs';
import { filesBelow, importsOf, packageOf } from './imports.mjs';
import { lawsProblems } from './laws-doc.mjs';
import { manifestProblems } from './manifests.mjs';
import { neutralProblems } from './neutral.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const floors = {
  primitives: 0,
  crypto: 1, store: 1, internet: 1,
  p2p: 2,
  'data-format': 3, state: 3,
  container: 4,
  transaction: 5, identity: 5, token: 5, attestation: 5,
  interchain: 6, database: 6, name: 6,
  'block-tree': 7, moderation: 7,
  consensus: 8, 'database-query': 8,
  rpc: 9, sync: 9, 'finality-ffg': 9,
  client: 10, node: 10,
  simulation: 11,
};
// Packages of one floor that may meet, each with its reason.
const sameFloor = new Set();
const plugs = new Set(['consensus-spos', 'consensus-poa', 'consensus-bft', 'consensus-eras', 'store-rocksdb', 'p2p-libp2p']);
// What an application holds in its hands comes with the light rules of all modules, as an app does; of a plug it takes nothing else.
const carriesRules = new Set(['client']);
const homes = {
  '@noble/curves': ['crypto'], '@noble/hashes': ['crypto'], 'sodium-native': ['crypto'], protobufjs: ['data-format'],
  'rocksdb-native': ['store-rocksdb'], 'classic-level': ['store-rocksdb'], libp2p: ['p2p-libp2p'], ws: ['rpc'],
};
const deterministic = new Set([
  'data-format', 'state', 'container', 'interchain', 'block-tree', 'consensus',
  'transaction', 'database', 'identity', 'name', 'token', 'attestation', 'moderation',
  'consensus-spos', 'consensus-poa', 'consensus-bft', 'consensus-eras', 'finality-ffg', 'consensus-pow',
]);
const problems = [];
let files = 0;

const foldersIn = (group) => readdirSync(join(root, group)).map((name) => `${group}/${name}`);
for (const path of [...foldersIn('packages'), ...foldersIn('examples'), 'tooling/bench', 'tooling/simulate', 'tooling/explore', 'tooling/faults']) {
  const folder = join(root, path);
  const name = basename(path);
  // Like an app, the benches and the simulator's modules compose whatever they measure.
  const isTop = !path.startsWith('packages/');
  if (!existsSync(join(folder, 'package.json'))) continue;
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  // A stranger's tests are as far outside as the sources are.
  const sources = (path.startsWith('examples/') ? ['src', 'test'] : ['src']).flatMap((part) => filesBelow(join(folder, part))).filter((file) => file.endsWith('.ts'));
  if (sources.length === 0) problems.push(`${path}: empty package; a folder appears with its first passing test`);
  if (!filesBelow(join(folder, 'test')).some((file) => file.endsWith('.test.ts'))) problems.push(`${path}: no test`);
  if (!existsSync(join(folder, 'README.md'))) problems.push(`${path}: no README.md`);
  if (!isTop && !plugs.has(name) && floors[name] === undefined) problems.push(`${path}: has no floor; add it to tools/floors.mjs`);
  for (const file of sources) {
    files++;
    const text = readFileSync(file, 'utf8');
    const where = relative(root, file);
    for (const { name: from } of importsOf(text)) {
      if (path.startsWith('examples/') && from.startsWith('.') && !resolve(dirname(file), from).startsWith(folder + sep)) problems.push(`${where}: imports ${from}, which lies outside the example`);
      if (from.startsWith('node:') || from.startsWith('.')) continue;
      const bare = packageOf(from);
      if (bare === manifest.name) continue;
      if (homes[bare] !== undefined && !homes[bare].includes(name)) problems.push(`${where}: ${bare} has its home in ${homes[bare].join(', ')}`);
      if (path.startsWith('examples/') && !isPublished(from)) problems.push(`${where}: imports ${from}, which is no published entry of a package; an example is written as a stranger would`);
      const other = bare.startsWith('@vsys/') ? bare.slice(6) : undefined;
      if (other === undefined || isTop) continue;
      if (plugs.has(other) && !(carriesRules.has(name) && from === `${bare}/rules`)) problems.push(`${where}: imports the plug ${other}; only apps and tests do`);
      else if (!plugs.has(name) && !plugs.has(other) && floors[other] >= floors[name] && !sameFloor.has(`${name}>${other}`)) problems.push(`${where}: imports ${other} (floor ${floors[other]}) from floor ${floors[name]}`);
    }
    problems.push(...neutralProblems(name, where, text));
    if (deterministic.has(name)) {
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      for (const banned of ['Date.now', 'Math.random', 'setTimeout', 'setInterval', 'new Date(', 'localeCompare', 'toLocale', 'Intl.']) {
        if (code.includes(banned)) problems.push(`${where}: uses ${banned} on a deterministic floor`);
      }
    }
  }
}

/** Libraries from elsewhere are; of ours, what `exports` names. */
function isPublished(from) {
  if (!from.startsWith('@vsys/')) return true;
  const file = join(root, 'packages', from.split('/')[1], 'package.json');
  if (!existsSync(file)) return false;
  const { private: isPrivate = false, exports } = JSON.parse(readFileSync(file, 'utf8'));
  return !isPrivate && exports[`.${from.slice(packageOf(from).length)}`] !== undefined;
}

problems.push(...manifestProblems(root));
const browser = browserProblems(root);
problems.push(...browser.problems);
const docs = docProblems(root);
problems.push(...docs.problems);
problems.push(...lawsProblems(root));

const texts = ['packages', 'apps', 'examples', 'tooling', 'tools', 'docs', '.ci'].flatMap((folder) => filesBelow(join(root, folder))).filter((file) => /\.(ts|mjs|cjs|json|md|toml)$|run$/.test(file) && statSync(file).size < 1 << 20);
for (const file of texts) {
  const text = readFileSync(file, 'utf8');
  for (const [pattern, what] of [[/\/(?:root|home|work)\/(?!\*)[a-z.]/, 'a path of one machine'], [/export \* from '/, 'export *'], [/\b(?:test|it|describe)\.only\(/, 'a focused test']]) {
    if (pattern.test(text) && !file.endsWith('floors.mjs')) problems.push(`${relative(root, file)}: contains ${what}`);
  }
}

if (problems.length > 0) {
  for (const problem of problems) console.error(`✖ ${problem}`);
  console.error(`${problems.length} problems in the structure`);
  process.exit(1);
}
console.log(`✔ structure: ${files} source files keep their floors, ${browser.entries} entries are fit for browsers, ${docs.limits} limits of the specs are those of the sources, ${texts.length} texts are clean`);
