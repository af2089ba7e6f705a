// The one entry behind `npm start`, `npm test` and their like. Works on any Node from 20.19 with npm:
// installs with the pinned pnpm when the lockfile changed, then runs the task on the pinned Node 24.
import { createHash } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tasks } from './tasks.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const baseEnv = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' };

/** pnpm writes a line per change of state; quiet unless it fails. */
function install() {
  const lockPath = join(root, 'pnpm-lock.yaml');
  const hash = createHash('sha256').update(readFileSync(lockPath)).digest('hex');
  const stamp = join(root, 'node_modules', '.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  console.log('Installing dependencies (once per lockfile) …');
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const args = ['exec', '--yes', `--package=${packageManager}`, '--', 'pnpm', 'install', '--frozen-lockfile', '--reporter=append-only', '--loglevel=error'];
  const result = spawnSync('npm', args, { cwd: root, stdio: 'inherit', env: baseEnv, shell: windows });
  if (result.status !== 0) {
    console.error('✖ Installation failed. Check that the npm registry can be reached, then run the command again; nothing needs cleaning up.');
    process.exit(result.status ?? 1);
  }
  // pnpm's shim for the pinned Node stands first in the path of every npm script, and keeps signals from what it starts. The pinned one is put into the path below.
  for (const shim of ['node', 'node.cmd', 'node.ps1']) rmSync(join(root, 'node_modules', '.bin', shim), { force: true });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

/** The folder of the pinned Node; undefined on a platform that has no such package, where the caller's Node serves if it is new enough. */
function pinnedNodeFolder() {
  const platform = windows ? 'win' : process.platform;
  const folder = join(root, 'node_modules', `node-${platform}-${process.arch}`, windows ? '' : 'bin');
  return existsSync(folder) ? folder : undefined;
}

const [, , name, ...rest] = process.argv;
const task = tasks[name];
if (task === undefined) {
  console.error(`✖ There is no task "${name ?? ''}". Tasks: ${Object.keys(tasks).join(', ')}.`);
  process.exit(2);
}
install();
const nodeFolder = pinnedNodeFolder();
if (nodeFolder === undefined && Number(process.versions.node.split('.')[0]) < 24) {
  console.error(`✖ Node ${process.versions.node} is too old and there is no packaged Node for ${process.platform}-${process.arch}. Install Node 24 or newer.`);
  process.exit(1);
}
const env = {
  ...baseEnv,
  PATH: [nodeFolder, join(root, 'node_modules', '.bin'), baseEnv.PATH].filter(Boolean).join(delimiter),
};

for (const [command, ...args] of task(rest)) {
  // A child in the foreground gets the terminal's Ctrl-C itself; this process only waits for it and passes other signals on.
  const child = spawn(command, args, { cwd: root, stdio: 'inherit', env, shell: windows });
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const status = await new Promise((resolve) => {
    child.on('error', (error) => { console.error(`✖ ${command}: ${error.message}`); resolve(1); });
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
  if (status !== 0) process.exit(status);
}
