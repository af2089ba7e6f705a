import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createTestFolder } from './support.ts';

const program = fileURLToPath(new URL('../src/main-job.ts', import.meta.url));
const run = (cwd: string, args: readonly string[]): Promise<{ stdout: string }> =>
  promisify(execFile)(process.execPath, ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', program, ...args], { cwd });

test.each(['spos', 'poa'])('the main job stores, proves and agrees under %s, and goes on where it stopped', async (consensus) => {
  const folder = await createTestFolder();
  const args = ['--once', '--consensus', consensus, '--rows'];
  const first = (await run(folder.path, [...args, '150'])).stdout;
  expect(first).toContain('150 sent, 150 stored');
  expect(first).toContain('Andorra la Vella');
  expect(first.match(/refuses it: PROOF_/g)).toHaveLength(3);
  expect(first).toContain('all four report the same state root');
  const second = (await run(folder.path, [...args, '300'])).stdout;
  expect(second).toContain('150 cities are stored already');
  expect(second).toContain('300 sent, 300 stored');
  await folder.remove();
}, 120_000);

test('the main job refuses wrong options with what is right', async () => {
  const folder = await createTestFolder();
  const refused: { code?: unknown; stderr?: unknown } = await run(folder.path, ['--rows', 'many']).then(() => ({}), (error: object) => error);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('--rows is a number from 1, or all');
  await folder.remove();
});
