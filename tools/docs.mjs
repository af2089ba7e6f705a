// Holds what is written to what is there: limits of the specs to the constants of the sources, codes, tags and metrics to both sides, READMEs
// to the codes of their packages, and links and named files to the files. A number in a spec that nobody compares is wrong within a year.
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { filesBelow } from './imports.mjs';

export function docProblems(root) {
  const sources = new Map(sourceFolders(root).map(([name, folder]) => [name, textBelow(folder)]));
  const all = [...sources.values()].join('\n');
  const specs = filesBelow(join(root, 'docs/spec')).filter((file) => file.endsWith('.md')).map((file) => ({ name: basename(file), text: readFileSync(file, 'utf8') }));
  const limits = specs.flatMap((spec) => limitsOf(spec));
  return {
    limits: limits.length,
    problems: [
      ...(limits.length === 0 ? ['docs/spec: no limits found; the form of their tables is "| limit of `@vsys/…` | value | what |"'] : []),
      ...limits.flatMap((limit) => limitProblems(limit, sources)),
      ...tableProblems(limits, sources),
      ...specs.flatMap(({ name, text }) => codeProblems(name, text, all)),
      ...tagProblems(specs, all),
      ...metricProblems(specs, all),
      ...dependencyProblems(root),
      ...sourceFolders(root).flatMap(([name, folder]) => readmeProblems(name, folder)),
      ...['spec', 'adr'].flatMap((folder) => indexProblems(join(root, 'docs', folder), folder)),
      ...textsOf(root).flatMap((file) => linkProblems(root, file)),
    ],
  };
}

function sourceFolders(root) {
  const names = ['packages', 'apps'].flatMap((folder) => filesBelow(join(root, folder)).filter((file) => basename(file) === 'package.json' && dirname(dirname(dirname(file))) === root));
  return names.map((file) => [JSON.parse(readFileSync(file, 'utf8')).name, dirname(file)]);
}

function textBelow(folder, takes = () => true) {
  return filesBelow(join(folder, 'src')).filter((file) => file.endsWith('.ts') && takes(file)).map((file) => withoutComments(readFileSync(file, 'utf8'))).join('\n');
}

