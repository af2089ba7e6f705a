import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createTestFolder, type TestFolder, vsys } from './support.ts';

const WAIT_MS = 300_000;
const POW = fileURLToPath(new URL('../../../examples/consensus-pow/src/index.ts', import.meta.url));

let folder: TestFolder;
const simulate = (...args: string[]): ReturnType<typeof vsys> => vsys(folder.path, ['simulate', ...args]);

beforeAll(async () => {
  folder = await createTestFolder();
});
afterAll(() => folder.remove());

test('seeds over two threads end in a count, with figures', async () => {
  const { code, stdout } = await simulate('--module', 'poa', '--seeds', '3', '--workers', '2');
  expect(stdout).toMatch(/^poa: 0\.0 simulated hours in \d+ s; \d+ events, \d+ a second;/m);
  expect(stdout.trim().split('\n').at(-1)).toBe('3 seeds, 0 violations');
  expect(code).toBe(0);
}, WAIT_MS);

test('one seed is run again with the faults that are named, always with the same trace', async () => {
  const [first, second] = [await simulate('--module', 'spos', '--seed', '4', '--faults', '0'), await simulate('--module', 'spos', '--seed', '4', '--faults', '0')];
  expect(first?.stdout).toMatch(/^\{"kind":"\w+","fromMs":\d+.*\n\d+ events, head \d+, final \d+, trace [0-9a-f]{16}\n1 seeds, 0 violations\n$/);
  expect([second?.stdout, second?.code]).toEqual([first?.stdout, 0]);
}, WAIT_MS);

test('proof of work from outside is simulated by what it declares', async () => {
  const { code, stdout } = await simulate('--module', 'pow', '--modules', POW, '--from', '1', '--seeds', '1');
  expect(stdout).toMatch(/1 seeds, 0 violations\n$/);
  expect(code).toBe(0);
}, WAIT_MS);

// Authorities who call final what nobody else has sealed on.
test('a module that breaks its promise is shown by a seed, the faults that it needs and the command that runs them again', async () => {
  const poa = new URL('../../../packages/consensus-poa/src/index.ts', import.meta.url).href;
  await writeFile(folder.file('hasty.mjs'), `import { createPoa } from '${poa}';
export function consensusModules(parts) {
  const poa = createPoa(parts);
  const open = (params, chainId) => {
    const opened = poa.open(params, chainId);
    if (!opened.ok) return opened;
    const { rules, engine } = opened.value;
    const hasty = (inner) => ({ ...inner, step: (state, input, view) => {
      const step = inner.step(state, input, view);
      return input.kind === 'head' ? { ...step, effects: [...step.effects, { kind: 'finalise', ref: { id: view.head.id, height: view.head.height } }] } : step;
    } });
    return { ok: true, value: { ...opened.value, engine: (keys) => hasty(engine(keys)) } };
  };
  return [{ ...poa, id: 'hasty@1', open }];
}
`);
  const { code, stdout } = await simulate('--module', 'hasty', '--modules', './hasty.mjs', '--seeds', '12', '--workers', '1');
  expect(stdout).toMatch(/^✖ seed \d+: final-conflict after \d+ ms: /m);
  const again = /^ {2}vsys simulate (--module hasty --modules \.\/hasty\.mjs --seed \d+ --faults \S+)$/m.exec(stdout);
  expect(stdout).toMatch(/12 seeds, [1-9]\d* violations\n$/);
  expect(code).toBe(1);
  const replayed = await simulate(...(again?.[1] ?? '').split(' '));
  expect(replayed.stdout).toMatch(/✖ final-conflict after \d+ ms: .*\n$/);
  expect(replayed.code).toBe(1);
}, WAIT_MS);

test.each([
  [['--module', 'none', '--seeds', '1'], 'MODULE_UNKNOWN', 'there is no module "none" to simulate; there are spos, spos-handover, poa, bft, eras'],
  [['--module', 'spos', '--seeds', 'many'], 'USAGE', "'--seeds <count>' argument 'many' is invalid"],
  [['--module', 'spos', '--seed', '4', '--faults', '99'], 'USAGE', 'there is no "99"'],
  [['--module', 'spos', '--faults', '1'], 'USAGE', 'name it with --seed'],
  [['--module', 'still', '--modules', './still.mjs'], 'MODULE_FILE', 'still@1 makes nothing final'],
  [['--module', 'silent', '--modules', './still.mjs'], 'MODULE_FILE', 'silent@1 does not say how a new chain begins'],
  [['--seeds', '1'], 'USAGE', "required option '--module <name>' not specified"],
  [['--modul', 'spos'], 'USAGE', '--modul'],
])('%j is refused in words', async (args, errorCode, words) => {
  await writeFile(folder.file('still.mjs'), `const module = { open: () => ({ ok: false }), paramsFromJson: () => ({ ok: false }), provides: { finality: 'none', headers: 'pure' } };
export const consensusModules = () => [{ ...module, id: 'still@1', paramsOfNewChain: () => ({}) }, { ...module, id: 'silent@1' }];\n`);
  const { code, stderr } = await simulate(...args);
  expect(stderr).toContain(errorCode);
  expect(stderr).toContain(words);
  expect(code).toBe(2);
}, WAIT_MS);
