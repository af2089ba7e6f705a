import { existsSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');

interface Walked { readonly sources: ReadonlyMap<string, string>; readonly outside: readonly string[] }

/** Every source that running an entry brings in, and what is imported from outside the workspace. Types are gone when it runs. */
function walk(entry: string): Walked {
  const sources = new Map<string, string>();
  const outside = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (sources.has(file)) continue;
    const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '');
    sources.set(file, text);
    for (const [, stated, called] of text.matchAll(/^(?:(?:import|export)\b(?!\s+type\b)[^'`;]*?\bfrom|import)\s+'([^']+)'|\b(?:import|require)\(\s*['"`]?([^'"`)]+)/gm)) {
      const name = (stated ?? called) as string;
      if (name.startsWith('.')) open.push(join(dirname(file), name));
      else if (name.startsWith('@vsys/')) open.push(sourceOf(name));
      else outside.add(name);
    }
  }
  return { sources, outside: [...outside].sort() };
}

/** Where a name leads by the exports of its package, under the condition that sources are run with. */
function sourceOf(name: string): string {
  const [scope, folder, ...rest] = name.split('/');
  const home = join(root, 'packages', folder as string);
  const { exports } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { exports: Record<string, Record<string, string | { readonly default: string }>> };
  const source = exports[['.', ...rest].join('/')]?.['@vsys/source'];
  const file = typeof source === 'object' ? source.default : source;
  if (file === undefined) throw new Error(`${scope}/${folder} exports no ${rest.join('/')}`);
  return join(home, file);
}

const isForNodeOnly = (name: string): boolean => isBuiltin(name) || name === 'ws' || name === 'sodium-native' || name.startsWith('@chainsafe/');

test('nothing that the client runs needs Node', () => {
  const { sources, outside } = walk(join(root, 'packages/rpc/src/client.ts'));
  expect(sources.size).toBeGreaterThan(40);
  expect(outside.filter(isForNodeOnly)).toEqual([]);
  // A new library is looked at for whether browsers can run it, then written down here.
  expect(outside).toEqual(['@noble/hashes/blake2.js', '@noble/hashes/sha2.js', '@noble/hashes/sha3.js', 'protobufjs/light.js']);
  const used = [...sources].filter(([, text]) => /\b(?:Buffer|process|__dirname|setImmediate)\b\s*[.(]/.test(text)).map(([file]) => relative(root, file));
  expect(used).toEqual([]);
});

test('nor does the main entry', () => {
  expect(walk(join(root, 'packages/rpc/src/index.ts')).outside).toEqual([]);
});

test('the walk sees what is for Node only where it is', () => {
  const { outside } = walk(join(root, 'packages/rpc/src/server.ts'));
  expect(outside.filter(isForNodeOnly)).toEqual(expect.arrayContaining(['node:http', 'ws']));
  expect(existsSync(sourceOf('@vsys/transaction/layout'))).toBe(true);
});
