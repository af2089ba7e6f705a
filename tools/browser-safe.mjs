// Entries that promise to run in a browser, and the walk that holds them to it: nothing they bring in may need Node or a native addon.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { importsOf } from './imports.mjs';

const entries = [
  '@vsys/primitives',
  '@vsys/crypto/hash',
  '@vsys/crypto/verify',
  '@vsys/crypto/sign',
  '@vsys/state/proof',
  '@vsys/data-format',
  '@vsys/data-format/value',
  '@vsys/transaction/layout',
  '@vsys/database/layout',
  '@vsys/database/ops',
  '@vsys/identity/layout',
  '@vsys/identity/ops',
  '@vsys/token/layout',
  '@vsys/token/ops',
  '@vsys/attestation/layout',
  '@vsys/attestation/ops',
  '@vsys/moderation/layout',
  '@vsys/moderation/ops',
  '@vsys/moderation/policy',
  '@vsys/name/layout',
  '@vsys/name/ops',
  '@vsys/database-query/verify',
  '@vsys/consensus/rules',
  '@vsys/consensus-poa/rules',
  '@vsys/consensus-bft/rules',
  '@vsys/consensus-eras/rules',
  '@vsys/consensus-spos/rules', '@vsys/consensus-spos/ops',
  '@vsys/finality-ffg',
  '@vsys/rpc',
  '@vsys/rpc/client',
  '@vsys/client',
  '@vsys/client/cost',
];
// A library is looked at for whether browsers run it, then written down here with the entry that was looked at.
const libraries = new Set([
  '@noble/curves/ed25519.js', '@noble/curves/secp256k1.js', '@noble/curves/utils.js', '@noble/hashes/blake2.js', '@noble/hashes/sha2.js', '@noble/hashes/sha3.js', '@noble/hashes/utils.js', 'protobufjs/light.js',
]);
// An entry for Node, which the walk must find wanting: a walk that sees nothing would pass everything.
const notSafe = '@vsys/rpc/server';
const nodeGlobals = /\b(?:Buffer|process|__dirname|__filename|setImmediate|require)\b\s*[.(]/;

/** Problems of all entries, each with the way from the entry to what is for Node only. */
export function browserProblems(root) {
  const problems = entries.flatMap((entry) => walk(root, entry));
  if (walk(root, notSafe).length < 2) problems.push(`tools/browser-safe.mjs: finds nothing wrong with ${notSafe}, which needs Node`);
  return { problems, entries: entries.length };
}

function walk(root, entry) {
  const problems = [];
  const seen = new Set();
  const open = [{ file: sourceOf(root, entry), way: [entry] }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { file, way } = next;
    if (seen.has(file)) continue;
    seen.add(file);
    if (file === undefined || !existsSync(file)) {
      problems.push(`${way.join(' > ')}: leads to no source`);
      continue;
    }
    const text = readFileSync(file, 'utf8');
    const here = [...way, relative(root, file)];
    for (const { name, typesOnly } of importsOf(text)) {
      if (typesOnly) continue;
      if (name.startsWith('.')) open.push({ file: join(dirname(file), name), way: here });
      else if (name.startsWith('@vsys/')) open.push({ file: sourceOf(root, name), way: here });
      else if (!libraries.has(name)) problems.push(`${here.join(' > ')}: imports ${name}, which no browser-safe entry may reach`);
    }
    const used = nodeGlobals.exec(text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, ''));
    if (used !== null) problems.push(`${here.join(' > ')}: uses ${used[0].slice(0, -1)}, which browsers have not`);
  }
  return problems;
}

/** Where a name leads by the exports of its package, under the condition that sources are run with. */
function sourceOf(root, name) {
  const [, folder, ...rest] = name.split('/');
  const home = join(root, 'packages', folder);
  const { exports } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const source = exports[['.', ...rest].join('/')]?.['@vsys/source'];
  // Where Node has a source of its own, browsers get the default.
  const file = source?.default ?? source;
  return file === undefined ? undefined : join(home, file);
}
