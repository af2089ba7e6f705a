import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { consensusNames } from '@vsys/app-node/network';
import { drawManifest } from './draw-manifest.ts';
import { FaultError } from './fault-error.ts';
import type { Manifest } from './manifest.ts';
import { toleranceOf } from './modules.ts';
import { namespacesRefused } from './namespace-network.ts';
import { runKills } from './run-kills.ts';
import { runManifest } from './run-manifest.ts';

const USAGE = `npm run faults -- --module ${consensusNames().join('|')} --seed 7
  --seeds N          so many seeds, from --seed on
  --seconds N        how long anything may go wrong (30)
  --seats N          seats, each on a node of its own (4)
  --slot N           milliseconds of a slot (1000)
  --network auto     or proxy, or namespaces: auto takes what the seed says where the machine has both
  --manifest FILE    runs what stands there instead
  --kills            instead: SIGKILL before and after each durable write of a node, --module or all
  --dry              prints the manifest and runs nothing`;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: {
    module: { type: 'string' }, seed: { type: 'string', default: '0' }, seeds: { type: 'string', default: '1' }, seconds: { type: 'string', default: '30' }, seats: { type: 'string', default: '4' },
    slot: { type: 'string', default: '1000' }, network: { type: 'string', default: 'auto' }, manifest: { type: 'string' }, kills: { type: 'boolean', default: false }, dry: { type: 'boolean', default: false }, help: { type: 'boolean' },
  } });
  if (values.help === true || (values.module === undefined && values.manifest === undefined && !values.kills)) {
    console.log(USAGE);
    return values.help === true ? 0 : 2;
  }
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(new Error('stopped')));
  if (values.manifest !== undefined) return run(await readManifest(values.manifest), `npm run faults -- --manifest ${values.manifest}`, values.dry, stop.signal);
  if (values.kills) return kills(values.module === undefined ? consensusNames() : [values.module], stop.signal);
  const module = values.module as string;
  const tolerates = toleranceOf(module);
  const refused = values.network === 'proxy' ? 'the proxy was asked for' : await namespacesRefused();
  if (values.network === 'namespaces' && refused !== undefined) throw new FaultError('FAULTS_USAGE', `--network namespaces: ${refused}`);
  if (refused !== undefined) console.log(`no network namespaces: ${refused}`);
  const [first, count, seconds, seats, slotMs] = (['seed', 'seeds', 'seconds', 'seats', 'slot'] as const).map((name) => whole(name, values[name])) as [number, number, number, number, number];
  let failed = 0;
  for (let seed = first; seed < first + count; seed++) {
    const drawn = drawManifest({ seed, module, tolerates, chaosMs: seconds * 1_000, slotMs, seats, namespaces: refused === undefined });
    const manifest: Manifest = values.network === 'namespaces' ? { ...drawn, network: 'namespaces', perturbations: drawn.perturbations.filter(({ kind }) => kind !== 'weather') } : drawn;
    const options = [seconds === 30 ? '' : ` --seconds ${seconds}`, seats === 4 ? '' : ` --seats ${seats}`, slotMs === 1_000 ? '' : ` --slot ${slotMs}`, ` --network ${manifest.network === 'proxy' && refused !== undefined ? 'proxy' : values.network}`].join('');
    failed += await run(manifest, `npm run faults -- --module ${module} --seed ${seed}${options}`, values.dry, stop.signal);
  }
  if (count > 1) console.log(`${module}: ${count} seeds, ${failed} violations`);
  return failed === 0 ? 0 : 1;
}

async function run(manifest: Manifest, replay: string, dry: boolean, signal: AbortSignal): Promise<number> {
  const { perturbations, nodes, ...rest } = manifest;
  console.log(`manifest ${JSON.stringify(rest)}`);
  for (const [i, node] of nodes.entries()) console.log(`  node ${i} ${JSON.stringify(node)}`);
  for (const one of perturbations) console.log(`  ${JSON.stringify(one)}`);
  console.log(`  changes of seats: none are drawn, see tooling/faults/README.md`);
  if (dry) return 0;
  const { problems, figures, folder } = await runManifest(manifest, (line) => console.log(line), signal);
  console.log(Object.entries(figures).map(([name, figure]) => `${name} ${figure}`).join(', '));
  for (const problem of problems.slice(0, 20)) console.log(`✖ ${problem}`);
  if (problems.length > 20) console.log(`✖ … and ${problems.length - 20} more`);
  if (problems.length > 0) console.log(`  what is left: ${folder}`);
  console.log(`  again: ${replay}`);
  console.log(problems.length === 0 ? `${manifest.module} seed ${manifest.seed}: all that was acknowledged is there` : `${manifest.module} seed ${manifest.seed}: ${problems.length} violations`);
  return problems.length === 0 ? 0 : 1;
}

async function kills(modules: readonly string[], signal: AbortSignal): Promise<number> {
  let failed = 0;
  for (const module of modules) {
    toleranceOf(module);
    const { problems, kills: { length }, figures } = await runKills({ module, places: 'all' }, (line) => console.log(line), signal);
    console.log(Object.entries(figures).map(([name, figure]) => `${name} ${figure}`).join(', '));
    for (const problem of problems) console.log(`✖ ${problem}`);
    console.log(`${module}: ${length} kills, ${problems.length} violations`);
    failed += problems.length;
  }
  return failed === 0 ? 0 : 1;
}

async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new FaultError('FAULTS_USAGE', `--manifest: cannot read ${path}`, { cause });
  });
  const found = JSON.parse(text) as Partial<Manifest>;
  if (!Array.isArray(found.nodes) || !Array.isArray(found.perturbations) || typeof found.module !== 'string') throw new FaultError('FAULTS_USAGE', '--manifest: expected seed, module, slotMs, chaosMs, network, nodes, perturbations');
  toleranceOf(found.module);
  return { seed: 0, slotMs: 1_000, chaosMs: 30_000, network: 'proxy', ...found } as Manifest;
}

function whole(name: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) throw new FaultError('FAULTS_USAGE', `--${name}: expected a whole number, found ${text}`);
  return value;
}

// Without it Node closes its handles first, and can spin for minutes over those of connections that were reset.
process.once('beforeExit', () => process.exit());
try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof FaultError || error instanceof SyntaxError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true)) throw error;
  console.error(`✖ ${(error as Error).message}\n${USAGE}`);
  process.exitCode = 2;
}
