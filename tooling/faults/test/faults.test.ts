import { expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { drawManifest } from '../src/draw-manifest.ts';

const folder = fileURLToPath(new URL('../', import.meta.url));

function faults(args: readonly string[]): { readonly code: number | null; readonly out: string; readonly errors: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', 'src/faults.ts', ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, errors: stderr };
}

// Few nodes and little time, so that it belongs to every change; `npm run faults` draws long ones.
const SHORT = 'manifests/short.json';

test('real processes under a load are killed, frozen and slow, and all that was acknowledged is there', () => {
  const { code, out, errors } = faults(['--manifest', SHORT]);
  expect(errors).toBe('');
  expect(out.split('\n').filter((line) => line.startsWith('✖'))).toEqual([]);
  expect(out).toContain('network: loopback, a TCP proxy');
  for (const words of ['node 1 is killed', 'node 1 is started again', 'node 0 is frozen', 'node 0 goes on', 'node 2 joins with a copy of the block log']) expect(out).toContain(words);
  const figure = (name: string): number => Number(new RegExp(`\\b${name} (\\d+)`).exec(out)?.[1]);
  // A run in which nothing happens would be green too.
  expect(figure('final')).toBe(figure('writes'));
  expect(figure('documents')).toBeGreaterThan(5);
  expect(figure('events')).toBeGreaterThan(10);
  expect(figure('starts')).toBe(4);
  expect(out.trim().split('\n').at(-1)).toBe('poa seed 7: all that was acknowledged is there');
  expect(code).toBe(0);
}, 600_000);

test('a manifest is printed with the command that runs it again, and the same seed has the same', () => {
  const { out } = faults(['--module', 'spos', '--seed', '7', '--seconds', '20', '--network', 'proxy', '--dry']);
  const drawn = drawManifest({ seed: 7, module: 'spos', tolerates: 'static', chaosMs: 20_000, slotMs: 1_000, seats: 4, namespaces: false });
  expect(out).toMatch(/^manifest \{"seed":7,"module":"spos","slotMs":1000,"chaosMs":20000,"network":"proxy"\}$/m);
  for (const one of drawn.perturbations) expect(out).toContain(JSON.stringify(one));
});

test.each<[readonly string[], string]>([
  [['--module', 'none'], 'there is no module "none"'],
  [['--module', 'poa', '--seed', 'many'], '--seed: expected a whole number, found many'],
  [['--manifest', 'package.json'], '--manifest: expected seed, module'],
])('%j is refused in words', (args, words) => {
  const { code, errors } = faults(args);
  expect(errors).toContain(words);
  expect(errors).toContain('npm run faults -- --module');
  expect(code).toBe(2);
});
