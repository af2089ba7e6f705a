import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mutant, MUTANT_VARIABLE, type MutantTool } from './mutant.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const here = fileURLToPath(new URL('../', import.meta.url));
/** A run under a mutant that does not come to its end is a run that failed. */
const TOOL_MS_MAX = 900_000;

/** What killed a mutant, in words; undefined: it lives. */
export async function runMutant({ changes, tools }: Mutant, seeds: number): Promise<string | undefined> {
  for (const tool of tools) {
    const killed = tool.kind === 'simulator' ? await bySimulator(tool, changes, seeds) : await byTests(tool, changes);
    if (killed !== undefined) return killed;
  }
  return undefined;
}

async function bySimulator({ module }: Extract<MutantTool, { kind: 'simulator' }>, changes: Mutant['changes'], seeds: number): Promise<string | undefined> {
  const { code, out, errors } = await runNode(here, ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', '--import', './src/mutate-hook.ts', 'src/mutant-simulator.ts', module, `${seeds}`], changes);
  if (code === 'time is up') return `simulator (${module}): a run never ended`;
  if (code !== 0) throw new Error(`the simulator did not run under a mutant: ${errors.slice(-2_000)}`);
  const result = JSON.parse(out.trim().split('\n').at(-1) ?? '{}') as { readonly seed?: number; readonly kind?: string };
  return result.kind === undefined ? undefined : `simulator (${module}): seed ${result.seed}, ${result.kind}`;
}

async function byTests(tool: Extract<MutantTool, { package: string }>, changes: Mutant['changes']): Promise<string | undefined> {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const { code, out, errors } = await runNode(join(root, tool.package), ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, '-c', join(here, 'jest-mutants.config.mjs'), '--rootDir', '.', '-w', '1', '--ci', tool.tests], changes);
  if (code === 0) return undefined;
  const text = `${out}\n${errors}`;
  // A suite that cannot even be loaded has judged nothing.
  const failed = /● (.+ › )?(.+)/.exec(text);
  if (failed === null || /Test suite failed to run|No tests found/.test(text)) throw new Error(`the tests of ${tool.package} did not run under a mutant: ${text.slice(-2_000)}`);
  return `${tool.kind} (${tool.package.replace('packages/', '')}): ${(failed[2] as string).slice(0, 90)}`;
}

function runNode(cwd: string, args: readonly string[], changes: Mutant['changes']): Promise<{ readonly code: number | null | 'time is up'; readonly out: string; readonly errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, env: { ...process.env, [MUTANT_VARIABLE]: JSON.stringify(changes), NODE_OPTIONS: '' }, stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let errors = '';
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, TOOL_MS_MAX);
    child.stdout.setEncoding('utf8').on('data', (more: string) => void (out += more));
    child.stderr.setEncoding('utf8').on('data', (more: string) => void (errors += more));
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: late ? 'time is up' : code, out, errors });
    });
  });
}