function withoutComments(text) {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

/** Rows of tables whose head is `limit of <package>`: `NAME` or `TABLE.field`, and a number with its unit. */
function limitsOf({ name: spec, text }) {
  const found = [];
  let from;
  for (const line of text.split('\n')) {
    const head = /^\| limit of `(@vsys\/[a-z0-9-]+)` \| value \|/.exec(line);
    if (head !== null) from = head[1];
    else if (!line.startsWith('|')) from = undefined;
    else if (from !== undefined && !line.startsWith('|---')) {
      const [, cell = '', value = ''] = line.split('|').map((one) => one.trim());
      found.push({ spec, from, name: /^`([A-Za-z0-9_.]+)`$/.exec(cell)?.[1], cell, value: /^-?[\d,]+(?= |$)/.exec(value)?.[0].replaceAll(',', '') });
    }
  }
  return found;
}

function limitProblems({ spec, from, name, cell, value }, sources) {
  const where = `docs/spec/${spec}: limit ${cell}`;
  if (name === undefined || value === undefined) return [`${where}: a row is a constant in backticks, then a number and its unit`];
  const text = sources.get(from);
  if (text === undefined) return [`${where}: there is no package ${from}`];
  const values = name.includes('.') ? [fieldsOf(text, name.split('.')[0]).get(name.split('.')[1])].filter((one) => one !== undefined) : constantsOf(text, name);
  if (values.length === 0) return [`${where}: ${from} has no such number`];
  return values.every((one) => String(one) === value) ? [] : [`${where} is ${value}, ${from} has ${values.join(', ')}`];
}

/** A table of limits that is named at all is named whole: a new limit is not forgotten. */
function tableProblems(limits, sources) {
  const named = new Map();
  for (const { from, name } of limits) {
    const [table, field] = name?.split('.') ?? [];
    if (field === undefined) continue;
    named.set(`${from} ${table}`, (named.get(`${from} ${table}`) ?? new Set()).add(field));
  }
  return [...named].flatMap(([key, fields]) => {
    const [from, table] = key.split(' ');
    return [...fieldsOf(sources.get(from) ?? '', table).keys()].filter((field) => !fields.has(field)).map((field) => `docs/spec: ${table}.${field} of ${from} stands in no table of limits`);
  });
}

const NUMBER = String.raw`-?[\d_]+n?(?: *(?:\*|<<) *[\d_]+n?)*`;

/** Values of all constants of a name; two of one name in a package must agree, or the spec cannot name them. */
function constantsOf(text, name) {
  return [...text.matchAll(new RegExp(String.raw`\b${name}(?:: [^=;{}]+)? = (${NUMBER})\s*[;,}]`, 'g'))].map((match) => valueOf(match[1]));
}

function fieldsOf(text, table) {
  const body = new RegExp(String.raw`const ${table}(?:: [^=]+)? = \{([^{}]*)\}`).exec(text)?.[1] ?? '';
  return new Map([...body.matchAll(new RegExp(String.raw`(\w+): (${NUMBER})\s*(?:,|$|\n)`, 'g'))].map((match) => [match[1], valueOf(match[2])]));
}

function valueOf(text) {
  const [first, ...rest] = text.replaceAll(/[_n]/g, '').split(/(\*|<<)/).map((part) => part.trim());
  let value = BigInt(first);
  for (let i = 0; i < rest.length; i += 2) value = rest[i] === '*' ? value * BigInt(rest[i + 1]) : value << BigInt(rest[i + 1]);
  return value;
}

/** Codes in backticks are codes of the sources. `TX_…` stands for all that begin so. */
function codeProblems(spec, text, all) {
  const codes = new Set([...text.matchAll(/`([A-Z][A-Z0-9]*_(?:[A-Z0-9_]*[A-Z0-9])?)(…)?`/g)].map((match) => match[1]));
  return [...codes].filter((code) => !new RegExp(code.endsWith('_') ? `\\b${code}` : `\\b${code}\\b`).test(all)).map((code) => `docs/spec/${spec}: the sources have no ${code}`);
}

/** Tags of hashes: crypto.md lists those of the sources and no others. */
function tagProblems(specs, all) {
  const listed = new Set([...(specs.find(({ name }) => name === 'crypto.md')?.text ?? '').matchAll(/"(v\/[a-z/-]+)"/g)].map((match) => match[1]));
  const used = new Set([...all.matchAll(/'(v\/[a-z/-]+)'/g)].map((match) => match[1]));
  return [
    ...[...used].filter((tag) => !listed.has(tag)).map((tag) => `docs/spec/crypto.md: the tag "${tag}" of the sources is missing`),
    ...[...listed].filter((tag) => !used.has(tag)).map((tag) => `docs/spec/crypto.md: the sources hash nothing under "${tag}"`),
  ];
}

function metricProblems(specs, all) {
  const listed = new Set([...(specs.find(({ name }) => name === 'rpc.md')?.text ?? '').matchAll(/`((?:vsys|p2p)_[a-z0-9_]+)`/g)].map((match) => match[1]));
  const used = new Set([...all.matchAll(/'((?:vsys|p2p)_[a-z0-9_]+)'/g)].map((match) => match[1]));
  return [
    ...[...used].filter((name) => !listed.has(name)).map((name) => `docs/spec/rpc.md: the metric ${name} of the sources is missing`),
    ...[...listed].filter((name) => !used.has(name)).map((name) => `docs/spec/rpc.md: there is no metric ${name}`),
  ];
}

function textsOf(root) {
  const below = ['docs', 'packages', 'apps', 'tooling'].flatMap((folder) => filesBelow(join(root, folder)));
  return [...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md', 'AGENTS.md'].map((name) => join(root, name)), ...below].filter((file) => file.endsWith('.md') && basename(file) !== 'CHANGELOG.md' && existsSync(file));
}

/** Links to files, and files named in backticks: from the root, from the text's own folder, or below `packages/`. */
function linkProblems(root, file) {
  const text = readFileSync(file, 'utf8');
  const where = relative(root, file);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1].split('#')[0]).filter((to) => to !== '' && !/^[a-z]+:/.test(to));
  const named = [...text.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|mjs|md|json))`/g)].map((match) => match[1]).filter((to) => !to.includes('NAME'));
  return [
    ...links.filter((to) => !existsSync(join(dirname(file), to))).map((to) => `${where}: the link ${to} leads nowhere`),
    ...named.filter((to) => ![root, dirname(file), join(root, 'packages')].some((base) => existsSync(join(base, to)))).map((to) => `${where}: there is no file ${to}`),
  ];
}

/** What ARCHITECTURE says that each package depends on is what its manifest says. */
function dependencyProblems(root) {
  const manifests = new Map(sourceFolders(root).filter(([name]) => existsSync(join(root, 'packages', name.slice(6)))).map(([name, folder]) => [name.slice(6), JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))]));
  const sections = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8').split(/^### /m).slice(1).map((section) => section.split(/^## /m)[0]);
  const told = new Map(sections.flatMap((section) => {
    const [heads, ...rest] = section.split('\n');
    const depends = /\*\*Depends? on\*\*([\s\S]*)/.exec(rest.join('\n'))?.[1];
    return depends === undefined ? [] : heads.split(', ').map((head) => [head, depends]);
  }));
  return [...manifests].flatMap(([name, { dependencies = {} }]) => {
    const text = told.get(name);
    if (text === undefined) return [`ARCHITECTURE.md: has no section on ${name} that says what it depends on`];
    const named = [...manifests.keys()].filter((other) => new RegExp(`(?<![\\w-])${other}(?![\\w-])`).test(text));
    const needed = Object.keys(dependencies).filter((one) => one.startsWith('@vsys/')).map((one) => one.slice(6));
    return [
      ...needed.filter((one) => !named.includes(one)).map((one) => `ARCHITECTURE.md: ${name} depends on ${one}`),
      ...named.filter((one) => !needed.includes(one)).map((one) => `ARCHITECTURE.md: ${name} does not depend on ${one}`),
    ];
  });
}

function indexProblems(folder, name) {
  const index = readFileSync(join(folder, 'README.md'), 'utf8');
  return filesBelow(folder).map((file) => basename(file)).filter((file) => file !== 'README.md' && !index.includes(`(${file})`)).map((file) => `docs/${name}/README.md: does not list ${file}`);
}

/** Every code that a package refuses or throws stands in its README, or in one that it links to; `TX_…` stands for all that begin so. */
function readmeProblems(name, folder) {
  // What suites say of the implementations that they judge is a sentence for a test, not a code for an operator.
  const text = textBelow(folder, (file) => !basename(file).startsWith('compliance'));
  const readme = readFileSync(join(folder, 'README.md'), 'utf8');
  const linked = [...readme.matchAll(/\]\(([^)\s]+README\.md)\)/g)].map((match) => readFileSync(join(folder, match[1]), 'utf8'));
  const told = [readme, ...linked].join('\n');
  const codes = new Set([...text.matchAll(/\b(?:refuse|[A-Za-z]*Error|Stop)\(\s*'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g)].map((match) => match[1]));
  return [...codes].filter((code) => !told.includes(`\`${code}\``) && !told.includes(`\`${code.split('_')[0]}_…\``)).map((code) => `README of ${name}: does not tell of ${code}`);
}
