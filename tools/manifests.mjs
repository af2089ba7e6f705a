// Holds package.json to the sources, in both directions: what is imported is declared, and what is declared is imported.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesBelow, importsOf, packageOf } from './imports.mjs';

export function manifestProblems(root) {
  const shared = new Set(Object.keys(readManifest(root).devDependencies));
  return ['packages', 'apps', 'examples'].flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)))
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .flatMap((folder) => problemsOf(join(root, folder), shared).map((problem) => `${folder}/package.json: ${problem}`));
}

function problemsOf(folder, shared) {
  const manifest = readManifest(folder);
  const runs = new Set([...Object.keys(manifest.dependencies ?? {}), ...Object.keys(manifest.optionalDependencies ?? {})]);
  const tests = new Set(Object.keys(manifest.devDependencies ?? {}));
  const shipped = imported(folder, ['src', 'bin']);
  const tested = imported(folder, ['test', 'bench']);
  for (const name of [shipped, tested]) name.delete(manifest.name);
  return [
    ...[...shipped].filter((name) => !runs.has(name)).map((name) => `the sources import ${name}, which dependencies do not name`),
    ...[...tested].filter((name) => !runs.has(name) && !tests.has(name) && !shared.has(name)).map((name) => `the tests import ${name}, which devDependencies do not name`),
    ...[...runs].filter((name) => !shipped.has(name)).map((name) => `names ${name}, which no source imports${tested.has(name) ? '; what only tests import belongs to devDependencies' : ''}`),
    ...[...tests].filter((name) => runs.has(name) || !(tested.has(name) || isTypesOf(name, runs))).map((name) => `names ${name} among devDependencies, which no test needs there`),
  ];
}

function imported(folder, parts) {
  const files = parts.flatMap((part) => filesBelow(join(folder, part))).filter((file) => /\.[cm]?[jt]s$/.test(file));
  return new Set(files.flatMap((file) => importsOf(readFileSync(file, 'utf8'))).map(({ name }) => name).filter((name) => !/^(?:node:|\.)/.test(name)).map(packageOf));
}

const isTypesOf = (name, runs) => name.startsWith('@types/') && runs.has(name.slice('@types/'.length));
const readManifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
