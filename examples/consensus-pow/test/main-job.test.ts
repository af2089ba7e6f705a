import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const program = fileURLToPath(new URL('../../../apps/node/src/main-job.ts', import.meta.url));
const example = fileURLToPath(new URL('../src/index.ts', import.meta.url));

/** As `npm start -- --consensus pow --once` does, in a folder of its own. */
function mainJob(folder: string, rows: string): Promise<string> {
  const args = ['--conditions=@vsys/source', '--disable-warning=ExperimentalWarning', program, '--modules', example, '--once', '--consensus', 'pow', '--rows', rows];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 1 << 24 }, (error, stdout, stderr) => (error === null ? resolve(stdout) : reject(new Error(stdout + stderr))));
  });
}

test('the main job stores, proves, survives a SIGKILL and agrees under pow, and goes on where it stopped', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vsys-pow-'));
  try {
    const first = await mainJob(folder, '600');
    expect(first).toMatch(/new chain "orchid" under pow@1/);
    expect(first).toContain('600 sent, 600 stored');
    expect(first.match(/refuses it: CLIENT_PROOF_FAILED/g)).toHaveLength(3);
    expect(first).toMatch(/node-3 was killed with SIGKILL at height \d+[^]*node-3 is back at height \d+/);
    expect(first).toMatch(/all four report the same head at height \d+, with the state root [0-9a-f]{64}/);
    expect(first).toMatch(/finality by depth: each node's own promise, for cuts of the network that are shorter than the depth/);
    const second = await mainJob(folder, '900');
    expect(second).toContain('known chain');
    expect(second).toContain('600 were stored before; 900 sent, 900 stored');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 300_000);
